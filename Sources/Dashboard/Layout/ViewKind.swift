/// What the screen shows as a whole; each has a number key.
public enum ViewKind: Int, Sendable, CaseIterable {
  case overview = 1
  case loss
  case gradients
  case states
  case graph
  case task
  case log

  var name: String {
    switch self {
    case .overview: "Overview"
    case .loss: "Loss"
    case .gradients: "Gradients"
    case .states: "States"
    case .graph: "Graph"
    case .task: "Task"
    case .log: "Log"
    }
  }
}
