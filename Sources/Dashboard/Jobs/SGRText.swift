import TerminalGraphics

/// Text with colours as escape sequences (`ESC [ … m`), as styled pieces.
enum SGRText {
  static func styled(_ text: String, plain: Style) -> StyledText {
    guard text.utf8.contains(0x1B) else { return StyledText(text, plain) }
    var result = StyledText()
    var style = plain
    var piece = String.UnicodeScalarView()
    var parameters: String?
    for scalar in text.unicodeScalars {
      if var sequence = parameters {
        if scalar == "m" {
          style = look(sequence, plain: plain)
          parameters = nil
        } else if scalar != "[" {
          sequence.unicodeScalars.append(scalar)
          parameters = sequence
        }
        continue
      }
      if scalar == "\u{1B}" {
        result.add(String(piece), style)
        piece = String.UnicodeScalarView()
        parameters = ""
      } else {
        piece.append(scalar)
      }
    }
    result.add(String(piece), style)
    return result
  }

  /// A style from the parameters of one sequence, which says everything.
  private static func look(_ text: String, plain: Style) -> Style {
    var numbers = text.split(separator: ";").map { Int($0) ?? 0 }[...]
    var style = plain
    while let number = numbers.popFirst() {
      switch number {
      case 1: style.attributes.insert(.bold)
      case 2: style.attributes.insert(.dim)
      case 3: style.attributes.insert(.italic)
      case 4: style.attributes.insert(.underline)
      case 7: style.attributes.insert(.reverse)
      case 30...37: style.foreground = palette(number - 30)
      case 90...97: style.foreground = palette(number - 82)
      case 40...47: style.background = palette(number - 40)
      case 100...107: style.background = palette(number - 92)
      case 38, 48:
        let color = color(&numbers)
        if number == 38 { style.foreground = color } else { style.background = color }
      default: break
      }
    }
    return style
  }

  private static func color(_ numbers: inout ArraySlice<Int>) -> Color {
    switch numbers.popFirst() {
    case 5: return palette(numbers.popFirst() ?? 7)
    case 2:
      let parts = (0..<3).map { _ in UInt8(clamping: numbers.popFirst() ?? 0) }
      return .rgb(red: parts[0], green: parts[1], blue: parts[2])
    default: return .standard
    }
  }

  /// The 256 colours that terminals agree on: 16 of names, a cube of 6 × 6 × 6, 24 greys.
  private static func palette(_ index: Int) -> Color {
    let named: [UInt32] = [
      0x3B4252, 0xCC5A5F, 0x6CB06C, 0xD0A84A, 0x5A8FCC, 0xB07ACC, 0x4AB0B0, 0xD8DEE9,
      0x6B7688, 0xF07178, 0x8CD98C, 0xF2D06B, 0x7FB4E0, 0xD09BEF, 0x6BD9D9, 0xFFFFFF,
    ]
    switch index {
    case 0..<16: return .hex(named[index])
    case 16..<232:
      let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
      let cube = index - 16
      return .rgb(
        red: levels[cube / 36], green: levels[cube / 6 % 6], blue: levels[cube % 6])
    case 232..<256:
      let grey = UInt8(8 + (index - 232) * 10)
      return .rgb(red: grey, green: grey, blue: grey)
    default: return .standard
    }
  }
}
