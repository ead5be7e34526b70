/// One length that a network is judged at, among others than those it is trained on.
public struct JudgedLength: Sendable, Hashable {
  /// Time steps of each sequence.
  public var steps: Int

  /// Sequences of so many time steps.
  public init(steps: Int) { self.steps = steps }

  private static let (opening, ending) = ("accuracy/at ", " time steps (%)")

  /// What the share of right answers is recorded as, in per cent.
  public var seriesName: String { Self.opening + "\(steps)" + Self.ending }

  /// The length that a series is of; nil for any other series.
  public init?(seriesName name: String) {
    guard name.hasPrefix(Self.opening), name.hasSuffix(Self.ending),
      let steps = Int(name.dropFirst(Self.opening.count).dropLast(Self.ending.count)), steps > 0
    else { return nil }
    self.steps = steps
  }
}
