import TrainingEvents

/// Where the units of a set are on for so many time steps, found while states come one time step
/// after the other.
///
/// A window counts where half of the set or more is on throughout. Of windows that overlap, the best
/// one stands, and others only beside it: best is what has the most units of the set on, then the
/// fewest others, then what comes first.
struct AlikeWindows {
  struct Window: Equatable {
    var sequence: Int
    /// The first time step.
    var start: Int
    var on: Int
    var others: Int

    func isBetter(than other: Window) -> Bool {
      (other.on, others, sequence, start) < (on, other.others, other.sequence, other.start)
    }
  }

  /// A sequence that is being read.
  struct Lane {
    fileprivate let sequence: Int
    fileprivate var next: Int
    /// For how many time steps each unit has been on.
    fileprivate var runs: [Int32]
    /// Windows of which each overlaps the one before it.
    fileprivate var open: [Window] = []

    /// - Parameters:
    ///   - sequence: its number
    ///   - first: the time step that is read first
    ///   - units: of the map that is looked at
    init(sequence: Int, first: Int = 0, units: Int) {
      (self.sequence, next) = (sequence, first)
      runs = [Int32](repeating: 0, count: units)
    }
  }

  /// Places at most that are listed.
  static let most = 100
  /// Windows at most that are held before the best of them are told apart: where the same units stay
  /// on for very long, they are judged in pieces.
  private static let mostOpen = 1 << 16

  private let set: UnitSet
  private let length: Int
  private let isInSet: [Bool]
  private let fewest: Int
  /// The best places so far, the best first.
  private(set) var best: [Window] = []
  /// Places so far.
  private(set) var found = 0

  init(_ query: AlikeQuery, units: Int) {
    (set, length) = (query.set, max(1, query.length))
    let members = Set(query.set.units)
    isInSet = (0..<units).map { members.contains($0) }
    fewest = max(1, (members.count + 1) / 2)
  }

  /// Takes in the next time step of a sequence: as many activations as the map has units.
  mutating func add(_ states: UnsafePointer<Float>, to lane: inout Lane) {
    var (on, others) = (0, 0)
    for unit in isInSet.indices {
      guard set.isOn(states[unit]) else {
        lane.runs[unit] = 0
        continue
      }
      lane.runs[unit] += 1
      guard lane.runs[unit] >= length else { continue }
      if isInSet[unit] { on += 1 } else { others += 1 }
    }
    let start = lane.next - length + 1
    lane.next += 1
    guard on >= fewest else { return }
    if let last = lane.open.last, start - last.start >= length || lane.open.count >= Self.mostOpen {
      settle(&lane)
    }
    lane.open.append(Window(sequence: lane.sequence, start: start, on: on, others: others))
  }

  /// Ends a sequence.
  mutating func close(_ lane: inout Lane) {
    settle(&lane)
    for unit in lane.runs.indices { lane.runs[unit] = 0 }
  }

  /// Keeps the best of the windows that hang together, and those that do not overlap a better one.
  private mutating func settle(_ lane: inout Lane) {
    guard let first = lane.open.first?.start, let last = lane.open.last?.start else { return }
    var isTaken = [Bool](repeating: false, count: last - first + 1)
    for window in lane.open.sorted(by: { $0.isBetter(than: $1) }) {
      let index = window.start - first
      guard !isTaken[index] else { continue }
      for near in max(0, index - length + 1)...min(isTaken.count - 1, index + length - 1) {
        isTaken[near] = true
      }
      list(window)
    }
    lane.open.removeAll(keepingCapacity: true)
  }

  private mutating func list(_ window: Window) {
    found += 1
    guard best.count < Self.most || best.last.map(window.isBetter(than:)) ?? true else { return }
    let place = best.firstIndex { window.isBetter(than: $0) } ?? best.count
    best.insert(window, at: place)
    if best.count > Self.most { best.removeLast() }
  }
}
