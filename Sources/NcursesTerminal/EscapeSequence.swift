import TerminalGraphics

/// An escape sequence from the keyboard that the terminal's description does not know, character by
/// character: `ESC [ parameters final` (ECMA-48) or `ESC O final`.
struct EscapeSequence {
  /// What the next character made of it.
  enum Progress: Equatable {
    case more
    /// The sequence ended; nil when it means no key.
    case complete(Key?)
    /// The character does not belong to it.
    case none
  }

  private var introducer: Unicode.Scalar?
  private var parameters = ""
  private var isOldReport: Bool { parameters.hasPrefix("M") }
  /// Longer ones are not keys.
  private static let longest = 32

  mutating func add(_ scalar: Unicode.Scalar) -> Progress {
    guard introducer != nil else {
      guard scalar == "[" || scalar == "O" else { return .none }
      introducer = scalar
      return .more
    }
    switch scalar.value {
    // Old mouse reports: three characters follow.
    case _ where isOldReport:
      parameters.unicodeScalars.append(scalar)
      return parameters.unicodeScalars.count < 4 ? .more : .complete(nil)
    case 0x4D where introducer == "[" && parameters.isEmpty: break
    // The Linux console sends `ESC [ [ A` for F1.
    case 0x5B where introducer == "[" && parameters.isEmpty: break
    case 0x40...0x7E: return .complete(key(final: scalar))
    case 0x20...0x3F: break
    default: return .none
    }
    guard parameters.unicodeScalars.count < Self.longest else { return .complete(nil) }
    parameters.unicodeScalars.append(scalar)
    return .more
  }

  /// Whether it was the terminal's answer that it has synchronized output.
  func confirmsSynchronizedOutput(final: Unicode.Scalar) -> Bool {
    introducer == "[" && SynchronizedOutput.isConfirmed(by: parameters, final: final)
  }

  /// The keys it was, if nothing follows: Escape, perhaps with a character typed right behind it.
  var keysWhenCut: [Key] {
    guard let introducer, parameters.isEmpty else { return [.escape] }
    return [.escape, .character(Character(introducer))]
  }

  private func key(final: Unicode.Scalar) -> Key? {
    if parameters.hasPrefix("[") {
      return (0x41...0x45).contains(final.value) ? .function(Int(final.value - 0x40)) : nil
    }
    if parameters.hasPrefix("<") { return MouseReport.key(parameters.dropFirst(), final: final) }
    // A second parameter names modifiers, which no key here tells apart.
    let number = Int(parameters.prefix { $0 != ";" })
    switch final {
    case "A": return .up
    case "B": return .down
    case "C": return .right
    case "D": return .left
    case "H": return .home
    case "F": return .end
    case "M" where introducer == "O": return .enter
    case "P", "Q", "R", "S": return .function(Int(final.value - 0x4F))
    case "Z": return .backTab
    case "~": return number.flatMap(Self.numbered)
    default: return nil
    }
  }

  /// `ESC [ number ~` as the VT220 began it.
  private static func numbered(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23, 24: .function(number - 12)
    default: nil
    }
  }
}
