/// A set of units with a name, and how many of it are on throughout its passage as training goes on
/// (after LSTMVis, Strobelt et al. 2018).
public struct KeptUnits: Sendable, Equatable {
  /// What a person calls it.
  public var name: String
  /// The units that were on throughout the passage.
  public var set: UnitSet
  /// What is read in the passage.
  public var symbols: [String]
  /// Where the passage begins, in columns before the last one's end.
  public var fromEnd: Int
  /// The step whose states it was taken from.
  public var since: Int

  /// - Parameters:
  ///   - name: what a person calls it
  ///   - set: the units
  ///   - symbols: what is read in the passage
  ///   - fromEnd: where the passage begins, in columns before the last one's end
  ///   - since: the step whose states it was taken from
  public init(name: String, set: UnitSet, symbols: [String], fromEnd: Int, since: Int) {
    (self.name, self.set, self.symbols) = (name, set, symbols)
    (self.fromEnd, self.since) = (fromEnd, since)
  }

  /// Sets that a run follows at most.
  public static let most = 64

  /// What the number of units that are on is recorded as.
  public var seriesName: String { "units on/\(name)" }

  /// How many of the units are on in every column of the passage; nil where a frame shows another
  /// passage.
  public func count(in frame: HiddenStateFrame) -> Int? {
    guard let map = frame.maps.first(where: { $0.name == set.map }) else { return nil }
    let first = map.columns - fromEnd
    let columns = first..<(first + symbols.count)
    guard first >= 0, columns.upperBound <= min(map.columns, frame.symbols.count),
      frame.symbols[columns].elementsEqual(symbols)
    else { return nil }
    return set.count(throughout: columns, of: map)
  }
}

extension [KeptUnits] {
  /// Takes in what was done to a set: one of a name takes the place of another.
  public mutating func note(_ record: CommandRecord) {
    guard let units = record.units else { return }
    removeAll { $0.name == units.name }
    if record.name == CommandRecord.keep { append(units) }
  }
}
