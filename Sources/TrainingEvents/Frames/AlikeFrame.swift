/// Units of one map that are on together, and how that is judged.
public struct UnitSet: Sendable, Equatable, Codable {
  /// The layer, direction or gate, such as `layer 1`.
  public var map: String
  /// In rising order, counted from 0.
  public var units: [Int]
  /// What an activation has to be above.
  public var threshold: Float
  /// Whether |s| is held against the threshold, and not s.
  public var usesMagnitude: Bool

  /// - Parameters:
  ///   - map: the layer, direction or gate
  ///   - units: in rising order, counted from 0
  ///   - threshold: what an activation has to be above
  ///   - usesMagnitude: whether |s| is held against it, and not s
  public init(map: String, units: [Int], threshold: Float, usesMagnitude: Bool) {
    self.map = map
    self.units = units
    self.threshold = threshold
    self.usesMagnitude = usesMagnitude
  }

  /// The units of a map that are on in every one of some columns; none where there is no column.
  /// - Parameters:
  ///   - map: activations of every unit over time
  ///   - columns: time steps, within the map
  ///   - threshold: what an activation has to be above
  ///   - usesMagnitude: whether |s| is held against it, and not s
  public init(
    onThroughout columns: Range<Int>, of map: StateMap, threshold: Float, usesMagnitude: Bool
  ) {
    self.init(map: map.name, units: [], threshold: threshold, usesMagnitude: usesMagnitude)
    guard !columns.isEmpty else { return }
    units = (0..<max(0, map.units)).filter { isOn($0, throughout: columns, of: map) }
  }

  /// Whether an activation is beyond the threshold; what is not a number is not.
  public func isOn(_ value: Float) -> Bool {
    (usesMagnitude ? abs(value) : value) > threshold
  }

  /// How many of the set's units are on in every one of some columns.
  /// - Parameters:
  ///   - columns: time steps
  ///   - map: activations of every unit over time
  public func count(throughout columns: Range<Int>, of map: StateMap) -> Int {
    units.count { $0 < map.units && isOn($0, throughout: columns, of: map) }
  }

  private func isOn(_ unit: Int, throughout columns: Range<Int>, of map: StateMap) -> Bool {
    columns.allSatisfy { column in
      let index = column * map.units + unit
      return map.values.indices.contains(index) && isOn(map.values[index])
    }
  }
}

/// What is looked for in all training data: where the units of a set are on for so many time steps.
public struct AlikeQuery: Sendable, Equatable, Codable {
  /// The units.
  public var set: UnitSet
  /// Time steps through which they are on.
  public var length: Int
  /// Counts searches: another number asks again, with the weights as they are then.
  public var number: Int

  /// - Parameters:
  ///   - set: the units
  ///   - length: time steps through which they are on
  ///   - number: counts searches
  public init(set: UnitSet, length: Int, number: Int) {
    self.set = set
    self.length = length
    self.number = number
  }
}

/// Places in all training data where the units of a set are on throughout as many time steps as in
/// the passage that they were taken from (after LSTMVis, Strobelt et al. 2018), as far as the data
/// were read.
public struct AlikeFrame: Sendable, Equatable, Codable {
  /// One place.
  public struct Place: Sendable, Equatable, Codable {
    /// Which sequence of the training data, counted from 0; 0 for one long text.
    public var sequence: Int
    /// Its first time step, counted from 0.
    public var position: Int
    /// Units of the set that are on throughout.
    public var on: Int
    /// Units beside the set that are on throughout.
    public var others: Int
    /// What is read before it.
    public var before: [String]
    /// What is read there.
    public var symbols: [String]
    /// What is read after it.
    public var after: [String]

    /// - Parameters:
    ///   - sequence: which sequence of the training data, counted from 0
    ///   - position: its first time step, counted from 0
    ///   - on: units of the set that are on throughout
    ///   - others: units beside the set that are on throughout
    ///   - before: what is read before it
    ///   - symbols: what is read there
    ///   - after: what is read after it
    public init(
      sequence: Int, position: Int, on: Int, others: Int, before: [String], symbols: [String],
      after: [String]
    ) {
      (self.sequence, self.position, self.on, self.others) = (sequence, position, on, others)
      (self.before, self.symbols, self.after) = (before, symbols, after)
    }
  }

  /// The training step whose weights read the data.
  public var step: Int
  /// What was looked for.
  public var query: AlikeQuery
  /// Whether the data are one long text, and not sequences.
  public var isOneText: Bool
  /// Time steps read so far.
  public var read: Int
  /// Time steps of all training data.
  public var total: Int
  /// Places found so far that do not overlap, where half of the set or more is on.
  public var found: Int
  /// The best of them: those with the most units of the set come first, and of these the ones with
  /// the fewest others.
  public var places: [Place]

  /// - Parameters:
  ///   - step: the training step whose weights read the data
  ///   - query: what was looked for
  ///   - isOneText: whether the data are one long text, and not sequences
  ///   - read: time steps read so far
  ///   - total: time steps of all training data
  ///   - found: places found so far
  ///   - places: the best of them, best first
  public init(
    step: Int, query: AlikeQuery, isOneText: Bool, read: Int, total: Int, found: Int,
    places: [Place]
  ) {
    (self.step, self.query, self.isOneText) = (step, query, isOneText)
    (self.read, self.total, self.found, self.places) = (read, total, found, places)
  }

  /// Whether all of the data were read.
  public var isComplete: Bool { read >= total }
}

extension AlikeFrame: ProbeContent {
  public static let kind = ProbeFrame.Kind.alike
  public var frame: ProbeFrame { .alike(self) }
}
