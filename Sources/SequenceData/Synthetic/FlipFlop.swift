/// Bits to be remembered (Sussillo and Barak 2013): now and then a channel gives a pulse, +1 or −1,
/// and each output is to stay at its channel's last pulse until the next. With N channels a network
/// that has learned it keeps 2ᴺ memories, one for every combination.
///
/// Every channel begins with a pulse, so that there is something to remember from the first step on.
enum FlipFlop {
  /// Share of the steps at which a channel gives a pulse.
  static let pulses = 0.05

  static func make(_ parts: SyntheticTask.Parts, bits: Int) -> TaskData {
    let made = parts.examples { random, _ in
      var (inputs, targets): ([Float], [Float]) = ([], [])
      inputs.reserveCapacity(parts.length * bits)
      targets.reserveCapacity(parts.length * bits)
      var held = [Float](repeating: 0, count: bits)
      for step in 0..<parts.length {
        for bit in 0..<bits {
          let (chance, isUp) = (random.uniform(), random.uniform() < 0.5)
          let pulse: Float = step == 0 || chance < pulses ? (isUp ? 1 : -1) : 0
          if pulse != 0 { held[bit] = pulse }
          inputs.append(pulse)
          targets.append(held[bit])
        }
      }
      return Example(
        input: .vectors(inputs, width: bits), target: .values(targets, width: bits),
        text: "\(bits) bits, \(parts.length) steps")
    }
    var task = TaskData(
      kind: .forecasting, train: made.train, validation: made.validation, test: made.test,
      inputWidth: bits, outputWidth: bits, targetName: "step")
    // Targets are +1 or −1.
    task.baselines = [Baseline("always 0", .meanSquaredError, 1)]
    return task
  }
}
