/// Frames of a whole run at a bounded cost: when there are too many, every second one leaves and
/// from then on only every second is taken, so that they stay evenly spread.
public struct FrameHistory<Frame: Sendable>: Sendable {
  /// A frame and where it belongs.
  public struct Entry: Sendable {
    /// The training step that the frame is of.
    public var step: Int
    /// What was seen.
    public var frame: Frame
  }

  /// Frames kept at most, besides the newest.
  public static var capacity: Int { 512 }

  private var kept: [Entry] = []
  private var last: Entry?
  /// Frames that come for each one kept.
  private var pace = 1
  private var waiting = 0

  public init() {}

  /// Oldest first; the newest frame is always the last.
  public var entries: [Entry] { last.map { kept + [$0] } ?? kept }
  /// The newest frame, which is always kept.
  public var newest: Frame? { last?.frame }
  /// Whether there is none.
  public var isEmpty: Bool { kept.isEmpty && last == nil }
  /// Frames kept, the newest too.
  public var count: Int { kept.count + (last == nil ? 0 : 1) }

  /// The longest distance in steps that one frame stands for: three times what lies between most of
  /// them. Nobody looked in between where it is longer, and a chart leaves that empty.
  public var reach: Int {
    let entries = entries
    let distances = zip(entries.dropFirst(), entries).map { $0.step - $1.step }.sorted()
    guard !distances.isEmpty else { return .max }
    return 3 * max(1, distances[(distances.count - 1) * 3 / 4])
  }

  /// Takes in a frame; those of its step and of later ones leave.
  public mutating func add(_ frame: Frame, step: Int) {
    // After going back to a snapshot, what followed it never happened.
    kept.removeAll { $0.step >= step }
    if let last, last.step < step {
      if waiting == 0 { kept.append(last) }
      waiting = (waiting + 1) % pace
    }
    last = Entry(step: step, frame: frame)
    guard kept.count > Self.capacity else { return }
    kept = stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
    pace *= 2
  }
}
