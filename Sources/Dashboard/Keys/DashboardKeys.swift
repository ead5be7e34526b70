import TerminalGraphics

typealias KeyBinding = BoundKey<DashboardState>

extension DashboardState: KeyedState {
  typealias KeyAction = DashboardAction

  static var keyBindings: [KeyBinding] { KeyBindings.all }

  /// What must be on screen for a key of the dashboard to work.
  enum KeyContext: Sendable, Hashable, CaseIterable {
    /// Nothing lies over the view.
    case view
    /// The panel with the focus is a chart over training.
    case chart
    /// The panel with the focus shows hidden states.
    case units
    /// The panel with the focus lists places where the same units are on.
    case alike
    /// The panel with the focus is the log.
    case log
    /// The panel with the focus lists metrics.
    case metrics
    /// The panel with the focus shows a job's output.
    case console
    /// The panel with the focus is the graph.
    case graph
    /// The panel with the focus shows the network as a dynamic system.
    case dynamics
    /// Arrow keys go from node to node of the graph.
    case walk
    case lesson
    /// A lesson asks for a number, which its first digit begins.
    case lessonNumber
    /// A lesson that was gone through, or begun, lies open.
    case lessonAgain
    /// An answer to a lesson is typed.
    case lessonAnswer
    case prompt
    /// The page of an alert.
    case alert
    /// The page of an alert of overfitting, with weights to go back to.
    case overfitting
    case hyperparameters
    case settings
    case help
    case helpSearch
    case quitDialog
    case leaving
    case unsaved
    case confirm
  }

  /// Headings of the dashboard's help.
  enum KeyGroup: String, Sendable, CaseIterable {
    case training = "Training"
    case past = "Looking back at the run"
    case views = "Views"
    case charts = "In charts over training"
    case units = "In hidden states"
    case alike = "Among places alike"
    case dynamics = "In the dynamics"
    case graph = "In the graph"
    case walk = "Walking through the graph"
    case log = "In the log"
    case metrics = "In the metrics of another program's log"
    case lesson = "In a lesson"
    case lessonAnswer = "Answering a lesson"
    case console = "In a job's console"
    case looking = "Looking"
    case program = "Program"
    case prompt = "In the prompt"
    case alert = "On the page of an alert"
    case hyperparameters = "Among the hyperparameters"
    case settings = "In the settings"
    case quitting = "When asked before quitting"
    case leaving = "When asked before leaving a run that trains elsewhere"
    case unsaved = "When the last snapshot could not be saved"
    case confirming = "When asked before going back"
    case help = "In the help"
    case helpSearch = "Searching the help"
  }
}

extension KeyBinding {
  init(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 5, _ summary: String, _ group: Group,
    perform: @escaping @Sendable (inout DashboardState) -> [DashboardAction]
  ) {
    self.init(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, group, in: .view,
      perform: perform)
  }
}
