import Dashboard
import Training
import TrainingEvents

/// What stands beside a watched run in a lesson: its steps and answers, and perhaps a second network.
extension LiveSession {
  func beginLesson() async {
    guard let lesson else { return }
    let state = stage.lessonProgress.state(of: lesson.lesson)
    keptAnswers = state.answers.count
    dashboard.begin(state)
    guard let names = lesson.lesson.other?.names, let other = lesson.other else { return }
    dashboard.comparedName = names.first
    var companion = DashboardState()
    companion.comparedName = names.last
    dashboard.companions = [companion]
    readingOther = Task { [weak self] in
      for await event in other.events { await self?.takeOfOther(event) }
    }
    await other.perform(.pace(setup.preset.training.pace))
    await other.start(paused: true)
  }

  private func takeOfOther(_ event: TrainingEvent) async {
    guard !dashboard.companions.isEmpty else { return }
    dashboard.companions[0].apply(event)
    await advanceLesson()
    scheduleDraw(soon: event.isUrgent)
  }

  /// One clock, one pause key: what changes training changes it in both networks.
  func performInOther(_ command: TrainingCommand) async {
    guard let other = lesson?.other else { return }
    switch command {
    case .snapshot, .undo, .goBackToBest, .stop: break
    default: await other.perform(command)
    }
  }

  /// Where both networks stand, the second one comes up to the first one's step.
  private func keepInStep() async {
    guard let step = dashboard.stepForOther else { return }
    await lesson?.other?.perform(.run(until: .step(step)))
  }

  func advanceLesson() async {
    guard lesson != nil else { return }
    await keepInStep()
    for action in dashboard.advanceLesson() { await perform(action) }
    askForProbes()
    guard let now = dashboard.lesson else { return }
    let isAnswered = now.answers.count != keptAnswers
    keptAnswers = now.answers.count
    if isAnswered, let problem = stage.lessonProgress.keep(now) { dashboard.log(problem) }
    scheduleDraw(soon: dashboard.needsRedraw && isAnswered)
  }

  func exportLesson() {
    guard let lesson else { return }
    let path = setup.directory.path + "/\(lesson.lesson.name).md"
    do {
      try LessonPage(dashboard).write(to: path)
      dashboard.tell("written: \(path), with a picture beside it")
    } catch {
      dashboard.tell("the page could not be written: \(error)")
    }
  }
}
