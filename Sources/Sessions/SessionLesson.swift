import Dashboard
import Training
import TrainingEvents

/// What stands beside a run on the screen: what only a run of this process has, a lesson's steps and
/// answers, and the second of two networks.
extension RunSession {
  /// Prepares the dashboard for a run that trains here.
  func prepare(for own: LiveRun) {
    dashboard.pace = own.setup.preset.training.pace
    dashboard.presetNames = PresetLibrary.names
    guard let lesson = own.lesson else { return }
    let state = stage.lessonProgress.state(of: lesson.lesson)
    keptAnswers = state.answers.count
    dashboard.begin(state)
    guard let names = lesson.lesson.other?.names, lesson.other != nil else { return }
    dashboard.comparedName = names.first
    var companion = DashboardState()
    companion.comparedName = names.last
    dashboard.companions = [companion]
  }

  func advanceLesson() async {
    guard dashboard.lesson != nil else { return }
    // Where both networks stand, the second one comes up to the first one's step.
    if let step = dashboard.stepForOther { await source.own?.trainOther(until: step) }
    for action in dashboard.advanceLesson() { await perform(action) }
    askForProbes()
    guard let now = dashboard.lesson else { return }
    let isAnswered = now.answers.count != keptAnswers
    keptAnswers = now.answers.count
    if isAnswered, let problem = stage.lessonProgress.keep(now) { dashboard.log(problem) }
    scheduleDraw(soon: dashboard.needsRedraw && isAnswered)
  }

  func exportLesson() {
    guard let own = source.own, let lesson = own.lesson else { return }
    let path = own.setup.directory.path + "/\(lesson.lesson.name).md"
    do {
      try LessonPage(dashboard).write(to: path)
      dashboard.tell("written: \(path), with a picture beside it")
    } catch {
      dashboard.tell("the page could not be written: \(error)")
    }
  }
}
