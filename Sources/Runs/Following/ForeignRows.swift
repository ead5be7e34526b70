/// Rows of a log that were not told yet, and every value in them in the order they came in; the
/// row that is being gathered stands behind those that have ended.
///
/// A log has millions of values: one costs 16 bytes here, and nothing that has to be counted.
struct ForeignRows: Sendable {
  /// One line or record.
  struct Row: Sendable {
    var step: Int
    var epoch: Double?
    /// Seconds since the first time told.
    var elapsed: Double?
    var clipped: Bool?
    var tokens: Double?
    var tokensPerSecond: Double?
  }

  /// The values of one series, and the rows they stand in.
  struct Column: Sendable {
    var rows: [Int32] = []
    var numbers: [Double] = []
  }

  fileprivate struct Cell: Sendable {
    var id: Int32
    var row: Int32
    var number: Double
  }

  /// Values whose room is kept for the next.
  private static let mostKept = 4096

  private var rows: [Row] = []
  private var cells: [Cell] = []
  /// Where the row begins that is being gathered.
  private var start = 0

  /// Rows that have ended.
  var count: Int { rows.count }

  subscript(row: Int32) -> Row { rows[Int(row)] }

  // MARK: The row that is being gathered

  var isGatheredEmpty: Bool { start == cells.count }

  mutating func add(_ number: Double, id: Int) {
    cells.append(Cell(id: Int32(truncatingIfNeeded: id), row: 0, number: number))
  }

  /// Forgets the row that is being gathered.
  mutating func drop() { cells.removeLast(cells.count - start) }

  /// Takes a value out of the row that is being gathered.
  mutating func remove(at index: Int) -> Double { cells.remove(at: index).number }

  /// Where the values of the row stand that is being gathered.
  var gathered: Range<Int> { start..<cells.count }

  func id(at index: Int) -> Int { Int(cells[index].id) }
  func number(at index: Int) -> Double { cells[index].number }

  /// The series that have a value in the row that is being gathered, as a collection.
  func withGathered<Result>(_ body: (Gathered) -> Result) -> Result {
    cells.withUnsafeBufferPointer { body(Gathered(UnsafeBufferPointer(rebasing: $0[start...]))) }
  }

  mutating func end(_ row: Row) {
    let index = Int32(truncatingIfNeeded: rows.count)
    rows.append(row)
    for cell in gathered { cells[cell].row = index }
    start = cells.count
  }

  // MARK: The rows that have ended

  /// What has ended, series by series.
  /// - Parameter names: how many series there are.
  func columns(of names: Int) -> ForeignColumns {
    ForeignColumns(rows, cells[..<start], names: names)
  }

  mutating func removeEnded() {
    // The room of a whole log is given back: hundreds of them may be followed at once.
    let isLarge = start > Self.mostKept
    rows.removeAll(keepingCapacity: !isLarge)
    if isLarge { cells = Array(cells[start...]) } else { cells.removeFirst(start) }
    start = 0
  }

  /// Numbers of the series in a row; it lives no longer than the call it is for.
  struct Gathered: RandomAccessCollection {
    private let cells: UnsafeBufferPointer<Cell>

    fileprivate init(_ cells: UnsafeBufferPointer<Cell>) {
      self.cells = cells
    }

    var startIndex: Int { 0 }
    var endIndex: Int { cells.count }
    subscript(index: Int) -> Int { Int(cells[index].id) }
  }
}

/// Values of a log sorted by their series.
struct ForeignColumns: Sendable {
  /// The step of each row.
  private let rowSteps: [Int]
  /// Where the values of each series begin; one more than there are series.
  private let starts: [Int]
  private let rows: [Int32]
  private let numbers: [Double]

  /// - Parameter names: how many series there are.
  fileprivate init(_ rows: [ForeignRows.Row], _ cells: ArraySlice<ForeignRows.Cell>, names: Int) {
    // Counted, then put in place: the values of a series keep their order.
    var next = [Int](repeating: 0, count: names + 1)
    for cell in cells { next[Int(cell.id) + 1] += 1 }
    for id in 0..<names { next[id + 1] += next[id] }
    rowSteps = rows.map(\.step)
    starts = next
    var sorted: [Double] = []
    self.rows = [Int32](unsafeUninitializedCapacity: cells.count) { rows, rowCount in
      sorted = [Double](unsafeUninitializedCapacity: cells.count) { numbers, count in
        next.withUnsafeMutableBufferPointer { next in
          for cell in cells {
            let place = next[Int(cell.id)]
            next[Int(cell.id)] = place + 1
            numbers.initializeElement(at: place, to: cell.number)
            rows.initializeElement(at: place, to: cell.row)
          }
        }
        count = cells.count
      }
      rowCount = cells.count
    }
    numbers = sorted
  }

  var indices: Range<Int> { 0..<starts.count - 1 }

  func isEmpty(_ id: Int) -> Bool { starts[id] == starts[id + 1] }

  subscript(id: Int) -> ForeignRows.Column {
    ForeignRows.Column(rows: Array(rows[range(id)]), numbers: numbers(of: id))
  }

  func numbers(of id: Int) -> [Double] { Array(numbers[range(id)]) }

  func steps(of id: Int) -> [Int] { rows[range(id)].map { rowSteps[Int($0)] } }

  /// Whether two series stand in the same rows, so that one list of steps serves both.
  func areInSameRows(_ id: Int, _ other: Int) -> Bool { rows[range(id)] == rows[range(other)] }

  private func range(_ id: Int) -> Range<Int> { starts[id]..<starts[id + 1] }
}
