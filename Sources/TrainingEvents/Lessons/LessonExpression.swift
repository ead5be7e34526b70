/// A formula in a lesson, such as `abs(loss - before(loss)) > 0.1`: numbers, quantities of the run
/// by name, arithmetic and comparisons. What is true is 1, what is false 0.
public indirect enum LessonExpression: Sendable, Equatable {
  /// What stands between two formulas; raw values are as a lesson writes them.
  public enum Operator: String, Sendable, Equatable, CaseIterable {
    /// 1 where either is not 0.
    case or
    /// 1 where both are not 0.
    case and
    /// 1 where the first is below the second.
    case less = "<"
    /// 1 where the first is not above the second.
    case lessOrEqual = "<="
    /// 1 where the first is above the second.
    case greater = ">"
    /// 1 where the first is not below the second.
    case greaterOrEqual = ">="
    /// 1 where both are the same.
    case equal = "=="
    /// 1 where they differ.
    case unequal = "!="
    /// a + b.
    case plus = "+"
    /// a − b.
    case minus = "-"
    /// a · b.
    case times = "*"
    /// a / b.
    case over = "/"
    /// a to the power of b.
    case power = "^"

    /// What binds more tightly has a higher rank.
    var rank: Int {
      switch self {
      case .or: 0
      case .and: 1
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .unequal: 2
      case .plus, .minus: 3
      case .times, .over: 4
      case .power: 5
      }
    }
  }

  /// A number as it stands.
  case number(Double)
  /// A quantity of the run, or a function of numbers, with its arguments.
  case call(String, [LessonExpression])
  /// A name in quotes, which only some quantities take.
  case text(String)
  /// Two formulas with an operator between.
  case binary(Operator, LessonExpression, LessonExpression)
  /// −a.
  case negated(LessonExpression)
  /// 1 where a is 0, else 0.
  case not(LessonExpression)

  /// Where the numbers of a formula come from.
  public protocol Source {
    /// A quantity as it is now; nil where it is not measured, or not yet.
    func quantity(_ name: String, _ arguments: [LessonArgument]) -> Double?
    /// The value that a formula had when the step began.
    func before(_ expression: LessonExpression) -> Double?
    /// The second of two networks that train side by side; nil where there is one.
    var other: (any Source)? { get }
  }

  /// The value now; nil where something in it is not measured.
  public func value(in source: any Source) -> Double? {
    switch self {
    case .number(let number): return number
    case .text: return nil
    case .negated(let inner): return inner.value(in: source).map { -$0 }
    case .not(let inner): return inner.value(in: source).map { $0 == 0 ? 1 : 0 }
    case .binary(let sign, let a, let b): return Self.value(sign, a, b, source)
    case .call("before", let arguments): return arguments.first.flatMap { source.before($0) }
    case .call("other", let arguments):
      guard let other = source.other else { return nil }
      return arguments.first?.value(in: other)
    case .call(let name, let arguments):
      var values: [LessonArgument] = []
      for argument in arguments {
        if case .text(let text) = argument {
          values.append(.text(text))
        } else if let value = argument.value(in: source) {
          values.append(.number(value))
        } else {
          return nil
        }
      }
      let numbers = values.compactMap(\.number)
      if let function = LessonVocabulary.functions[name], numbers.count == values.count {
        return function(numbers).flatMap { $0.isFinite ? $0 : nil }
      }
      return source.quantity(name, values).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  private static func value(
    _ sign: Operator, _ a: LessonExpression, _ b: LessonExpression, _ source: any Source
  ) -> Double? {
    guard let x = a.value(in: source) else { return nil }
    // What is decided by its first half need not have a second.
    if sign == .or, x != 0 { return 1 }
    if sign == .and, x == 0 { return 0 }
    guard let y = b.value(in: source) else { return nil }
    let result: Double =
      switch sign {
      case .or, .and: y != 0 ? 1 : 0
      case .less: x < y ? 1 : 0
      case .lessOrEqual: x <= y ? 1 : 0
      case .greater: x > y ? 1 : 0
      case .greaterOrEqual: x >= y ? 1 : 0
      case .equal: x == y ? 1 : 0
      case .unequal: x != y ? 1 : 0
      case .plus: x + y
      case .minus: x - y
      case .times: x * y
      case .over: x / y
      case .power: LessonVocabulary.power(x, y)
      }
    return result.isFinite ? result : nil
  }

  /// Everything whose value has to be kept when a step begins.
  public var kept: [LessonExpression] {
    switch self {
    case .number, .text: []
    case .negated(let inner), .not(let inner): inner.kept
    case .binary(_, let a, let b): a.kept + b.kept
    case .call("before", let arguments): arguments
    case .call(_, let arguments): arguments.flatMap(\.kept)
    }
  }

  /// The names of all quantities in it.
  public var names: Set<String> {
    switch self {
    case .number, .text: []
    case .negated(let inner), .not(let inner): inner.names
    case .binary(_, let a, let b): a.names.union(b.names)
    case .call(let name, let arguments):
      arguments.reduce(into: [name]) { $0.formUnion($1.names) }
    }
  }
}

/// What a quantity is asked with.
public enum LessonArgument: Sendable, Equatable {
  /// A number, such as a step.
  case number(Double)
  /// A name in quotes, such as a parameter's symbol.
  case text(String)

  /// The number; nil where it is a name.
  public var number: Double? { if case .number(let number) = self { number } else { nil } }
  /// The name; nil where it is a number.
  public var text: String? { if case .text(let text) = self { text } else { nil } }
}

/// Why a lesson cannot be read, in one line.
public struct LessonMistake: Error, Equatable, CustomStringConvertible {
  public var description: String
  /// Says what is wrong, in one line.
  public init(_ description: String) { self.description = description }
}
