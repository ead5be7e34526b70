import Dashboard
import Glibc
import TerminalGraphics
import Training
import TrainingEvents

/// What has the screen for a while, and takes the keys: the chooser or a run.
protocol StageActor: Actor {
  func handle(_ input: TerminalInput) async
}

/// What comes after an act on the stage.
package enum NextAct: Sendable {
  case chooser(message: String?)
  case lessons(message: String?)
  case openLesson(Lesson)
  case lesson(LessonSetup)
  /// The run that was left for a while.
  case back
  case run(RunSetup)
  /// A run that trains elsewhere, or did.
  case watch(RunSession.Watched)
  case start(preset: String)
  case quit(status: Int32)
  /// The run goes on in a process of its own.
  case detach(run: String)
}

/// The program in a terminal: chooser and runs in turn, until a person quits or a signal ends it.
package actor InteractiveSession {
  private var stage: Stage
  private let command: TrainingOptions
  private var current: (any StageActor)?
  /// A run that was left for a while, to look at the presets.
  private var aside: RunSession?
  /// The preset that ran last or was to run, which the chooser stands on.
  private var last = PresetLibrary.standard
  private var lastLesson: String?
  /// Whether a run lost steps that a person may have wanted.
  private var hasLost = false
  /// What stays in the scrollback.
  private var reports: [String] = []
  /// Seconds after which the chooser starts the default preset where nobody presses a key.
  private let patience: Double
  private let startInBackground: @Sendable ([String]) throws -> Void

  /// - Parameters:
  ///   - command: what every run takes over of the command line
  ///   - patience: seconds after which the chooser starts the default preset where nobody presses a
  ///     key
  ///   - startInBackground: starts this program once more with arguments, in a session of its own
  package init(
    _ command: TrainingOptions, on stage: Stage, patience: Double = 5,
    startInBackground: @escaping @Sendable ([String]) throws -> Void = {
      try BackgroundProgram.start($0)
    }
  ) {
    self.command = command
    self.stage = stage
    self.patience = patience
    self.startInBackground = startInBackground
  }

  /// - Parameter first: the run to begin with; nil for the chooser
  /// - Returns: the status to leave with, and what stays in the scrollback
  package func run(_ first: RunSetup?) async -> (status: Int32, report: String?) {
    await run(first.map(NextAct.run) ?? .chooser(message: stage.problems.first))
  }

  /// The dashboard over a run that trains elsewhere or did, until a person leaves it.
  package static func watch(
    _ watched: RunSession.Watched, on stage: Stage
  ) async -> (status: Int32, report: String?) {
    await InteractiveSession(TrainingOptions(), on: stage).run(.watch(watched))
  }

  package func run(_ first: NextAct) async -> (status: Int32, report: String?) {
    let keys = Task { await self.readInputs() }
    var next = first
    while true {
      switch next {
      case .lessons(let message): next = await chooseLesson(message)
      case .openLesson(let lesson): next = await setUp(lesson)
      case .lesson(let setup):
        await endAside()
        next = await live(setup.run, lesson: setup)
      case .chooser(let message):
        next = await choose(message, starts: reports.isEmpty && aside == nil)
      case .watch(let watched): next = await show(RunSession(watched, on: stage))
      case .start(let preset): next = await setUp(preset)
      case .run(let setup):
        await endAside()
        next = await live(setup)
      case .back: next = await comeBack()
      case .quit(let status):
        await endAside()
        keys.cancel()
        return await leave(hasLost ? ExitStatus.failed : status)
      case .detach(let run):
        keys.cancel()
        return await leave(hasLost ? ExitStatus.failed : detach(run))
      }
    }
  }

  /// Lets a run go on in a process of its own.
  /// - Returns: the status to leave with
  private func detach(_ run: String) -> Int32 {
    do {
      // It waits until this process has let go of the run.
      try startInBackground(
        ["train", "--resume", run, "--headless", "--after", "\(getpid())"])
      reports.append(BackgroundProgram.words(for: run))
      return ExitStatus.done
    } catch {
      reports.append("\(error): `unfold train --resume \(run)` goes on with it\n")
      return ExitStatus.failed
    }
  }

  private func readInputs() async {
    for await input in stage.terminal.inputs {
      if case .resized(let size) = input { stage.abilities.size = size }
      guard let current else {
        leaveUnheard(input)
        continue
      }
      await current.handle(input)
    }
  }

  /// Between two acts there is nothing to save.
  private func leaveUnheard(_ input: TerminalInput) {
    switch input {
    case .interrupt: stage.leaveAtOnce(ExitStatus.signal(SIGINT))
    case .terminate(let signal): stage.leaveAtOnce(ExitStatus.signal(signal))
    case .hangUp: stage.leaveAtOnce(ExitStatus.signal(SIGHUP))
    default: break
    }
  }

  private func choose(_ message: String?, starts: Bool) async -> NextAct {
    let chooser = ChooserSession(
      stage, standing: last, message: message, patience: starts ? patience : nil,
      isOverRun: aside != nil)
    current = chooser
    let next = await chooser.run()
    current = nil
    stage = await chooser.stage
    return next
  }

  /// Reads a preset's data; training of a large file begins only then.
  private func setUp(_ preset: String) async -> NextAct {
    last = preset
    let command = command.starting(preset)
    do {
      return .run(try await Task.detached { try RunSetup(command, canGoBack: true) }.value)
    } catch {
      return .chooser(message: "\(preset) cannot start: \(error)")
    }
  }

  private func chooseLesson(_ message: String?) async -> NextAct {
    let list = LessonListSession(stage, standing: lastLesson, message: message)
    current = list
    let next = await list.run()
    current = nil
    stage = await list.stage
    return next
  }

  private func setUp(_ lesson: Lesson) async -> NextAct {
    lastLesson = lesson.name
    let command = command
    do {
      return .lesson(try await Task.detached { try LessonSetup(lesson, command) }.value)
    } catch {
      return .lessons(message: "\(lesson.name) cannot start: \(error)")
    }
  }

  private func live(_ setup: RunSetup, lesson: LessonSetup? = nil) async -> NextAct {
    if let lesson { lastLesson = lesson.lesson.name } else { last = setup.preset.name }
    return await show(
      RunSession(.init(LiveRun(setup, lesson: lesson), of: setup.preset.name), on: stage))
  }

  private func show(_ session: RunSession) async -> NextAct {
    current = session
    return await left(session, for: await session.run())
  }

  /// Goes on with the run that was left, paused as it is.
  private func comeBack() async -> NextAct {
    guard let session = aside else { return .chooser(message: nil) }
    aside = nil
    current = session
    return await left(session, for: await session.comeBack(on: stage))
  }

  private func left(_ session: RunSession, for next: NextAct) async -> NextAct {
    current = nil
    stage = await session.stage
    if await session.isAside {
      aside = session
    } else {
      await note(session)
    }
    return next
  }

  /// Notes how a run went that was left for good.
  private func note(_ session: RunSession) async {
    if let report = await session.report { reports.append(report) }
    if await session.hasLost { hasLost = true }
  }

  private func endAside() async {
    guard let session = aside else { return }
    aside = nil
    await session.endAside()
    await note(session)
  }

  /// Gives the terminal back.
  /// - Returns: how it went
  private func leave(_ status: Int32) async -> (status: Int32, report: String?) {
    stage.leaveSoon(status)
    if let problem = await stage.close() { ExitStatus.say(problem) }
    return (status, reports.isEmpty ? nil : reports.joined(separator: "\n"))
  }
}
