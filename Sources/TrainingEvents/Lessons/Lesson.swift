/// A part of the lecture as a walk beside a live network: things to predict, to do and to read off.
public struct Lesson: Sendable, Equatable {
  /// What names it on the command line, such as `vanishing`.
  public var name: String
  /// In a few words.
  public var title: String
  /// The lecture's slides that it shows, rising.
  public var slides: [Int]
  /// The preset that it trains.
  public var preset: String
  /// Keys of the preset that the lesson sets, as `path=value`.
  public var settings: [String]
  /// What the second of two networks has otherwise, where two train side by side; nil for one.
  public var other: Other?
  /// The view that it begins with.
  public var view: String
  /// About how long it takes.
  public var minutes: Int
  /// What it is about, in a few sentences.
  public var text: String
  /// What is gone through, in order.
  public var steps: [Step]

  public init(
    name: String, title: String, slides: [Int], preset: String, settings: [String] = [],
    other: Other? = nil, view: String = "overview", minutes: Int, text: String, steps: [Step]
  ) {
    (self.name, self.title, self.slides, self.preset) = (name, title, slides, preset)
    (self.settings, self.other, self.view, self.minutes) = (settings, other, view, minutes)
    (self.text, self.steps) = (text, steps)
  }

  /// A second network on the same data.
  public struct Other: Sendable, Equatable {
    /// What the two are called, such as `tanh` and `lstm`.
    public var names: [String]
    /// Keys that are set for it alone, as `path=value`.
    public var settings: [String]

    public init(names: [String], settings: [String]) {
      (self.names, self.settings) = (names, settings)
    }
  }

  /// One idea with one thing to answer or to do.
  public struct Step: Sendable, Equatable {
    /// In a few words.
    public var title: String
    /// At most `Lesson.longestIdea` words.
    public var idea: String
    /// In the lecture's symbols; nil where it has none.
    public var equation: String?
    /// The training step that has to be reached before it is asked; nil asks where the run stands.
    public var begin: Int?
    /// The training step that is trained to before an answer is judged; nil judges at once.
    public var reveal: Int?
    /// The view to show; nil leaves what is on screen.
    public var view: String?
    /// A text for the network to read when the step begins.
    public var reads: String?
    /// The question, or what is to be done.
    public var ask: String
    /// How it is answered.
    public var task: Task
    /// Where to look, told after a wrong answer.
    public var look: String
    /// What the numbers mean, told after the answer; `{formula}` stands for its value.
    public var found: [Piece]

    public init(
      title: String, idea: String, equation: String? = nil, begin: Int? = nil, reveal: Int? = nil,
      view: String? = nil, reads: String? = nil, ask: String, task: Task, look: String,
      found: [Piece] = []
    ) {
      (self.title, self.idea, self.equation) = (title, idea, equation)
      (self.begin, self.reveal, self.view, self.reads) = (begin, reveal, view, reads)
      (self.ask, self.task, self.look, self.found) = (ask, task, look, found)
    }

    /// Every formula in it.
    public var expressions: [LessonExpression] {
      let ofTask: [LessonExpression] =
        switch task {
        case .number(let number): [number.answer]
        case .choice(let choices): choices.map(\.isRight)
        case .action(let action): [action.isDone]
        }
      return ofTask
        + found.compactMap { if case .value(let expression) = $0 { expression } else { nil } }
    }
  }

  /// A piece of text with numbers of the run in it.
  public enum Piece: Sendable, Equatable {
    /// As they stand.
    case words(String)
    /// The formula's value.
    case value(LessonExpression)
  }

  /// What a person is asked for.
  public enum Task: Sendable, Equatable {
    /// A number.
    case number(Number)
    /// One of several sentences.
    case choice([Choice])
    /// Something to do with the run.
    case action(Action)
  }

  /// A number, predicted or read off the screen.
  public struct Number: Sendable, Equatable {
    /// How far off an answer may be.
    public enum Tolerance: Sendable, Equatable {
      /// The answer may be off by so much.
      case absolute(Double)
      /// By such a share of the right one.
      case share(Double)
      /// It may be so many times too large or too small.
      case factor(Double)
    }

    /// The right number, out of the run.
    public var answer: LessonExpression
    /// How far off it may be.
    public var tolerance: Tolerance
    /// Behind the number; empty where it has none.
    public var unit: String
    /// Whether it can be answered by a chart's cursor.
    public var isPoint: Bool

    public init(
      answer: LessonExpression, tolerance: Tolerance, unit: String = "", isPoint: Bool = false
    ) {
      (self.answer, self.tolerance, self.unit) = (answer, tolerance, unit)
      self.isPoint = isPoint
    }
  }

  /// A sentence that may be right.
  public struct Choice: Sendable, Equatable {
    /// The sentence.
    public var text: String
    /// Whether the run says so.
    public var isRight: LessonExpression

    public init(text: String, isRight: LessonExpression) {
      (self.text, self.isRight) = (text, isRight)
    }
  }

  /// Something to do with the running network.
  public struct Action: Sendable, Equatable {
    /// Whether the run says that it is done.
    public var isDone: LessonExpression
    /// Keys and commands that do it, such as `w → →` or `:set training.clip-norm=1`.
    public var keys: [String]

    public init(isDone: LessonExpression, keys: [String]) {
      (self.isDone, self.keys) = (isDone, keys)
    }
  }

  /// Words of a step's idea at most.
  public static let longestIdea = 60

  /// `slide 9` or `slides 9–12, 18`.
  public var slideText: String {
    var ranges: [(Int, Int)] = []
    for slide in slides {
      if let last = ranges.last, last.1 + 1 == slide {
        ranges[ranges.count - 1].1 = slide
      } else {
        ranges.append((slide, slide))
      }
    }
    let text = ranges.map { $0.0 == $0.1 ? "\($0.0)" : "\($0.0)–\($0.1)" }.joined(separator: ", ")
    return (slides.count == 1 ? "slide " : "slides ") + text
  }
}
