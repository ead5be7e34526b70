import Dashboard
import Foundation
import Runs
import Synchronization
import TerminalGraphics
import Training
import TrainingEvents

@testable import Sessions

/// The program in a terminal in memory, with runs, settings and lessons in a directory of its own.
final class SessionTwin: Sendable {
  let terminal: TerminalTwin
  /// Everything that the program writes lies below it.
  let folder: String
  private let ownsFolder: Bool
  /// Programs that were started in the background, by their arguments.
  private let starts = Mutex<[[String]]>([])
  var started: [[String]] { starts.withLock { $0 } }
  /// Why no program can be started in the background; nil where one can.
  let startProblem = Mutex<String?>(nil)
  /// Statuses that the program was to end with at once.
  private let statuses = Mutex<[Int32]>([])
  var exits: [Int32] { statuses.withLock { $0 } }
  private let ended = Mutex<(status: Int32, report: String)?>(nil)
  private let ends = AsyncStream.makeStream(of: Void.self)
  private let hasBegun = Mutex(false)
  private let size: Size

  /// - Parameter place: an existing directory to be in; nil for a new one
  init(
    in place: String? = nil, size: Size = Size(width: 120, height: 36), settings: String? = nil
  ) throws {
    (self.size, terminal) = (size, TerminalTwin())
    folder =
      place
      ?? FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString)").path
    ownsFolder = place == nil
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if let settings { try write(settings, to: "settings") }
  }

  deinit { if ownsFolder { try? FileManager.default.removeItem(atPath: folder) } }

  var stage: Stage {
    Stage(
      on: terminal,
      TerminalAbilities(depth: .trueColor, hasUnicode: true, hasBraille: true, size: size),
      settingsFile: SettingsFile(path: folder + "/settings"),
      lessonProgress: LessonProgress(path: folder + "/lessons.json"),
      exit: { [weak self] status in self?.statuses.withLock { $0.append(status) } })
  }

  // MARK: Starting

  /// What a command line asks for, at a size that trains in an instant.
  func options(_ preset: String, _ settings: [String] = []) -> TrainingOptions {
    var options = TrainingOptions()
    options.preset = preset
    options.settings = settings
    options.threads = 1
    options.seed = 1
    options.runs = folder + "/runs"
    return options
  }

  /// Starts the program on a run.
  func start(
    _ options: TrainingOptions, on stage: Stage? = nil
  ) throws {
    let setup = try RunSetup(options, canGoBack: true)
    let session = interactive(options, on: stage)
    begin { await session.run(setup) }
  }

  /// Starts the program on a preset.
  func start(_ preset: String, _ settings: [String] = []) throws {
    try start(options(preset, settings))
  }

  /// Starts the program on something else than a run.
  func start(at act: NextAct, patience: Double = 60) {
    let session = interactive(options("tiny"), on: nil, patience: patience)
    begin { await session.run(act) }
  }

  /// Starts the dashboard over a run that trains elsewhere or did.
  func watch(
    _ source: any RunSource, of name: String,
    with others: [(name: String, history: RunHistory)] = [], on stage: Stage? = nil
  ) {
    let stage = stage ?? self.stage
    begin { await InteractiveSession.watch(.init(source, of: name, with: others), on: stage) }
  }

  /// Words of all letters, for a preset that reads lines.
  func words() throws -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz'-.")
    let lines = (0..<200).map { line in
      String((0..<(3 + line % 6)).map { letters[(7 * line + 5 * $0) % letters.count] })
    }
    try write(lines.joined(separator: "\n") + "\n", to: "words.txt")
    return folder + "/words.txt"
  }

  private func interactive(
    _ options: TrainingOptions, on stage: Stage?, patience: Double = 60
  ) -> InteractiveSession {
    InteractiveSession(options, on: stage ?? self.stage, patience: patience) {
      [weak self] arguments in
      if let problem = self?.startProblem.withLock(\.self) {
        throw RunFailure(description: problem)
      }
      self?.starts.withLock { $0.append(arguments) }
    }
  }

  func begin(
    _ body: @escaping @Sendable () async -> (status: Int32, report: String?)
  ) {
    hasBegun.withLock { $0 = true }
    Task {
      let (status, report) = await body()
      self.ended.withLock { $0 = (status, report ?? "") }
      self.ends.continuation.finish()
    }
  }

  // MARK: Ending

  /// Waits for the program's end.
  /// - Returns: its status, and what stays in the scrollback
  func end(seconds: Double = TerminalTwin.patience) async throws -> (status: Int32, report: String)
  {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in self.ends.stream {} }
      group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
      await group.next()
      group.cancelAll()
    }
    guard let end = ended.withLock(\.self) else {
      throw TerminalTwin.Missing(description: "no end of the program on:\n\(terminal.screen)")
    }
    return end
  }

  /// Runs a test with the program, which is ended behind it however it went.
  static func run(
    size: Size = Size(width: 120, height: 36), settings: String? = nil,
    _ body: (SessionTwin) async throws -> Void
  ) async throws {
    let twin = try SessionTwin(size: size, settings: settings)
    do {
      try await body(twin)
    } catch {
      await twin.kill()
      throw error
    }
    await twin.kill()
  }

  private func kill() async {
    guard hasBegun.withLock(\.self), ended.withLock({ $0 == nil }) else { return }
    terminal.block(false)
    terminal.feed(.terminate(signal: SIGTERM))
    _ = try? await end()
  }

  // MARK: Files

  /// Where a run is that nobody named.
  func run(_ name: String) -> String { folder + "/runs/" + name }

  /// Puts a file where a run's snapshots belong, or takes it away: with it none can be written.
  func obstructSnapshots(of run: String, _ isObstructed: Bool = true) throws {
    let path = self.run(run) + "/snapshots"
    try? FileManager.default.removeItem(atPath: path)
    if isObstructed { try write("", to: "runs/\(run)/snapshots") }
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  func names(in directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + directory)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Snapshots of a run, without that of the best validation.
  func snapshots(of run: String) -> [String] {
    names(in: "runs/\(run)/snapshots").filter { $0 != "best" }
  }

  /// Steps in a run's record, in their order.
  func recordedSteps(of run: String) throws -> [Int] {
    let history = try RecordedRun(self.run(run)).history
    return (0..<history.steps.count).compactMap { history.steps.step(at: $0) }
  }
}

/// What a screen says.
enum Screen {
  /// The step that the dashboard's first line tells.
  static func step(_ screen: String) -> Int? {
    guard let range = screen.range(of: #"step [0-9,]+"#, options: .regularExpression) else {
      return nil
    }
    return Int(screen[range].dropFirst(5).filter(\.isNumber))
  }

  static func isAt(_ step: Int, _ state: String) -> @Sendable (String) -> Bool {
    { $0.contains(state) && Screen.step($0) == step }
  }

  static func isPast(_ step: Int, _ state: String = "TRAINING") -> @Sendable (String) -> Bool {
    { $0.contains(state) && (Screen.step($0) ?? 0) > step }
  }
}
