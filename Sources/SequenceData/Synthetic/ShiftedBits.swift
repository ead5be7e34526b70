/// Bits that are to be said again, one step late or two steps early: y(t) = x(t−1), which takes a
/// memory, or y(t) = x(t+2), which takes the future. Steps that have no such bit count nowhere.
enum ShiftedBits {
  /// - Parameter shift: how many steps before it is said a bit is read; negative where it is read after
  static func make(_ parts: SyntheticTask.Parts, shift: Int) -> TaskData {
    let made = parts.examples { random, _ in
      let bits = (0..<parts.length).map { _ in Int32(random.index(below: 2)) }
      let targets = bits.indices.map { t -> Int32 in
        bits.indices.contains(t - shift) ? bits[t - shift] : -1
      }
      return Example(
        input: .tokens(bits), target: .labels(targets),
        text: bits.prefix(60).map(String.init).joined())
    }
    return parts.bitLabelling(made)
  }
}
