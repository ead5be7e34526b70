import TrainingEvents

/// A lesson under way: where a person stands in it, and what was answered.
public struct LessonState: Sendable, Equatable {
  /// What stands between a step's beginning and its answer.
  public enum Phase: Sendable, Equatable {
    /// The lesson's text, before its first step.
    case introduction
    /// The network trains to where the step begins, or its numbers are still to come.
    case preparing
    case asking
    /// Trains on to where the answer can be judged.
    case revealing(Double)
    case answered
    /// What was predicted and what was found.
    case summary
  }

  /// What was answered to a step, and what came of it.
  public struct Answer: Sendable, Equatable {
    /// As it was typed; empty for what was done.
    public var given: String
    public var judgement: LessonJudgement
    /// What the numbers mean.
    public var words: String
    /// The training step at which it was judged.
    public var step: Int

    public init(given: String, judgement: LessonJudgement, words: String, step: Int) {
      (self.given, self.judgement, self.words, self.step) = (given, judgement, words, step)
    }
  }

  public let lesson: Lesson
  public internal(set) var index = 0
  public internal(set) var phase = Phase.introduction
  /// By the step's index; the first answer counts.
  public internal(set) var answers: [Int: Answer] = [:]

  /// What is being typed; nil while nothing is.
  var line: LineEditor?
  /// The clock's time before which arrows leave the step as it is.
  var holdsUntil = 0.0
  /// What was typed, until it is judged.
  var pending = ""
  /// Whether the run's own answer, or another one, is to be taken; nil for a person's.
  var rehearsal: Bool?
  /// Why the last thing typed is no answer.
  var mistake: String?
  /// Values from the step's beginning.
  var kept: [(expression: LessonExpression, value: Double)] = []
  /// What the engine was asked for already in this phase.
  var sent: Set<Wish> = []
  /// When the phase began, on the dashboard's clock; nil before the network stands where it is to.
  var waitingSince: Double?
  /// Lines scrolled away; nil follows what is newest.
  var scroll: Int?
  /// Whether training goes faster than the pace that is set, since a person waits for it.
  var hurries = false
  /// Whether the network is to begin anew before the lesson goes on.
  var awaitsRestart = false

  enum Wish: Hashable { case pause, run(Int), read }

  /// - Parameters:
  ///   - lesson: what is gone through
  ///   - answers: those of an earlier time
  ///   - index: the step that it goes on with
  public init(_ lesson: Lesson, answers: [Int: Answer] = [:], resumesAt index: Int? = nil) {
    self.lesson = lesson
    self.answers = answers
    if let index, lesson.steps.indices.contains(index) { self.index = index }
    // What was gone through is shown, and not asked for again unless a person wants it.
    if isComplete { (self.index, phase) = (lesson.steps.count - 1, .summary) }
  }

  /// Whether every step has an answer.
  public var isComplete: Bool {
    !lesson.steps.isEmpty && lesson.steps.indices.allSatisfy { answers[$0] != nil }
  }

  /// The step under way; nil before the first and after the last one.
  public var step: Lesson.Step? {
    phase == .introduction || phase == .summary || !lesson.steps.indices.contains(index)
      ? nil : lesson.steps[index]
  }

  public var answer: Answer? { answers[index] }

  /// Answers that were right.
  public var rightCount: Int { answers.values.count(where: \.judgement.isRight) }

  /// What has to be measured for the step under way.
  var interests: ProbeRequest.Interests {
    (step?.expressions ?? []).reduce(into: []) {
      $0.formUnion(LessonVocabulary.interests(of: $1))
    }
  }

  mutating func enter(_ new: Phase) {
    phase = new
    (sent, waitingSince, line, mistake, scroll) = ([], nil, nil, nil, nil)
    rehearsal = nil
  }

  public static func == (a: LessonState, b: LessonState) -> Bool {
    a.lesson == b.lesson && a.index == b.index && a.phase == b.phase && a.answers == b.answers
      && a.line == b.line && a.mistake == b.mistake && a.scroll == b.scroll
  }
}
