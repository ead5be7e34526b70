/// Something in a text that a unit may follow.
enum UnitPattern: Sendable, Equatable {
  case insideQuotes
  case positionInWord
  case positionInLine
  case wordStart
  case capital
  case digit
  case vowel
  /// While one of its characters is read.
  case literal(String)

  /// The patterns with a name, in the order they are offered.
  static let named: [UnitPattern] = [
    .insideQuotes, .positionInWord, .positionInLine, .wordStart, .capital, .digit, .vowel,
  ]

  var name: String {
    switch self {
    case .insideQuotes: "inside quotes"
    case .positionInWord: "position in word"
    case .positionInLine: "line length"
    case .wordStart: "word start"
    case .capital: "capital"
    case .digit: "digit"
    case .vowel: "vowel"
    case .literal(let text): text
    }
  }

  /// What the pattern measures, in a few words.
  var summary: String {
    switch self {
    case .insideQuotes: "1 between quotation marks"
    case .positionInWord: "letters since the word began"
    case .positionInLine: "symbols since the line began"
    case .wordStart: "1 on a word's first letter"
    case .capital: "1 on a capital letter"
    case .digit: "1 on a digit"
    case .vowel: "1 on a, e, i, o, u"
    case .literal: "1 while this text is read"
    }
  }

  /// The pattern with this name, else the text itself as the pattern.
  init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    self = Self.named.first { $0.name == text.lowercased() } ?? .literal(text)
  }

  /// The pattern's value at every symbol.
  func signal(over symbols: [String]) -> [Float] {
    switch self {
    case .insideQuotes: return quoted(symbols)
    case .positionInWord:
      return count(symbols) { $0.first.map { $0.isLetter || $0 == "'" } ?? false }
    case .positionInLine: return count(symbols) { $0 != "\n" }
    case .wordStart:
      return symbols.indices.map { index in
        let isLetter = symbols[index].first?.isLetter ?? false
        let wasLetter = index > 0 && symbols[index - 1].first?.isLetter ?? false
        return isLetter && !wasLetter ? 1 : 0
      }
    case .capital: return marks(symbols) { $0.isUppercase }
    case .digit: return marks(symbols) { $0.isNumber }
    case .vowel: return marks(symbols) { "aeiouAEIOU".contains($0) }
    case .literal(let text): return occurrences(of: text, in: symbols)
    }
  }

  private func marks(_ symbols: [String], _ test: (Character) -> Bool) -> [Float] {
    symbols.map { $0.first.map(test) ?? false ? 1 : 0 }
  }

  /// How many symbols of a kind have come in a row, the current one included.
  private func count(_ symbols: [String], _ continues: (String) -> Bool) -> [Float] {
    var length: Float = 0
    return symbols.map { symbol in
      length = continues(symbol) ? length + 1 : 0
      return length
    }
  }

  /// Straight quotes open and close in turn; curly ones say which they do.
  private func quoted(_ symbols: [String]) -> [Float] {
    var isInside = false
    return symbols.map { symbol in
      switch symbol {
      case "\"": isInside.toggle()
      case "“", "«": isInside = true
      case "”", "»": isInside = false
      default: break
      }
      return isInside ? 1 : 0
    }
  }

  private func occurrences(of text: String, in symbols: [String]) -> [Float] {
    var result = [Float](repeating: 0, count: symbols.count)
    // A symbol may be longer than a character, such as a word or a phone.
    for (index, symbol) in symbols.enumerated() where symbol == text { result[index] = 1 }
    let letters = text.map { String($0) }
    guard letters.count > 1, symbols.count >= letters.count else { return result }
    for start in 0...(symbols.count - letters.count)
    where Array(symbols[start..<(start + letters.count)]) == letters {
      for index in start..<(start + letters.count) { result[index] = 1 }
    }
    return result
  }
}
