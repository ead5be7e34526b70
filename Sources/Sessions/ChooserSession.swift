import Dashboard
import Glibc
import SequenceData
import TerminalGraphics
import Training

/// The screen before a run: which preset to start.
actor ChooserSession: StageActor {
  private(set) var stage: Stage
  private var chooser: ChooserState
  private let (acts, continuation) = AsyncStream.makeStream(of: NextAct.self)
  /// When the default preset starts, on the stage's clock; nil once a key was pressed.
  private var startTime: Double?

  /// Whether a paused run waits behind this.
  private let isOverRun: Bool

  /// - Parameters:
  ///   - name: the preset under the cursor at first
  ///   - message: what there is to say, such as why a preset could not start
  ///   - patience: seconds after which the default preset starts when no key is pressed; nil where
  ///     it never does
  ///   - isOverRun: whether leaving leads back to a run, which waits paused
  init(
    _ stage: Stage, standing name: String, message: String?, patience: Double?, isOverRun: Bool
  ) {
    self.stage = stage
    self.isOverRun = isOverRun
    chooser = ChooserState(
      presets: PresetLibrary.choices, default: name, settings: stage.settings,
      isOverRun: isOverRun)
    chooser.resize(stage.abilities.size)
    if let message { chooser.show(message) }
    if let patience, message == nil { startTime = stage.now + patience }
  }

  func run() async -> NextAct {
    let clock = Task { await self.countDown() }
    draw()
    var next = NextAct.quit(status: ExitStatus.done)
    for await act in acts {
      next = act
      break
    }
    clock.cancel()
    return next
  }

  private func countDown() async {
    while !Task.isCancelled, let startTime {
      let left = startTime - stage.now
      guard left > 0 else {
        continuation.yield(.start(preset: PresetLibrary.standard))
        return
      }
      chooser.show(
        "\(PresetLibrary.standard) starts by itself in \(Int(left.rounded(.up))) s; "
          + "any key stops the countdown")
      draw()
      try? await Task.sleep(for: .seconds(min(left, 1)))
    }
  }

  func handle(_ input: TerminalInput) async {
    switch input {
    case .key(let key):
      startTime = nil
      for action in chooser.handle(key) { await perform(action) }
    case .resized(let size):
      stage.abilities.size = size
      chooser.resize(size)
    case .strayLine(let line): chooser.show(line)
    case .suspend: suspend()
    case .interrupt: quit(ExitStatus.signal(SIGINT))
    case .terminate(let signal): quit(ExitStatus.signal(signal))
    case .hangUp: quit(ExitStatus.signal(SIGHUP))
    }
    draw()
  }

  private func perform(_ action: ChooserAction) async {
    switch action {
    case .start(let preset):
      chooser.show("reading the data of \(preset) …")
      continuation.yield(.start(preset: preset))
    case .lessons: continuation.yield(.lessons(message: nil))
    case .use(let settings):
      if let problem = stage.use(settings) { chooser.show(problem) }
    case .quit where isOverRun: continuation.yield(.back)
    case .quit: quit(ExitStatus.done)
    case .suspend: suspend()
    case .redraw: stage.terminal.forget()
    }
  }

  private func quit(_ status: Int32) { continuation.yield(.quit(status: status)) }

  /// Signals are still heard meanwhile.
  private func suspend() {
    startTime = nil
    Task { await self.stage.terminal.suspend() }
  }

  private func draw() {
    guard chooser.needsRedraw else { return }
    stage.show(chooser.render(size: stage.abilities.size, appearance: stage.appearance))
    chooser.didDraw()
  }
}

extension PresetLibrary {
  /// Every preset as the chooser shows it. Data is looked for, not read.
  static var choices: [PresetChoice] {
    names.compactMap { name in
      guard let preset = try? preset(name) else { return nil }
      let source = preset.task.data
      return PresetChoice(
        name: name, title: preset.title, lecture: preset.lecture, summary: summary(of: name),
        network: preset.networkName, architecture: preset.architecture,
        hasData: DataCatalogue.isAvailable(source, dataDirectories: DataDirectories.all),
        fetchCommand: DataCatalogue.command(toFetch: source))
    }
  }

  /// The comment that a preset's file begins with.
  private static func summary(of name: String) -> String {
    (text(of: name) ?? "").split(separator: "\n").prefix { $0.hasPrefix("#") }
      .map { $0.drop { $0 == "#" || $0 == " " } }
      .joined(separator: " ")
  }
}
