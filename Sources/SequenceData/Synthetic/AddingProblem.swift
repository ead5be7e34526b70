/// At every step a number between 0 and 1 and a mark; two steps are marked, one in each half. The
/// answer after the last step is the sum of the two marked numbers.
///
/// Whoever always says 1 has a mean squared error of 1/6, the variance of that sum.
enum AddingProblem {
  static func make(_ parts: SyntheticTask.Parts) -> TaskData {
    let (length, half) = (parts.length, parts.length / 2)
    let made = parts.examples { random, _ in
      var values: [Float] = []
      values.reserveCapacity(2 * length)
      let marked = [random.index(below: half), half + random.index(below: length - half)]
      for step in 0..<length {
        values.append(Float(random.uniform()))
        values.append(marked.contains(step) ? 1 : 0)
      }
      let (first, second) = (values[2 * marked[0]], values[2 * marked[1]])
      return Example(
        input: .vectors(values, width: 2), target: .values([first + second], width: 1),
        text: "\(rounded(first)) at step \(marked[0] + 1), \(rounded(second)) at \(marked[1] + 1)")
    }
    var task = TaskData(
      kind: .forecasting, train: made.train, validation: made.validation, test: made.test,
      inputWidth: 2, outputWidth: 1, targetName: "sum")
    task.baselines = [Baseline("always 1", .meanSquaredError, 1.0 / 6)]
    return task
  }

  /// Two decimals.
  private static func rounded(_ value: Float) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
  }
}
