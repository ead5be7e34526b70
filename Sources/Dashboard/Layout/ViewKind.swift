/// What the screen shows as a whole; each has a number key.
public enum ViewKind: Int, Sendable, CaseIterable {
  case overview = 1
  case loss
  case gradients
  case states
  case graph
  case task
  case log
  case dynamics

  public var name: String {
    switch self {
    case .overview: "Overview"
    case .loss: "Loss"
    case .gradients: "Gradients"
    case .states: "States"
    case .graph: "Graph"
    case .task: "Task"
    case .log: "Log"
    case .dynamics: "Dynamics"
    }
  }

  /// As written in settings and commands.
  public var word: String { name.lowercased() }

  public static func named(_ word: String) -> ViewKind? {
    allCases.first { $0.word == word.lowercased() }
  }

  /// What one sees there, as one line of help.
  var summary: String {
    switch self {
    case .overview: "everything at a glance"
    case .loss: "losses and the task's own metric, large, with loss per time step"
    case .gradients: "norms, clipping, gradient by lag, every parameter"
    case .states: "hidden states of every layer and gate, and what a unit responds to"
    case .graph: "the network's graph, folded and unfolded, to walk through"
    case .task: "samples or the task's own panel, and a text you type"
    case .log: "alerts, commands, best validations, snapshots; the ranks of a job"
    case .dynamics:
      "the state as a dynamical system: trajectories, spectrum, exponents, fixed points"
    }
  }
}
