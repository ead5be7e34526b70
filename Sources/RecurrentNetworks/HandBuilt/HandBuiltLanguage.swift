/// A language that a hand-built network decides.
public enum HandBuiltLanguage: String, Sendable, CaseIterable {
  /// Strings of ( and ) in which every bracket has its partner. A counter in one number:
  /// q = p + r = 2^−depth.
  case balancedParentheses = "balanced-parentheses"
  /// n times a, then n times b, n ≥ 1. The same counter, and a unit that knows whether a b was seen.
  case equalRuns = "a-n-b-n"
  /// Strings of ( ) [ ] in which every bracket has its partner of the same kind. A stack in one
  /// number in base 4, q = u0 + u1 + v0 + v1 (a Cantor set): 1 for an open (, 3 for an open [, the
  /// newest in front.
  case twoBrackets = "two-brackets"

  /// The symbols, in the order of the network's inputs.
  public var alphabet: [Character] {
    switch self {
    case .balancedParentheses: ["(", ")"]
    case .equalRuns: ["a", "b"]
    case .twoBrackets: ["(", ")", "[", "]"]
    }
  }

  /// The units whose sum is the number that holds the counter or the stack.
  public var stackUnits: [String] {
    switch self {
    case .balancedParentheses, .equalRuns: ["p", "r"]
    case .twoBrackets: ["u0", "u1", "v0", "v1"]
    }
  }

  /// One unit: σ(Σ states + Σ inputs + bias).
  struct Unit {
    var name: String
    var start = 0.0
    /// Weights by the name of the unit they come from.
    var states: [String: Double]
    /// Weights by symbol.
    var inputs: [Character: Double]
    var bias = 0.0
  }

  struct Design {
    var units: [Unit]
    /// v, by unit.
    var accept: [String: Double]
    /// c
    var acceptBias: Double
  }

  var design: Design {
    switch self {
    case .balancedParentheses:
      Design(units: Self.counter("(", ")"), accept: ["p": 4, "r": 4, "e": -4], acceptBias: -3)
    case .equalRuns:
      Design(
        units: Self.counter("a", "b") + [
          // sB: a b was seen. e2: an a came after it.
          Unit(name: "sB", states: ["sB": 1], inputs: ["b": 1]),
          Unit(name: "e2", states: ["e2": 2, "sB": 1], inputs: ["a": 1], bias: -1),
        ],
        accept: ["p": 4, "r": 4, "e": -4, "e2": -4, "sB": 1], acceptBias: -4)
    case .twoBrackets: Self.stack
    }
  }

  /// p takes over when one opens, r when one closes; e is set for good when one closes that was
  /// never opened.
  private static func counter(_ open: Character, _ close: Character) -> [Unit] {
    [
      Unit(name: "p", start: 1, states: ["p": 0.5, "r": 0.5], inputs: [open: 1], bias: -1),
      Unit(name: "r", states: ["p": 2, "r": 2], inputs: [close: 2], bias: -2),
      Unit(name: "e", states: ["e": 3, "p": 2, "r": 2], inputs: [close: 1], bias: -2),
    ]
  }

  /// u0 and u1 push, v0 and v1 pop; eA, eB and eC are set for good when the newest open bracket is
  /// of the other kind or there is none.
  private static var stack: Design {
    func stack(_ factor: Double) -> [String: Double] {
      ["u0": factor, "u1": factor, "v0": factor, "v1": factor]
    }
    func error(_ name: String, _ factor: Double) -> [String: Double] {
      stack(factor).merging([name: 12]) { a, _ in a }
    }
    return Design(
      units: [
        Unit(name: "u0", states: stack(0.25), inputs: ["(": 1], bias: -0.75),
        Unit(name: "u1", states: stack(0.25), inputs: ["[": 1], bias: -0.25),
        Unit(name: "v0", states: stack(4), inputs: [")": 4], bias: -5),
        Unit(name: "v1", states: stack(4), inputs: ["]": 4], bias: -7),
        Unit(name: "eA", states: error("eA", 4), inputs: [")": 4], bias: -6),
        Unit(name: "eB", states: error("eB", -4), inputs: [")": 4], bias: -3),
        Unit(name: "eC", states: error("eC", -4), inputs: ["]": 4], bias: -1),
      ],
      accept: stack(-8).merging(["eA": -4, "eB": -4, "eC": -4]) { a, _ in a }, acceptBias: 1)
  }
}
