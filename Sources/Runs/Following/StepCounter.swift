/// Where a row of a log stands: gives every row of one writer a step that can be drawn.
///
/// Programs count in many ways. Steps that begin again with every epoch go on; steps that go back
/// to where they had been are a seam; without steps, whole epochs are steps, else rows are counted;
/// where steps are fractions, or all the same, rows are counted, too.
struct StepCounter: Sendable {
  /// What a row tells about its place.
  struct Row {
    /// The step as it was written; nil where the row has none.
    var step: Double?
    var epoch: Double?
  }

  enum Placed: Equatable {
    case at(Int)
    /// The steps went back: what follows replaces what was there from this step on.
    case back(to: Int, from: Int)
  }

  /// How the steps were found, for those who want to know.
  enum Way: Equatable {
    case written, epochs, countedRows, countedFractions, countedConstant
    case laps(from: Int, after: Int)
  }

  /// Whether values are counted while all steps are the same.
  private let countsConstant: Bool
  /// Whether steps turned out to differ after values were counted: read again, knowing it.
  private(set) var wasWrong = false
  private(set) var way = Way.written
  /// The way as it is still to be told.
  private(set) var news: Way?
  /// The last step given out.
  private(set) var last: Int?

  private var hasWritten = false
  private var firstWritten = 0
  /// The highest step of this lap as it was written, and how far apart the last two were.
  private var highest = Int.min
  private var gap = 1
  private var offset = 0
  private var epoch: Double?
  private var fraction: Double?
  /// Each series' last step as it was written; `Int.min` where it has none in this lap.
  private var written: [Int] = []
  /// How many values each series has, while steps are all the same.
  private var occurrences: [Int] = []
  /// Series that have a value in the row that is counted now.
  private var inRow: Set<Int> = []

  init(countsConstant: Bool = true) {
    self.countsConstant = countsConstant
  }

  /// - Parameter series: what has a value in the row.
  mutating func place(_ row: Row, series: some Collection<Int>) -> Placed {
    defer { epoch = row.epoch ?? epoch }
    if let step = row.step, step.isFinite, step >= 0, step <= 0x1p53 {
      if step == step.rounded(), way != .countedFractions {
        return placeWritten(Int(step), row, series)
      }
      return .at(countFraction(step, series))
    }
    if hasWritten, let last { return .at(last) }
    return .at(count(row, series))
  }

  mutating func takeNews() -> Way? {
    defer { news = nil }
    return news
  }

  /// The writer began anew: what follows has steps of its own.
  mutating func restart() { self = StepCounter(countsConstant: countsConstant) }

  private mutating func go(_ way: Way) {
    guard self.way != way else { return }
    // Laps are told once; there may be hundreds.
    if case .laps = way, case .laps = self.way { return }
    self.way = way
    news = way
  }

  // MARK: Steps that are written

  private mutating func placeWritten(
    _ step: Int, _ row: Row, _ series: some Collection<Int>
  ) -> Placed {
    if !hasWritten {
      hasWritten = true
      firstWritten = step
      highest = step
      // Rows before the first step were counted.
      if let last, last > step { offset = last + 1 - step }
    }
    var (isBack, isAgain) = (false, false)
    for id in series where id < written.count {
      if written[id] > step { isBack = true }
      if written[id] == step { isAgain = true }
    }
    if isAgain, !isBack, highest == firstWritten, offset == 0, countsConstant {
      return .at(countConstant(step, series))
    }
    var result: Placed?
    if isBack {
      result = goBack(to: step, row)
    } else if step > highest {
      if way == .countedConstant {
        wasWrong = true
        if let last, step + offset <= last { offset = last + 1 - step }
      }
      gap = step - highest
      highest = step
    }
    note(series, step)
    last = step + offset
    return result ?? .at(step + offset)
  }

  /// A lap, or a seam.
  private mutating func goBack(to step: Int, _ row: Row) -> Placed? {
    written = []
    defer { highest = step }
    let isNextEpoch = row.epoch.flatMap { now in epoch.map { now > $0 } } ?? false
    guard isNextEpoch || step <= firstWritten else {
      return .back(to: step + offset, from: highest + offset)
    }
    go(.laps(from: step, after: highest))
    offset += highest + gap - step
    return nil
  }

  private mutating func note(_ series: some Collection<Int>, _ step: Int) {
    for id in series {
      while written.count <= id { written.append(.min) }
      written[id] = step
    }
  }

  /// All steps are the same so far, and a series comes again: its values are counted.
  private mutating func countConstant(_ step: Int, _ series: some Collection<Int>) -> Int {
    if way != .countedConstant {
      go(.countedConstant)
      occurrences = written.map { $0 == .min ? 0 : 1 }
    }
    for id in series { while occurrences.count <= id { occurrences.append(0) } }
    let index = series.map { occurrences[$0] }.max() ?? 0
    for id in series { occurrences[id] = index + 1 }
    note(series, step)
    last = max(last ?? 0, step + index)
    return step + index
  }

  // MARK: Rows that are counted

  /// Without a step: a whole epoch that none had yet is one; else rows are counted. A row that
  /// repeats nothing belongs to the one before, as the validation behind an epoch.
  private mutating func count(_ row: Row, _ series: some Collection<Int>) -> Int {
    let isSameEpoch = row.epoch == nil || row.epoch == epoch
    if let last, isSameEpoch, series.allSatisfy({ !inRow.contains($0) }) {
      inRow.formUnion(series)
      return last
    }
    inRow = Set(series)
    if let now = row.epoch, now == now.rounded(), (0...1e15).contains(now),
      way == .epochs || last == nil, last.map({ Int(now) > $0 }) ?? true
    {
      go(.epochs)
      last = Int(now)
      return Int(now)
    }
    go(.countedRows)
    let next = last.map { $0 + 1 } ?? 1
    last = next
    return next
  }

  private mutating func countFraction(_ step: Double, _ series: some Collection<Int>) -> Int {
    hasWritten = true
    go(.countedFractions)
    if let last, fraction == step, series.allSatisfy({ !inRow.contains($0) }) {
      inRow.formUnion(series)
      return last
    }
    inRow = Set(series)
    fraction = step
    let next = last.map { $0 + 1 } ?? 1
    last = next
    return next
  }
}
