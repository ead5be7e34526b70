import TrainingEvents

/// A job's output as a terminal would show it: colours kept, a carriage return writes over the line,
/// the cursor goes up for progress bars of several lines. Everything else that a terminal would obey
/// is left out. A pure state machine; bytes go in, lines that changed come out.
public struct ConsoleBuffer: Sendable {
  /// Lines kept.
  public static let capacity = 10_000
  /// Columns of a line that are kept; nothing shows more of it.
  static let widest = 2_000
  /// Lines at the end that the cursor can reach, as on a screen of that height.
  static let reach = 50

  private struct Cell: Sendable {
    var scalar: Unicode.Scalar
    var style: Int
  }

  private enum State: Sendable {
    case text
    case escape
    /// `ESC (` and the like, with one more byte to come.
    case designation
    case control([UInt8])
    /// A text for the terminal itself, such as its title, which ends with BEL or `ESC \`.
    case message(sawEscape: Bool)
  }

  private var rows: [[Cell]] = [[]]
  /// The number of `rows[0]`.
  private var first = 0
  private var row = 0
  private var column = 0
  private var state = State.text
  private var pending: [UInt8] = []
  /// Every style seen, as the parameters of its escape sequence; the first is plain.
  private var styles = [""]
  private var style = 0
  private var look = Look()
  private var lowestChanged: Int?

  public init() {}

  /// The number of lines there were, those included that are no longer kept.
  public var count: Int { first + rows.count }

  /// Every line that is kept.
  public var lines: [ConsoleLine] { rows.indices.map(line) }

  /// The lines from a number on that are kept.
  public func lines(from number: Int) -> [ConsoleLine] {
    rows.indices.dropFirst(max(0, number - first)).map(line)
  }

  /// Takes output in.
  /// - Returns: the number of the first line that it changed; nil when none did
  @discardableResult
  public mutating func add(_ bytes: some Sequence<UInt8>) -> Int? {
    lowestChanged = nil
    for byte in bytes { take(byte) }
    return lowestChanged.map { max($0, first) }
  }

  private func line(_ index: Int) -> ConsoleLine {
    var text = String.UnicodeScalarView()
    var style = 0
    for cell in rows[index] {
      if cell.style != style {
        style = cell.style
        text.append(contentsOf: "\u{1B}[\(styles[style])m".unicodeScalars)
      }
      text.append(cell.scalar)
    }
    if style != 0 { text.append(contentsOf: "\u{1B}[m".unicodeScalars) }
    return ConsoleLine(number: first + index, text: String(text))
  }

  // MARK: Bytes

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .text: takeText(byte)
    case .escape: takeEscape(byte)
    case .designation: state = .text
    case .control(var parameters):
      switch byte {
      case 0x40...0x7E:
        state = .text
        control(byte, parameters)
      case 0x20...0x3F where parameters.count < 64:
        parameters.append(byte)
        state = .control(parameters)
      case 0x1B: state = .escape
      default: state = .text
      }
    case .message(let sawEscape):
      if byte == 0x07 || (sawEscape && byte == UInt8(ascii: "\\")) {
        state = .text
      } else {
        state = .message(sawEscape: byte == 0x1B)
      }
    }
  }

  private mutating func takeEscape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "["): state = .control([])
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "X"):
      state = .message(sawEscape: false)
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: " "):
      state = .designation
    default: state = .text
    }
  }

  private mutating func takeText(_ byte: UInt8) {
    switch byte {
    case 0x20...0x7E:
      if !pending.isEmpty { flushPending() }
      put(Unicode.Scalar(byte))
    case 0x80...:
      pending.append(byte)
      if pending.count >= Self.length(of: pending[0]) { flushPending() }
    default:
      if !pending.isEmpty { flushPending() }
      switch byte {
      case 0x0A, 0x0B, 0x0C: newLine()
      case 0x0D: column = 0
      case 0x08: column = max(0, column - 1)
      case 0x09: repeat { put(" ") } while column % 8 != 0 && column < Self.widest
      case 0x1B: state = .escape
      default: break
      }
    }
  }

  /// Bytes of a sequence of UTF-8 that begins so.
  private static func length(of lead: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  private mutating func flushPending() {
    let text = String(decoding: pending, as: UTF8.self)
    pending.removeAll(keepingCapacity: true)
    for scalar in text.unicodeScalars { put(scalar) }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    // The controls of Latin-1, and marks that turn the direction of writing, are none of a line's.
    guard scalar.value >= 0xA0 || scalar.value < 0x7F,
      !(0x200E...0x200F).contains(scalar.value), !(0x202A...0x202E).contains(scalar.value),
      !(0x2066...0x2069).contains(scalar.value), column < Self.widest
    else { return }
    note(row)
    while rows[row].count < column { rows[row].append(Cell(scalar: " ", style: 0)) }
    let cell = Cell(scalar: scalar, style: style)
    if column < rows[row].count { rows[row][column] = cell } else { rows[row].append(cell) }
    column += 1
  }

  private mutating func note(_ index: Int) {
    lowestChanged = min(lowestChanged ?? .max, first + index)
  }

  private mutating func newLine() {
    // The terminal's line discipline sends a carriage return with it; a bare one means the same.
    column = 0
    row += 1
    guard row == rows.count else { return }
    rows.append([])
    note(row)
    if rows.count > Self.capacity + 1_000 {
      let surplus = rows.count - Self.capacity
      rows.removeFirst(surplus)
      (first, row) = (first + surplus, row - surplus)
    }
  }

  // MARK: Control sequences

  private mutating func control(_ final: UInt8, _ bytes: [UInt8]) {
    // Private modes (the mouse, other screens) are the terminal's business.
    if let mark = bytes.first, (0x3C...0x3F).contains(mark) { return }
    let numbers = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false) { $0 == ";" || $0 == ":" }
      .map { Int($0.prefix(6)) ?? 0 }
    let count = max(1, numbers.first ?? 1)
    switch final {
    case UInt8(ascii: "m"): setLook(numbers)
    case UInt8(ascii: "K"): eraseLine(numbers.first ?? 0)
    case UInt8(ascii: "A"), UInt8(ascii: "F"):
      row = max(row - count, rows.count - Self.reach, 0)
      if final == UInt8(ascii: "F") { column = 0 }
    case UInt8(ascii: "B"), UInt8(ascii: "E"):
      row = min(row + count, rows.count - 1)
      if final == UInt8(ascii: "E") { column = 0 }
    case UInt8(ascii: "C"): column = min(column + count, Self.widest)
    case UInt8(ascii: "D"): column = max(0, column - count)
    case UInt8(ascii: "G"): column = min(count - 1, Self.widest)
    default: break
    }
  }

  private mutating func eraseLine(_ part: Int) {
    note(row)
    switch part {
    case 1:
      for index in 0..<min(column + 1, rows[row].count) {
        rows[row][index] = Cell(scalar: " ", style: 0)
      }
    case 2: rows[row].removeAll()
    default: if column < rows[row].count { rows[row].removeLast(rows[row].count - column) }
    }
  }

  /// Colours and weight; everything that a cell can show.
  private struct Look: Sendable, Equatable {
    var attributes: Set<Int> = []
    var foreground = ""
    var background = ""

    var parameters: String {
      (attributes.sorted().map(String.init) + [foreground, background].filter { !$0.isEmpty })
        .joined(separator: ";")
    }
  }

  private mutating func setLook(_ numbers: [Int]) {
    var index = 0
    while index < max(1, numbers.count) {
      let number = index < numbers.count ? numbers[index] : 0
      switch number {
      case 0: look = Look()
      case 1, 2, 3, 4, 7: look.attributes.insert(number)
      case 22: look.attributes.subtract([1, 2])
      case 23: look.attributes.remove(3)
      case 24: look.attributes.remove(4)
      case 27: look.attributes.remove(7)
      case 30...37, 90...97: look.foreground = "\(number)"
      case 40...47, 100...107: look.background = "\(number)"
      case 39: look.foreground = ""
      case 49: look.background = ""
      case 38, 48:
        let rest = Array(numbers.dropFirst(index + 1))
        let length = rest.first == 5 ? 2 : rest.first == 2 ? 4 : 0
        guard length > 0, rest.count >= length, rest.prefix(length).allSatisfy({ $0 < 256 }) else {
          index = numbers.count
          break
        }
        let text = ([number] + rest.prefix(length)).map(String.init).joined(separator: ";")
        if number == 38 { look.foreground = text } else { look.background = text }
        index += length
      default: break
      }
      index += 1
    }
    let parameters = look.parameters
    if let known = styles.firstIndex(of: parameters) {
      style = known
    } else if styles.count < 1024 {
      styles.append(parameters)
      style = styles.count - 1
    }
  }
}
