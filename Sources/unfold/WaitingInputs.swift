import SequenceData
import Training

/// Inputs that wait for others, to be answered together in the order in which they came.
struct WaitingInputs {
  /// Time steps that wait at most: long inputs are many rows by themselves, and take memory.
  private static let mostSteps = 1 << 14

  private let predictor: Predictor
  private let say: (Prediction) throws -> Void
  private var examples: [Example] = []
  private var steps = 0

  /// - Parameter say: gets every answer
  init(_ predictor: Predictor, say: @escaping (Prediction) throws -> Void) {
    self.predictor = predictor
    self.say = say
  }

  /// Takes in one more, and answers all where they are enough.
  mutating func add(_ example: Example) throws {
    examples.append(example)
    steps += example.input.steps
    if examples.count >= predictor.batch || steps >= Self.mostSteps { try answer() }
  }

  /// Answers those that wait.
  mutating func answer() throws {
    let waiting = examples
    (examples, steps) = ([], 0)
    for prediction in try predictor.predict(waiting) { try say(prediction) }
  }
}
