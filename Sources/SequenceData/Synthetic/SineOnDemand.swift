import Glibc

/// A sine wave whose frequency the input asks for, one number that stays the same for a whole sequence
/// (Sussillo and Barak 2013): 0 asks for a period of forty steps, 1 for one of eight.
enum SineOnDemand {
  /// Radians a step that 0 and 1 ask for.
  static let slowest = 2 * Double.pi / 40
  static let fastest = 2 * Double.pi / 8

  static func make(_ parts: SyntheticTask.Parts) -> TaskData {
    let made = parts.examples { random, _ in
      let wish = random.uniform()
      let turn = slowest + wish * (fastest - slowest)
      return Example(
        input: .vectors([Float](repeating: Float(wish), count: parts.length), width: 1),
        target: .values((1...parts.length).map { Float(sin(turn * Double($0))) }, width: 1),
        text: "a period of \(Int((2 * Double.pi / turn).rounded())) steps")
    }
    var task = TaskData(
      kind: .forecasting, train: made.train, validation: made.validation, test: made.test,
      inputWidth: 1, outputWidth: 1, targetName: "step")
    if case .examples(let examples) = made.test, !examples.isEmpty {
      var errors = SquaredErrors()
      for case .values(let values, _) in examples.map(\.target) {
        for value in values { errors.add(0, truth: value) }
      }
      task.baselines = [Baseline("always 0", .meanSquaredError, errors.mean)]
    }
    return task
  }
}
