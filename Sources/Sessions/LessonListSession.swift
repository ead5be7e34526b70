import Dashboard
import Glibc
import TerminalGraphics
import Training
import TrainingEvents

/// The screen with all lessons and what is done of each.
actor LessonListSession: StageActor {
  private(set) var stage: Stage
  private var list: LessonListState
  private let (acts, continuation) = AsyncStream.makeStream(of: NextAct.self)

  init(_ stage: Stage, standing name: String?, message: String?) {
    self.stage = stage
    let (lessons, problems) = LessonLibrary.load(dataDirectories: DataDirectories.all)
    list = LessonListState(
      lessons.map { stage.lessonProgress.choice(of: $0) }, standing: name,
      message: message ?? problems.first)
  }

  func run() async -> NextAct {
    draw()
    for await act in acts { return act }
    return .quit(status: ExitStatus.done)
  }

  func handle(_ input: TerminalInput) async {
    switch input {
    case .key(let key):
      for action in list.handle(key) { perform(action) }
    case .resized(let size):
      stage.abilities.size = size
      list.resize()
    case .strayLine(let line): list.show(line)
    case .suspend: suspend()
    case .interrupt: quit(ExitStatus.signal(SIGINT))
    case .terminate(let signal): quit(ExitStatus.signal(signal))
    case .hangUp: quit(ExitStatus.signal(SIGHUP))
    }
    draw()
  }

  private func perform(_ action: LessonListAction) {
    switch action {
    case .open(let lesson): continuation.yield(.openLesson(lesson))
    case .presets: continuation.yield(.chooser(message: nil))
    case .quit: quit(ExitStatus.done)
    case .suspend: suspend()
    case .redraw: stage.terminal.forget()
    }
  }

  private func quit(_ status: Int32) { continuation.yield(.quit(status: status)) }

  private func suspend() { Task { await self.stage.terminal.suspend() } }

  private func draw() {
    guard list.needsRedraw else { return }
    stage.show(list.render(size: stage.abilities.size, appearance: stage.appearance))
    list.didDraw()
  }
}
