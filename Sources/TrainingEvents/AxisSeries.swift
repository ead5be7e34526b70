/// Numbers that never fall, such as seconds of training, as an axis that steps are placed along.
///
/// A step that has none is placed where the one before it was; whether it has one stays known.
public struct AxisSeries: Sendable {
  private var places = ChunkedFloats()
  /// Positions that have a number of their own; a stretch without gaps costs nothing.
  private var present = StepAxis()

  public init() {}

  /// Positions, with a number or without.
  public var count: Int { places.count }
  /// Whether any step has a number: without one there is no axis.
  public var hasValues: Bool { present.count > 0 }

  /// The number at a position; nil where there is none.
  public subscript(index: Int) -> Float? {
    let found = present.firstIndex(notBelow: Double(index))
    guard found < present.count, present.step(at: found) == index else { return nil }
    return places[index]
  }

  /// Where a position lies along the axis.
  public func place(at index: Int) -> Float { places[index] }

  /// Adds a position; nil where its step has no number.
  public mutating func append(_ value: Double?) {
    if let value {
      present.append(places.count)
      places.append(Float(value))
    } else {
      places.append(places.last ?? 0)
    }
  }

  /// Forgets everything from position `newCount` on.
  public mutating func truncate(to newCount: Int) {
    places.truncate(to: newCount)
    present.truncate(to: present.firstIndex(notBelow: Double(newCount)))
  }

  /// The first position that lies not before `value`.
  public func firstIndex(notBelow value: Float) -> Int { places.firstIndex(notBelow: value) }
}
