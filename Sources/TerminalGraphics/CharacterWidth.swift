/// How many cells a character takes, and what may reach a terminal at all.
public enum CharacterWidth {
  /// The scalar itself when it is safe to print, else a replacement.
  public static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x20..<0x7F: scalar
    case 0..<0x20, 0x7F..<0xA0: "\u{FFFD}"
    // Marks that change the direction or joining of what follows would garble a row.
    case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF: "\u{FFFD}"
    default: scalar
    }
  }

  /// Cells taken by a printable scalar: 0 for combining marks, 2 for East Asian wide, else 1.
  public static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    if isCombining(scalar) { return 0 }
    return isWide(value) ? 2 : 1
  }

  /// Cells taken by a whole text.
  public static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of(printable($1)) }
  }

  private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }

  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
