extension LessonExpression {
  /// Reads a formula.
  /// - Throws: `LessonMistake` that says what was found and what was expected.
  public init(_ text: String) throws(LessonMistake) {
    var parser = LessonParser(try LessonParser.tokens(of: text))
    self = try parser.expression(rank: 0)
    if let rest = parser.next { throw LessonMistake("found \(rest.words) after the formula's end") }
  }
}

/// Reads formulas by the rank of their signs.
private struct LessonParser {
  enum Token: Equatable {
    case number(Double)
    case name(String)
    case text(String)
    case sign(String)

    var words: String {
      switch self {
      case .number(let number): "\(number)"
      case .name(let name): name
      case .text(let text): "“\(text)”"
      case .sign(let sign): sign
      }
    }
  }

  private let tokens: [Token]
  private var index = 0
  private var depth = 0
  private static let signs: Set<String> = Set(
    LessonExpression.Operator.allCases.map(\.rawValue) + ["(", ")", ","])
  /// Parentheses inside each other.
  private static let deepest = 50

  init(_ tokens: [Token]) { self.tokens = tokens }

  var next: Token? { index < tokens.count ? tokens[index] : nil }

  static func tokens(of text: String) throws(LessonMistake) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first.isNumber {
        let digits = rest.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits) else {
          throw LessonMistake("found \(digits), expected a number")
        }
        tokens.append(.number(number))
        rest.removeFirst(digits.count)
      } else if first.isLetter {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
        tokens.append(.name(String(name)))
        rest.removeFirst(name.count)
      } else if first == "\"" {
        rest.removeFirst()
        let inner = rest.prefix { $0 != "\"" }
        guard inner.endIndex < rest.endIndex else { throw LessonMistake("a quote has no end") }
        tokens.append(.text(String(inner)))
        rest.removeFirst(inner.count + 1)
      } else {
        let sign = ["<=", ">=", "==", "!="].first { rest.hasPrefix($0) } ?? String(first)
        guard signs.contains(sign) else {
          throw LessonMistake("found \(sign), expected a number, a name or a sign")
        }
        tokens.append(.sign(sign))
        rest.removeFirst(sign.count)
      }
    }
    guard !tokens.isEmpty else { throw LessonMistake("found nothing, expected a formula") }
    return tokens
  }

  mutating func expression(rank: Int) throws(LessonMistake) -> LessonExpression {
    var left = try operand()
    while let sign = sign, sign.rank >= rank {
      index += 1
      let right = try expression(rank: sign == .power ? sign.rank : sign.rank + 1)
      left = .binary(sign, left, right)
    }
    return left
  }

  /// The sign that stands here; nil where none does.
  private var sign: LessonExpression.Operator? {
    switch next {
    case .sign(let text), .name(let text): LessonExpression.Operator(rawValue: text)
    default: nil
    }
  }

  private mutating func operand() throws(LessonMistake) -> LessonExpression {
    guard let token = next else { throw LessonMistake("the formula ends too early") }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw LessonMistake("parentheses are nested too deeply") }
    index += 1
    switch token {
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .sign("-"): return .negated(try expression(rank: LessonExpression.Operator.times.rank))
    case .name("not"): return .not(try expression(rank: 2))
    case .sign("("):
      let inner = try expression(rank: 0)
      try expect(")")
      return inner
    case .name(let name):
      let call = LessonExpression.call(name, try arguments())
      if let mistake = LessonVocabulary.mistake(in: call) { throw LessonMistake(mistake) }
      return call
    case .sign(let sign): throw LessonMistake("found \(sign), expected a number or a name")
    }
  }

  private mutating func arguments() throws(LessonMistake) -> [LessonExpression] {
    guard next == .sign("(") else { return [] }
    index += 1
    var arguments: [LessonExpression] = []
    while next != .sign(")") {
      if !arguments.isEmpty { try expect(",") }
      arguments.append(try expression(rank: 0))
    }
    index += 1
    return arguments
  }

  private mutating func expect(_ sign: String) throws(LessonMistake) {
    guard next == .sign(sign) else {
      throw LessonMistake("found \(next?.words ?? "the end"), expected \(sign)")
    }
    index += 1
  }
}
