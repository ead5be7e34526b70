import TerminalGraphics
import TrainingEvents

/// Everything the dashboard knows and shows. Events and keys go in; cells and actions come out.
///
/// It knows no terminal and no engine, so the same state shows a live run, a replayed one, or
/// another program's.
public struct DashboardState: Sendable {
  /// What lies over the view and takes the keys.
  enum Overlay: Sendable, Equatable {
    /// Asks what to do about steps that could not be saved, and says why.
    case unsaved(String)
    case help(HelpPage)
    /// Asks before steps that no snapshot holds are lost.
    case quit
    /// Asks what becomes of a run that another process trains.
    case leaving
    case confirm(Question)
    /// The page of an alert.
    case alert(Alert)
    /// The hyperparameters that can change while training, with the line that is chosen.
    case hyperparameters(Int)
    case settings(SettingsPage)
  }

  struct Message: Sendable, Equatable {
    var text: String
    var severity: EventLog.Severity
    /// On the dashboard's clock, in seconds.
    var expires: Double
    /// The alert that it tells of.
    var alert: Alert?
  }

  public internal(set) var run: RunDescription?
  public internal(set) var trainingState: TrainingState?
  public internal(set) var history = RunHistory()
  public internal(set) var lastSnapshot: SnapshotRecord?
  /// The weights of the best validation on disk, which `TrainingCommand.goBackToBest` goes back to.
  public internal(set) var bestSnapshot: SnapshotRecord?
  /// Whether the run is only looked at, so that quitting loses nothing.
  public var isViewing = false
  /// Whether a finished run is played back from its record.
  public var isReplaying = false
  /// Whether leaving leads back to a list of runs, and ends nothing.
  public var leadsBack = false
  /// What a person likes to look at.
  public internal(set) var settings = DashboardSettings()
  /// Steps a second at most; nil where training goes as fast as it can.
  public var pace: Double?
  /// Names of the presets that the prompt can start; empty where nobody told.
  public var presetNames: [String] = []
  /// What a run in another process can be asked; nil for a run of this one.
  public internal(set) var abilities: RunAbilities?
  /// How a job ended; nil while it runs, and for what is none.
  public internal(set) var jobExit: JobExit?
  /// Whether something changed since the last `didDraw()`.
  public internal(set) var needsRedraw = true

  /// The newest of what probes saw, and what of it is drawn over training.
  var frames = FrameStore()
  /// What the run's record has of the step under the cursor, or of one it stood on before.
  var past: PastFrames?
  var pastPlayback: PastPlayback?
  /// The answer to the last text that was typed.
  var reading: ReadingFrame?
  var finish: FinishRecord?
  var learningRate: Double?
  var clipNorm: Double?
  var markers: [CurveMarker] = []
  var log = EventLog()
  var metrics = MetricsControls()
  var rates = RateMeter()
  var memoryBytes: Int?
  /// What the processes of a job use.
  var usage: ResourceUsage?
  /// What a job writes.
  var console = ConsoleLines()
  var consoleControls = ConsoleControls()
  var unitOrder = UnitOrder()
  /// The last texts read, with the shown map's activations.
  var passage = Passage()
  var comparisons: [Comparison] = []
  var chart = ChartControls()
  var heatmap = HeatmapControls()
  var dynamicsControls = DynamicsControls()
  var alike = AlikeControls()
  var graph = GraphControls()
  var alerts = StandingAlerts()
  /// What the newest gradient by lag means, judged as the alerts judge it.
  var gradients = GradientWatch()
  var hyperparameterBoard = HyperparameterBoard()
  var settingChanges = SettingChanges()
  var prompt: Prompt?
  var promptHistory = PromptHistory()
  /// The command line whose answer is still to come, until another key is pressed.
  var submitted: String?
  /// The lesson that stands beside the panels.
  public internal(set) var lesson: LessonState?
  /// The second of two networks that train side by side; empty where there is one.
  public var companions: [DashboardState] = []
  /// What this one of two networks is called; nil where there is one.
  public var comparedName: String?
  /// Which sequence is looked at, and how bold samples are.
  var probe = ProbeRequest()

  var clock = 0.0
  var message: Message?
  var size = Size(width: 80, height: 24)
  var view = ViewKind.overview
  var focus = PanelKind.loss
  /// The panel that had the focus when each view was left.
  var focusByView: [ViewKind: PanelKind] = [:]
  var enlarged = false
  var overlay: Overlay?
  /// Why the last snapshot could not be saved, once a person was asked about it.
  var unsavedReason: String?

  public init() {}

  /// Tells the state that its cells are on screen now.
  public mutating func didDraw() { needsRedraw = false }

  /// Moves the dashboard's clock, which messages and the order of units go by.
  /// - Parameter seconds: any clock that never goes back
  public mutating func advance(to seconds: Double) {
    movePast(by: min(max(0, seconds - clock), 1))
    clock = max(clock, seconds)
    if let message, message.expires <= clock {
      self.message = nil
      needsRedraw = true
    }
  }

  public mutating func resize(_ size: Size) {
    guard size != self.size else { return }
    self.size = size
    needsRedraw = true
  }

  /// Notes how much memory the program holds resident.
  public mutating func note(memoryBytes: Int) {
    guard memoryBytes != self.memoryBytes else { return }
    self.memoryBytes = memoryBytes
    needsRedraw = true
  }

  /// Shows a line that something else in the program wrote, such as a library on standard error.
  public mutating func log(_ line: String) {
    log.add(line, step: currentStep, .stray)
    needsRedraw = true
  }

  /// Whether the run can still train.
  public var canTrain: Bool {
    !isReplaying && trainingState != .finished && trainingState != .diverged
  }

  /// Whether the run's last step is shown, and how it ended.
  public var isAtEnd: Bool { finish != nil }

  /// Shows a message for a few seconds.
  public mutating func tell(_ text: String) { show(text) }

  /// The last step finished.
  var currentStep: Int { history.steps.last ?? run?.firstStep ?? 0 }

  /// Steps that would be lost on leaving now.
  var unsavedSteps: Int {
    isReplaying ? 0 : max(0, currentStep - (lastSnapshot?.step ?? run?.firstStep ?? 0))
  }

  /// Share of the run that is done, from 0 to 1; nil for a run without an end.
  var progress: Double? {
    guard let total = run?.totalSteps, total > 0 else { return nil }
    return min(1, Double(currentStep) / Double(total))
  }

  /// How far the run is, for the terminal's own mark; nil for one without an end, or that is only looked at.
  public var terminalProgress: TerminalProgress? {
    guard settings.showsProgress, !isReplaying, let progress else { return nil }
    let percent = Int(progress * 100)
    return switch trainingState {
    case .training: .running(percent)
    case .paused: .paused(percent)
    case .diverged: .failed(percent)
    case .finished, .following, .silent, nil: nil
    }
  }

  /// Seconds of training left at this session's speed; nil when that is not known.
  var secondsLeft: Double? {
    guard let total = run?.totalSteps, let rate = rates.stepsPerSecond, rate > 0 else { return nil }
    return Double(max(0, total - currentStep)) / rate
  }

  mutating func show(_ text: String, _ severity: EventLog.Severity = .plain, seconds: Double = 5) {
    message = Message(text: text, severity: severity, expires: clock + seconds)
    needsRedraw = true
  }

  /// What the engine has to measure for the panels that are on screen now.
  public var probeRequest: ProbeRequest {
    var request = probe
    var columns = 0
    for placement in placements(in: size) {
      request.interests.formUnion(placement.panel.drawing.interests)
      switch placement.panel {
      case .hiddenStates, .positionLoss:
        columns = max(columns, HiddenStatesPanel.columns(in: placement.rect.width - 2))
      case .graph:
        // Every block of an image has a place in the picture.
        if let grid = run?.architecture?.grid { columns = max(columns, grid.rows * grid.columns) }
      // Its cursor is the states' own, and goes along the whole path.
      case .trajectory:
        columns = max(columns, TrajectoryPanel.columns)
        request.position = dynamicsCursor
        request.wantsField = dynamicsControls.wantsField(size: dynamics?.size)
        request.fieldAxes = dynamicsControls.direction.fieldAxes(of: dynamics?.shares.count ?? 0)
      case .alike: request.alike = alike.query
      default: break
      }
    }
    // Every node's numbers are asked for only where somebody walks through them.
    if graph.isWalking, focusedPanel == .graph { request.interests.insert(.trace) }
    if let lesson { request.interests.formUnion(lesson.interests) }
    if columns > 0 { request.columns = columns }
    request.map = heatmap.map
    request.pastStep = pastStep
    return request
  }
}
