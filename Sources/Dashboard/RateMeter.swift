/// Speed over the last seconds of training, and with it the time left.
///
/// It only knows what this session trained: a resumed run's past says nothing about this machine.
struct RateMeter: Sendable {
  private struct Mark: Sendable {
    var step: Int
    var elapsed: Double
    /// Nil where the run does not say.
    var tokens: Int?
  }

  /// Seconds of training that the speed is averaged over.
  static let window = 20.0

  private var marks: [Mark] = []

  /// - Parameters:
  ///   - step: the newest step
  ///   - elapsed: seconds of training at its end
  ///   - tokens: real targets seen so far; nil where the run does not say, as the rest
  ///   - duration: seconds that the step took
  ///   - batchTokens: real targets of the step alone
  mutating func note(
    step: Int, elapsed: Double, tokens: Int?, duration: Double?, batchTokens: Int?
  ) {
    if let last = marks.last, step < last.step || elapsed < last.elapsed { marks = [] }
    if marks.isEmpty, let duration {
      let before = tokens.map { $0 - (batchTokens ?? 0) }
      marks.append(Mark(step: step - 1, elapsed: elapsed - duration, tokens: before))
    }
    let mark = Mark(step: step, elapsed: elapsed, tokens: tokens)
    // One mark a quarter of a second is enough; the newest always replaces the one before.
    if marks.count > 1, let before = marks.dropLast().last, elapsed - before.elapsed < 0.25 {
      marks[marks.count - 1] = mark
    } else {
      marks.append(mark)
    }
    while marks.count > 2, elapsed - marks[1].elapsed > Self.window { marks.removeFirst() }
  }

  mutating func reset() { marks = [] }

  var stepsPerSecond: Double? { rate { Double($1.step - $0.step) } }

  var tokensPerSecond: Double? {
    rate { first, last in
      guard let before = first.tokens, let now = last.tokens else { return nil }
      return Double(now - before)
    }
  }

  private func rate(_ amount: (Mark, Mark) -> Double?) -> Double? {
    guard let first = marks.first, let last = marks.last, let amount = amount(first, last) else {
      return nil
    }
    let seconds = last.elapsed - first.elapsed
    return seconds > 0 ? amount / seconds : nil
  }
}
