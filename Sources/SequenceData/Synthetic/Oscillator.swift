import Glibc

/// A sine wave of twenty steps a period, and no input: the state has to go round by itself.
///
/// The network is trained on the first `length` steps, validated on as many that follow, and tested
/// on the twice as many after those.
enum Oscillator {
  static let period = 20

  static func make(_ parts: SyntheticTask.Parts) -> TaskData {
    let length = parts.length
    func part(_ steps: Int, scoredFrom: Int) -> DataSet {
      .examples([
        Example(
          input: .none(steps: steps), target: .values(wave(steps), width: 1),
          scoredFrom: scoredFrom, text: "steps \(scoredFrom + 1)–\(steps)")
      ])
    }
    var task = TaskData(
      kind: .autonomous, train: part(length, scoredFrom: 0), inputWidth: 0, outputWidth: 1,
      targetName: "step")
    if parts.counts.validation > 0 { task.validation = part(2 * length, scoredFrom: length) }
    if parts.counts.test > 0 {
      task.test = part(4 * length, scoredFrom: 2 * length)
      let scored = wave(4 * length).dropFirst(2 * length)
      task.baselines = [
        Baseline(
          "always 0", .meanSquaredError,
          SquaredErrors.mean(repeatElement(0, count: scored.count), truths: scored))
      ]
    }
    return task
  }

  static func wave(_ steps: Int) -> [Float] {
    let turn = (0..<period).map { Float(sin(2 * Double.pi * Double($0 + 1) / Double(period))) }
    return (0..<steps).map { turn[$0 % period] }
  }
}
