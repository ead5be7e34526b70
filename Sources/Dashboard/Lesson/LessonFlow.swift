import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Seconds that numbers are waited for once the network stands still.
  private static let patience = 5.0
  /// Seconds that the way to a step takes, where the machine is fast enough.
  private static let longestWay = 1.2
  /// Seconds in which a person sees that the keys are the lesson's again.
  private static let surprise = 1.0

  /// Opens a lesson beside the panels.
  public mutating func begin(_ lesson: LessonState) {
    self.lesson = lesson
    focus = .lesson
    show(lessonView: lesson.step?.view ?? lesson.lesson.view)
    needsRedraw = true
  }

  mutating func show(lessonView word: String?) {
    guard let word, let view = ViewKind.named(word) else { return }
    let isReading = focus == .lesson
    show(view: view)
    if isReading { focus = .lesson }
    // A walk that was left standing would cover what is to be seen.
    if view != .graph { graph.isWalking = false }
  }

  // MARK: Going on

  /// What the lesson asks of the run now; called behind every event and key.
  public mutating func advanceLesson() -> [DashboardAction] {
    guard var lesson, run != nil, !lesson.awaitsRestart else { return [] }
    guard let step = lesson.step else { return keepPace() }
    var actions: [DashboardAction] = []
    switch lesson.phase {
    case .preparing:
      actions = bring(to: step.begin, &lesson)
      if actions.isEmpty, isStanding(at: step.begin) { actions = ready(step, &lesson) }
    case .asking:
      if case .action(let action) = step.task,
        let done = action.isDone.value(in: LessonFacts(self, lesson)), done != 0
      {
        judge(1, given: "", step, &lesson)
        // On it goes with the lesson's keys; one more key that was meant for a panel moves nothing.
        focus = .lesson
        lesson.holdsUntil = clock + Self.surprise
      }
    case .revealing(let answer):
      actions = bring(to: step.reveal, &lesson)
      if actions.isEmpty, step.reveal == nil || isStanding(at: step.reveal) {
        if lesson.waitingSince == nil { lesson.waitingSince = clock }
        judge(answer, given: lesson.pending, step, &lesson)
      }
    case .introduction, .answered, .summary: break
    }
    if self.lesson != lesson { needsRedraw = true }
    self.lesson = lesson
    return actions + keepPace()
  }

  /// Whether the network stands at a step, or the two that are compared both do.
  private func isStanding(at step: Int?) -> Bool {
    stands(at: step) && companions.allSatisfy { $0.stands(at: step) }
  }

  private func stands(at step: Int?) -> Bool {
    guard trainingState != .training, trainingState != nil else { return false }
    // A run that ended early stands where it ended.
    return currentStep >= step ?? 0 || trainingState != .paused
  }

  /// The step that the second network has to come up to; nil unless both stand, and it stands behind.
  public var stepForOther: Int? {
    guard trainingState == .paused, let other = companions.first, other.trainingState == .paused,
      other.currentStep < currentStep
    else { return nil }
    return currentStep
  }

  /// Trains to a step and pauses there, or pauses where the run is.
  private func bring(to step: Int?, _ lesson: inout LessonState) -> [DashboardAction] {
    if let step, step > currentStep, canTrain {
      guard lesson.sent.insert(.run(step)).inserted else { return [] }
      return hurry(to: step, &lesson) + [.send(.run(until: .step(step)))]
    }
    // At its limit it pauses by itself; one more pause would stop the second network on its way there.
    // Where somebody paused and went on, nothing else stops it.
    if trainingState == .training, step != currentStep {
      return lesson.sent.insert(.pause).inserted ? [.send(.pause)] : []
    }
    return []
  }

  /// The pace is for whoever looks on; who waits for an answer waits no longer than this, as far as
  /// the pace goes.
  private func hurry(to step: Int, _ lesson: inout LessonState) -> [DashboardAction] {
    let needed = Double(step - currentStep) / Self.longestWay
    guard let pace, needed > pace else { return [] }
    lesson.hurries = true
    return [.send(.pace(needed))]
  }

  /// Back to the pace that was set, once nobody waits.
  private mutating func keepPace() -> [DashboardAction] {
    guard let lesson, lesson.hurries else { return [] }
    switch lesson.phase {
    case .preparing, .revealing: return []
    case .introduction, .asking, .answered, .summary:
      self.lesson?.hurries = false
      return [.send(.pace(pace))]
    }
  }

  /// Keeps the values from before, once they are all there, and asks.
  private func ready(_ step: Lesson.Step, _ lesson: inout LessonState) -> [DashboardAction] {
    if let text = step.reads {
      if lesson.sent.insert(.read).inserted { return [.send(.read(text: text))] }
      guard reading?.text == text else { return [] }
    }
    if lesson.waitingSince == nil { lesson.waitingSince = clock }
    let facts = LessonFacts(self, lesson)
    let kept = step.expressions.flatMap(\.kept).map { ($0, $0.value(in: facts)) }
    let isLate = clock - (lesson.waitingSince ?? clock) > Self.patience
    guard isLate || kept.allSatisfy({ $0.1 != nil }) else { return [] }
    lesson.kept = kept.compactMap { pair in pair.1.map { (pair.0, $0) } }
    lesson.enter(.asking)
    return []
  }

  /// Judges an answer as soon as the run's numbers allow it.
  private func judge(
    _ answer: Double, given: String, _ step: Lesson.Step, _ lesson: inout LessonState
  ) {
    let facts = LessonFacts(self, lesson)
    let isLate = lesson.waitingSince.map { clock - $0 > Self.patience } ?? false
    var answer = answer
    if let rightly = lesson.rehearsal, let right = step.task.right(in: facts) {
      answer = rightly ? right : step.task.wrong(besides: right)
    }
    var judgement = answer.isNaN ? nil : step.task.judge(answer, in: facts)
    if judgement == nil, isLate {
      judgement = LessonJudgement(
        isRight: false, reply: "this was not measured here, so the answer cannot be judged",
        found: nil)
    }
    guard let judgement else { return }
    // What was found is told whole: a number of the walk may come a moment after the key for it.
    guard isLate || Lesson.isWhole(step.found, in: facts) else {
      lesson.waitingSince = lesson.waitingSince ?? clock
      return
    }
    let words = Lesson.words(step.found, in: facts)
    // What a reading or a act got wrong can be tried again; the first answer counts.
    if lesson.answers[lesson.index] == nil {
      lesson.answers[lesson.index] = LessonState.Answer(
        given: given, judgement: judgement, words: words, step: currentStep)
    }
    lesson.enter(.answered)
  }

  // MARK: Keys

  /// Enter: on from where the lesson waits.
  mutating func pressEnterInLesson() -> [DashboardAction] {
    guard let lesson else { return [] }
    // What is said now has to be in sight.
    self.lesson?.scroll = nil
    switch lesson.phase {
    case .introduction: go(toLessonStep: lesson.answers.isEmpty ? 0 : lesson.index)
    case .answered: go(toLessonStep: lesson.index + 1)
    case .asking:
      switch lesson.step?.task {
      case .number(let number):
        let cursor = number.isPoint ? chart.cursor.map { "\($0)" } : nil
        self.lesson?.line = LineEditor(cursor ?? "")
      case .choice: self.lesson?.mistake = "press the letter of a choice"
      case .action(let action):
        self.lesson?.mistake = "do it in the panels: \(action.keys.joined(separator: ", "))"
      case nil: break
      }
    case .preparing, .revealing: show("the network trains; the lesson goes on when it is there")
    case .summary: show("this was the lesson: n begins it anew, x exports this page, esc leaves")
    }
    return []
  }

  mutating func choose(inLesson index: Int) -> [DashboardAction] {
    guard let lesson, case .choice(let choices)? = lesson.step?.task, lesson.phase == .asking
    else { return [] }
    guard choices.indices.contains(index) else {
      self.lesson?.mistake = "there are \(choices.count) choices"
      return []
    }
    return answerLesson(Double(index + 1), given: choices[index].text)
  }

  /// Takes what was typed for an answer.
  mutating func submitLessonLine() -> [DashboardAction] {
    guard let line = lesson?.line else { return [] }
    let text = line.text.trimmed
    lesson?.line = nil
    guard !text.isEmpty else { return [] }
    return answerLesson(text)
  }

  /// Takes an answer in words: a number, or the letter of a choice.
  public mutating func answerLesson(_ text: String) -> [DashboardAction] {
    guard let lesson, lesson.phase == .asking, let step = lesson.step else { return [] }
    switch step.task {
    case .number:
      guard let number = Self.number(text) else {
        self.lesson?.mistake = "“\(text)” is no number: such as 12, 0.5 or 3e-4"
        return []
      }
      return answerLesson(number, given: text)
    case .choice(let choices):
      let letters = ["a", "b", "c", "d"]
      let index =
        letters.firstIndex(of: text.lowercased()) ?? choices.firstIndex { $0.text == text }
      guard let index, choices.indices.contains(index) else {
        self.lesson?.mistake =
          "“\(text)” is no choice: " + letters.prefix(choices.count).joined(separator: ", ")
        return []
      }
      return answerLesson(Double(index + 1), given: choices[index].text)
    case .action: return []
    }
  }

  private static func number(_ text: String) -> Double? {
    var text = text.replacing("−", with: "-").replacing(",", with: ".")
    var scale = 1.0
    if text.hasSuffix("%") {
      text = String(text.dropLast()).trimmed
      scale = 0.01
    }
    return Double(text).map { $0 * scale }.flatMap { $0.isFinite ? $0 : nil }
  }

  private mutating func answerLesson(_ answer: Double, given: String) -> [DashboardAction] {
    lesson?.enter(.revealing(answer))
    lesson?.pending = given
    return advanceLesson()
  }

  /// Goes to a step, or to the page behind the last one.
  mutating func go(toLessonStep index: Int) {
    guard var lesson else { return }
    if index < 0 {
      lesson.enter(.introduction)
    } else if index >= lesson.lesson.steps.count {
      lesson.index = lesson.lesson.steps.count - 1
      lesson.enter(.summary)
    } else {
      lesson.index = index
      lesson.enter(lesson.answers[index] == nil ? .preparing : .answered)
    }
    self.lesson = lesson
    needsRedraw = true
    show(lessonView: lesson.step?.view)
  }

  mutating func moveInLesson(by distance: Int) -> [DashboardAction] {
    guard let lesson, clock >= lesson.holdsUntil else { return [] }
    let here =
      switch lesson.phase {
      case .introduction: -1
      case .summary: lesson.lesson.steps.count
      default: lesson.index
      }
    go(toLessonStep: min(max(-1, here + distance), lesson.lesson.steps.count))
    return advanceLesson()
  }
}

extension Lesson {
  /// Whether every formula among words has its value.
  static func isWhole(_ pieces: [Piece], in source: any LessonExpression.Source) -> Bool {
    pieces.allSatisfy { piece in
      if case .value(let expression) = piece { expression.value(in: source) != nil } else { true }
    }
  }

  /// Words with the values of their formulas.
  static func words(_ pieces: [Piece], in source: any LessonExpression.Source) -> String {
    pieces.map { piece in
      switch piece {
      case .words(let text): text
      case .value(let expression):
        expression.value(in: source).map { NumberText.brief($0, 3) } ?? "–"
      }
    }.joined()
  }
}
