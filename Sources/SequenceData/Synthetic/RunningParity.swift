/// Bits, and for each of them whether the ones so far are odd in number: y(t) = y(t−1) xor x(t).
/// The answer before is all the memory there needs to be.
///
/// Training sequences have between half of `length` and `length` steps, test sequences four times
/// `length`.
enum RunningParity {
  static func make(_ parts: SyntheticTask.Parts) -> TaskData {
    let made = parts.examples { random, isTest in
      let count = parts.steps(&random, isTest: isTest)
      let bits = (0..<count).map { _ in Int32(random.index(below: 2)) }
      return Example(
        input: .tokens(bits), target: .labels(parities(bits)),
        text: bits.prefix(60).map(String.init).joined() + (count > 60 ? "…" : ""))
    }
    return parts.bitLabelling(made)
  }

  static func parities(_ bits: [Int32]) -> [Int32] {
    var parity: Int32 = 0
    return bits.map { bit in
      parity ^= bit
      return parity
    }
  }
}
