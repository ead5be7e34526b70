import FileFormats
import RecurrentNetworks
import TerminalGraphics
import Training
import TrainingEvents

/// Everything that goes into one snapshot.
public struct SnapshotContents: Sendable {
  /// The tensors, and what a run needs to go on.
  public var checkpoint: Checkpoint
  /// Every step's numbers so far, for `metrics.csv` and the pictures.
  public var history: RunHistory
  /// Names the run and its units in the pictures.
  public var run: RunDescription?
  /// Commands that left a marker on the curves.
  public var markers: [CommandRecord] = []
  /// The newest probe frames that somebody watched, for what the checkpoint itself does not show; a
  /// replay shows them again.
  public var frames = FrameStore()
  /// What the dashboard shows; nil without a dashboard.
  public var screen: CellBuffer?
  /// Where it stands among the run's snapshots.
  var counter = 0
  /// Whether the dashboard's theme is dark on light.
  public var isScreenLight = false

  public init(
    checkpoint: Checkpoint, history: RunHistory, run: RunDescription? = nil
  ) {
    self.checkpoint = checkpoint
    self.history = history
    self.run = run
  }

  /// The files of a snapshot's directory. The screen's are left out where there is none.
  func files(saved: Double, path: String) throws(RunError) -> [AtomicDirectory.File] {
    let state = SnapshotState(
      reason: checkpoint.reason, validationLoss: (checkpoint.validation ?? newestValidation)?.loss,
      counter: counter, saved: saved, resume: checkpoint.state)
    let core = try coreFiles(state, path: path)
    // Written often, and read for its weights alone.
    if checkpoint.reason == .best { return core }
    // Training went on while this waited to be written.
    let history = history.through(step: checkpoint.state.step)
    let shown = shownFrames
    var files = core
    files += [
      .init("metrics.csv") { (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
        try MetricsTable.write(history, to: write)
      },
      .init("loss.svg", text: RunCharts.loss(history, of: run, markers: markers).svg()),
      .init("gradients.svg", text: RunCharts.gradients(history, of: run, markers: markers).svg()),
    ]
    if let states: HiddenStateFrame = shown.newest() {
      files.append(
        .init("hidden-state.svg", text: RunCharts.hiddenStates(states, of: run).svg()))
    }
    if let gradients: GradientByLag = shown.newest() {
      files.append(
        .init("gradient-by-lag.svg", text: RunCharts.gradientByLag(gradients, of: run).svg()))
    }
    if let dynamics: DynamicsFrame = shown.newest() {
      files += DynamicsFigures(dynamics, of: run).files.map { .init($0.name, text: $0.text) }
    }
    let landscape = LandscapeFigures(
      shown, newest: shown.newest(), through: checkpoint.state.step, of: run)
    files += (landscape.tables + landscape.figures).map { .init($0.name, text: $0.text) }
    if let screen {
      files.append(.init("screen.txt", text: ScreenText.plain(screen)))
      files.append(.init("screen.ans", text: ScreenText.ansi(screen)))
      files.append(
        .init("screen.svg", text: ScreenSVG.picture(screen, isLight: isScreenLight)))
    }
    let lines = shown.frames.flatMap { EventLine.encode(.frame($0), for: .record) }
    if !lines.isEmpty { files.append(.init(SnapshotFile.frames, lines)) }
    return files
  }

  /// What goes on with the run, or uses its network.
  private func coreFiles(
    _ state: SnapshotState, path: String
  ) throws(RunError) -> [AtomicDirectory.File] {
    func tensors(_ tensors: [NamedTensor], _ name: String) -> AtomicDirectory.File {
      .init(name) { (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
        try TensorFile.write(tensors, for: path + "/" + name, to: write)
      }
    }
    return [
      tensors(checkpoint.parameters, SnapshotFile.model),
      tensors(checkpoint.moments, SnapshotFile.optimizer),
      .init(SnapshotFile.state, try state.encoded(for: path + "/" + SnapshotFile.state)),
      .init(SnapshotFile.preset, text: checkpoint.preset),
    ]
  }

  private var newestValidation: Checkpoint.Validation? {
    history.validations.last.map { .init(loss: $0.loss, step: $0.step) }
  }

  /// The checkpoint's own frames belong to its very step; those of a watcher may be a moment older.
  private var shownFrames: FrameStore {
    var shown = frames
    for frame in checkpoint.frames { shown.keep(frame) }
    return shown
  }
}

/// Names inside a snapshot directory, and that of the best one.
enum SnapshotFile {
  static let best = "best"
  static let model = "model.safetensors"
  static let optimizer = "optimizer.safetensors"
  static let state = "state.json"
  static let preset = "preset.yaml"
  static let frames = "frames.jsonl"
}

extension AtomicDirectory.File {
  init(_ name: String, text: String) { self.init(name, Array(text.utf8)) }
}
