/// The answer to a text that a person typed.
public struct ReadingFrame: Sendable, Equatable {
  /// As it was typed.
  public var text: String
  /// What the network makes of it: a continuation, a label with its probability, a translation.
  public var answer: String
  /// Alternatives with their probabilities, most likely first.
  public var alternatives: [(label: String, probability: Double)]
  /// s(t) while it was read; without maps where nothing was.
  public var states: HiddenStateFrame
  /// What the answers along it depend on; empty where that was not measured.
  public var attributed: AttributedInputs

  public init(
    text: String, answer: String, alternatives: [(label: String, probability: Double)],
    states: HiddenStateFrame, attributed: AttributedInputs = AttributedInputs()
  ) {
    self.text = text
    self.answer = answer
    self.alternatives = alternatives
    self.states = states
    self.attributed = attributed
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.text == b.text && a.answer == b.answer && a.states == b.states
      && a.attributed == b.attributed
      && a.alternatives.map(\.label) == b.alternatives.map(\.label)
      && a.alternatives.map(\.probability) == b.alternatives.map(\.probability)
  }
}
