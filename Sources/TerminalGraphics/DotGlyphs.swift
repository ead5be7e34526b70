/// The characters that show a set of dots. Bit `row * dotsAcross + column` stands for a dot.
enum DotGlyphs {
  static func glyph(_ dots: UInt8, _ drawing: Appearance.Drawing) -> Unicode.Scalar {
    switch drawing {
    case .braille: braille[Int(dots)]
    case .block: quarters[Int(dots & 0xF)]
    case .ascii: halves[Int(dots & 0x3)]
    }
  }

  /// Unicode numbers the dots down the left column first, and put the fourth row last.
  private static let brailleBits: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private static let braille: [Unicode.Scalar] = (0..<256).map { dots in
    let bits = (0..<8).reduce(UInt32(0)) { $0 | (dots >> $1 & 1 == 1 ? brailleBits[$1] : 0) }
    return Unicode.Scalar(0x2800 + bits) ?? " "
  }

  private static let quarters: [Unicode.Scalar] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]

  private static let halves: [Unicode.Scalar] = [" ", "'", ".", ":"]
}
