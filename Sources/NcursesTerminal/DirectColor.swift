import CNcurses
import Glibc

/// 24-bit colour for terminals whose description knows only 256.
///
/// Nearly every terminal of today takes colours as red, green and blue and says so in `COLORTERM`,
/// while `TERM` names a description with a palette (`xterm-256color`). ncurses accepts a compiled
/// description in the environment (terminfo(5), `hex:`), so it gets the terminal's own one in which
/// the two colour sequences are replaced by ISO 8613-6 direct colours and `RGB` is set.
enum DirectColor {
  static let name = "unfold-direct"

  /// Whether the terminal says that it takes direct colours, and its description does not.
  static func isPromised(colors: Int32) -> Bool {
    guard let promise = TerminalCheck.variable("COLORTERM") else { return false }
    return colors == 256 && (promise == "truecolor" || promise == "24bit")
  }

  /// The present terminal's description with direct colours, for the variable `TERMINFO`.
  ///
  /// Call after `setupterm`; the format is term(5)'s with 32-bit numbers.
  static func description() -> String {
    var bytes: [UInt8] = []
    let booleans = names(unfold_boolean_name).map { unfold_terminfo_flag($0) == 1 && $0 != "ccc" }
    let numbers = names(unfold_number_name).map { number($0) }
    let strings = names(unfold_string_name).map { string($0) }
    var table = StringTable()
    let offsets = strings.map { table.add($0) }
    let title = Array(name.utf8) + [0]
    for value in [
      0o1036, title.count, booleans.count, numbers.count, strings.count, table.bytes.count,
    ] {
      append(value, width: 2, to: &bytes)
    }
    bytes += title + booleans.map { $0 ? 1 : 0 }
    pad(&bytes)
    for value in numbers { append(value, width: 4, to: &bytes) }
    for offset in offsets { append(offset, width: 2, to: &bytes) }
    bytes += table.bytes
    pad(&bytes)
    bytes += extensions()
    let digits = Array("0123456789ABCDEF".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return "hex:" + String(decoding: text, as: UTF8.self)
  }

  /// Capabilities beyond the standard ones that ncurses acts on: `AX`, `RGB`, and the keys with
  /// modifiers.
  private static func extensions() -> [UInt8] {
    let flags = ["AX", "RGB"]
    let keys = ["UP", "DN", "LFT", "RIT", "HOM", "END", "NXT", "PRV", "IC", "DC"].flatMap { key in
      ["", "3", "4", "5", "6", "7", "8"].map { "k" + key + $0 }
    }
    let named = keys.compactMap { name in
      unfold_terminfo_string(name).map { (name, String(cString: $0)) }
    }
    var values = StringTable()
    let valueOffsets = named.map { values.add($0.1) }
    var labels = StringTable()
    let labelOffsets = (flags + named.map(\.0)).map { labels.add($0) }
    var bytes: [UInt8] = []
    let total = values.bytes.count + labels.bytes.count
    for value in [flags.count, 0, named.count, named.count + labelOffsets.count, total] {
      append(value, width: 2, to: &bytes)
    }
    bytes += flags.map { _ in 1 }
    pad(&bytes)
    for offset in valueOffsets + labelOffsets { append(offset, width: 2, to: &bytes) }
    return bytes + values.bytes + labels.bytes
  }

  private static func number(_ name: String) -> Int {
    switch name {
    case "colors": 1 << 24
    case "pairs": 65_536
    default: max(-1, Int(unfold_terminfo_number(name)))
    }
  }

  private static func string(_ name: String) -> String? {
    switch name {
    case "setaf": direct("38")
    case "setab": direct("48")
    // The palette cannot be changed any more.
    case "initc", "initp", "oc": nil
    default: unfold_terminfo_string(name).map { String(cString: $0) }
    }
  }

  /// A parametrised string that splits a number `0xRRGGBB` into its three bytes.
  private static func direct(_ code: String) -> String {
    "\u{1B}[\(code);2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm"
  }

  private static func names(_ name: (Int32) -> UnsafePointer<CChar>?) -> [String] {
    var all: [String] = []
    while let next = name(Int32(all.count)) { all.append(String(cString: next)) }
    return all
  }

  private static func append(_ value: Int, width: Int, to bytes: inout [UInt8]) {
    for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }

  private static func pad(_ bytes: inout [UInt8]) {
    if bytes.count % 2 == 1 { bytes.append(0) }
  }

  /// Texts one after another, each with a zero behind it.
  private struct StringTable {
    var bytes: [UInt8] = []

    /// - Returns: where the text begins; −1 for a missing one.
    mutating func add(_ text: String?) -> Int {
      guard let text else { return -1 }
      defer { bytes += Array(text.utf8) + [0] }
      return bytes.count
    }
  }
}
