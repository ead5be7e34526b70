/// A value as a preset file or `--set` writes it, before a key gives it a meaning.
enum PresetValue: Sendable, Equatable {
  /// `none`, `null`, `~`, `off` or nothing: the key is left out.
  case absent
  case scalar(String)
  case list([String])

  /// A value in the words of the command line: `[a, b]` or `a, b` where a list is wanted.
  init(argument: String) {
    let text = argument.trimmingSpaces
    if text.hasPrefix("["), text.hasSuffix("]") {
      let items = text.dropFirst().dropLast().split(separator: ",")
      self = .list(items.map { String($0).trimmingSpaces })
    } else {
      self.init(scalar: text)
    }
  }

  init(scalar text: String) {
    self = ["", "~", "null", "none", "off"].contains(text) ? .absent : .scalar(text)
  }

  /// For messages: one printable line of at most 40 characters.
  var quoted: String {
    switch self {
    case .absent: return "nothing"
    case .scalar(let text): return Self.quote(text)
    case .list(let items): return Self.quote("[" + items.joined(separator: ", ") + "]")
    }
  }

  static func quote(_ text: String) -> String {
    let line = String(text.unicodeScalars.prefix(40)).withoutControls
    return text.unicodeScalars.count > 40 ? "“\(line)…”" : "“\(line)”"
  }
}

extension String {
  /// The text in one line that does nothing to a terminal but show.
  var withoutControls: String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
      result.append(isControl ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }
}

extension StringProtocol {
  var trimmingSpaces: String {
    var part = Substring(self)
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return String(part)
  }
}
