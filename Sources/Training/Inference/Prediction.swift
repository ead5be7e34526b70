import TrainingEvents

/// What a network makes of an input that a person brought, with the hidden states that it caused.
public struct Prediction: Sendable, Equatable {
  /// An answer that the network might have given.
  public struct Alternative: Sendable, Equatable {
    /// The class, or the symbol.
    public var label: String
    /// 0 to 1, of the softmax.
    public var probability: Double

    public init(label: String, probability: Double) {
      self.label = label
      self.probability = probability
    }
  }

  /// The input as a person sees it.
  public var text = ""
  /// A class, a translation, labels, the next number, or how a text goes on.
  public var answer = ""
  /// Classes, or symbols that may come next, the likeliest first.
  public var alternatives: [Alternative] = []
  /// Labels of the steps, or symbols written, one by one.
  public var labels: [String] = []
  /// Numbers that follow, a row a step, in the data's own units.
  public var values: [[Double]] = []
  /// The right answer where the input came with one.
  public var truth: String?
  /// Whether the answer is one of a few classes, and `alternatives` are the others.
  public var isClass = false
  /// Whether `values` are the steps of a system without input rather than what comes next.
  public var isUnrolled = false
  /// What the answers along an input that was typed depend on; empty where that was not measured.
  public var attributed = AttributedInputs()
  /// s(t) while the input was read; without maps where nothing was.
  public var states: HiddenStateFrame

  /// Steps that a forecaster looks ahead at most.
  public static let mostAhead = 40

  public init(states: HiddenStateFrame) {
    self.states = states
  }

  /// The same as the dashboard shows it.
  public var frame: ReadingFrame {
    var answer = answer
    if let first = alternatives.first {
      answer = "\(first.label)  \(Int((first.probability * 100).rounded())) %"
    }
    return ReadingFrame(
      text: text, answer: answer, alternatives: alternatives.map { ($0.label, $0.probability) },
      states: states, attributed: attributed)
  }

  /// Rows of numbers in one line: blanks between rows, commas inside them.
  public static func text(of rows: some Sequence<[Double]>) -> String {
    rows.map { row in row.map { ShortNumber.text($0) }.joined(separator: ",") }
      .joined(separator: " ")
  }
}
