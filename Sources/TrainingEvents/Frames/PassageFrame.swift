/// Activations over a fixed passage of held-out data, each of its positions once: long enough to
/// tell what a unit responds to.
public struct PassageFrame: Sendable, Equatable, Codable {
  public var step: Int
  /// What the network reads at each position.
  public var symbols: [String]
  /// Where in `symbols` separate stretches begin, in rising order; each is read from the state
  /// before any input.
  public var starts: [Int]
  /// Activations at each position.
  public var map: StateMap

  public init(step: Int, symbols: [String], starts: [Int], map: StateMap) {
    self.step = step
    self.symbols = symbols
    self.starts = starts
    self.map = map
  }
}

extension PassageFrame: ProbeContent {
  public static let kind = ProbeFrame.Kind.passage
  public var frame: ProbeFrame { .passage(self) }
}
