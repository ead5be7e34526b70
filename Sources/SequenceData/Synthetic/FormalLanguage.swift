/// A language over a few symbols, as networks built by hand decide it, with the plain program that
/// says what is right.
public enum FormalLanguage: String, Sendable, CaseIterable {
  /// Balanced parentheses; the empty string is balanced.
  case brackets
  /// As many b as there were a before them, at least one of each.
  case anbn
  /// Two kinds of brackets, properly nested; the empty string is.
  case twoBrackets = "two-brackets"

  /// Symbol k of a string is `alphabet[k]`; the networks' inputs are one-hot in this order.
  public var alphabet: [String] {
    switch self {
    case .brackets: ["(", ")"]
    case .anbn: ["a", "b"]
    case .twoBrackets: ["(", ")", "[", "]"]
    }
  }

  /// Whether the string belongs to the language.
  public func accepts(_ symbols: some Sequence<Int32>) -> Bool {
    switch self {
    case .brackets, .twoBrackets:
      var open: [Int32] = []
      for symbol in symbols {
        if symbol % 2 == 0 {
          open.append(symbol)
        } else if open.popLast() != symbol - 1 {
          return false
        }
      }
      return open.isEmpty
    case .anbn:
      var (a, b) = (0, 0)
      for symbol in symbols {
        if symbol == 1 {
          b += 1
        } else if b > 0 {
          return false
        } else {
          a += 1
        }
      }
      return a == b && a > 0
    }
  }

  /// The deepest nesting of a string, whether or not it is balanced: what the number that holds
  /// the stack must keep apart. Of aⁿbᵐ, the most a not yet answered.
  public func depth(_ symbols: some Sequence<Int32>) -> Int {
    var (depth, deepest) = (0, 0)
    for symbol in symbols {
      depth = max(0, depth + (symbol % 2 == 0 ? 1 : -1))
      deepest = max(deepest, depth)
    }
    return deepest
  }
}
