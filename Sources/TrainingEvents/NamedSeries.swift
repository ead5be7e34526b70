/// A series that only some steps have.
public struct NamedSeries: Sendable {
  /// As the other program logs it.
  public let name: String
  /// Behind its numbers; empty where nobody said.
  public let unit: String
  /// The steps that have a value.
  public private(set) var steps = StepAxis()
  /// The values as curves are drawn from them.
  public private(set) var values = SeriesPyramid()
  /// The values themselves, kept only where 32 bits would change what they count, as of times and
  /// of tokens seen; empty where not.
  private var exact: [Double] = []

  public init(name: String, unit: String = "") {
    self.name = name
    self.unit = unit
  }

  /// The value at a position as it was logged, to the seven digits of a 32-bit number at least.
  public func number(at index: Int) -> Double {
    if index >= 0, index < exact.count { return exact[index] }
    let value = values[index]
    // No more digits than it has.
    return value.isFinite ? Double(value.description) ?? Double(value) : Double(value)
  }

  /// The newest value; nil before there is one.
  public var last: Double? { values.isEmpty ? nil : number(at: values.count - 1) }

  mutating func append(_ piece: NamedValues) {
    // Nearly always steps go on where they were, and 32 bits hold what the curves need.
    if exact.isEmpty, piece.steps.count == piece.numbers.count,
      !piece.numbers.contains(where: Self.needsMore), steps.append(ascending: piece.steps)
    {
      values.append(piece.numbers)
      return
    }
    for (step, number) in zip(piece.steps, piece.numbers) { append(number, step: step) }
  }

  mutating func append(_ value: Double, step: Int) {
    if let last = steps.last, step <= last {
      // A program that went back replaces what followed, as in the curves of every step.
      let kept = steps.firstIndex(notBelow: Double(step))
      steps.truncate(to: kept)
      values.truncate(to: kept)
      if !exact.isEmpty { exact.removeLast(exact.count - kept) }
    }
    guard steps.append(step) else { return }
    if exact.isEmpty, Self.needsMore(value) {
      exact = (0..<values.count).map { number(at: $0) }
      exact.append(value)
    } else if !exact.isEmpty {
      exact.append(value)
    }
    values.append(Float(value))
  }

  /// Whether a value counts more than 32 bits can.
  private static func needsMore(_ value: Double) -> Bool {
    abs(value) > 0x1p24 && value.isFinite && Double(Float(value)) != value
  }
}
