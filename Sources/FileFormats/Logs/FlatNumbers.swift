/// The numbers of one line or record of a log under flat names: `{"train": {"loss": 2}}` is 2 under
/// `train/loss`. One value serves for all lines, so that a line costs no memory of its own.
public struct FlatNumbers: Sendable {
  static let separator = UInt8(ascii: "/")

  public struct Entry: Sendable {
    public var name: Range<Int>
    public var number: Double
  }

  /// The bytes of all names, one after the other.
  var names: [UInt8] = []
  public private(set) var entries: [Entry] = []
  /// Names of what is no number, such as texts and lists.
  public private(set) var others: [Range<Int>] = []
  /// Bytes of `names` that belong to an entry.
  private(set) var namesEnd = 0
  /// Whether the object, at its top, has one of the keys that hold more than numbers.
  public internal(set) var hasEvent = false
  public internal(set) var hasFrames = false
  /// The member `clipped`, where it is true or false.
  public internal(set) var clipped: Bool?

  public init() {}

  public mutating func removeAll() {
    names.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    others.removeAll(keepingCapacity: true)
    namesEnd = 0
    (hasEvent, hasFrames, clipped) = (false, false, nil)
  }

  /// Adds a number under a name.
  public mutating func add(_ number: Double, name: some Collection<UInt8>) {
    names.removeLast(names.count - namesEnd)
    names.append(contentsOf: name)
    add(number, nameFrom: namesEnd)
  }

  public func withName<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    names.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// Hands over every number with the bytes of its name, in order.
  public func forEach(_ body: (Double, UnsafeRawBufferPointer) -> Void) {
    names.withUnsafeBytes { names in
      for entry in entries {
        body(entry.number, UnsafeRawBufferPointer(rebasing: names[entry.name]))
      }
    }
  }

  /// Adds a number under the name that stands at the end of `names`.
  mutating func add(_ number: Double, nameFrom start: Int) {
    entries.append(Entry(name: start..<names.count, number: number))
    namesEnd = names.count
  }

  mutating func addOther(nameFrom start: Int) {
    others.append(start..<names.count)
    namesEnd = names.count
  }

  /// Takes back what was added since there were so many entries, as for a line that turns out
  /// broken.
  mutating func truncate(entries count: Int) {
    entries.removeLast(max(0, entries.count - count))
  }
}
