/// A network that was thought out to decide a language: its units with their weights, and how it
/// accepts. Which languages there are, and what belongs to them, is no matter of the network's.
public struct HandBuiltDesign: Sendable {
  /// The language in words that a file name could have, such as `balanced-parentheses`.
  public let name: String
  /// The symbols, in the order of the network's inputs.
  public let alphabet: [Character]
  /// The units whose sum is the number that holds the counter or the stack.
  public let stackUnits: [String]
  let units: [Unit]
  /// v, by unit.
  let accept: [String: Double]
  /// c
  let acceptBias: Double

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
}

extension HandBuiltDesign {
  /// Strings of ( and ) in which every bracket has its partner. A counter in one number:
  /// q = p + r = 2^−depth.
  public static let balancedParentheses = HandBuiltDesign(
    name: "balanced-parentheses", alphabet: ["(", ")"], stackUnits: ["p", "r"],
    units: counter("(", ")"), accept: ["p": 4, "r": 4, "e": -4], acceptBias: -3)

  /// n times a, then n times b, n ≥ 1. The same counter, and a unit that knows whether a b was seen.
  public static let equalRuns = HandBuiltDesign(
    name: "a-n-b-n", alphabet: ["a", "b"], stackUnits: ["p", "r"],
    units: counter("a", "b") + [
      // sB: a b was seen. e2: an a came after it.
      Unit(name: "sB", states: ["sB": 1], inputs: ["b": 1]),
      Unit(name: "e2", states: ["e2": 2, "sB": 1], inputs: ["a": 1], bias: -1),
    ],
    accept: ["p": 4, "r": 4, "e": -4, "e2": -4, "sB": 1], acceptBias: -4)

  /// Strings of ( ) [ ] in which every bracket has its partner of the same kind. A stack in one
  /// number in base 4, q = u0 + u1 + v0 + v1 (a Cantor set): 1 for an open (, 3 for an open [, the
  /// newest in front.
  ///
  /// u0 and u1 push, v0 and v1 pop; eA, eB and eC are set for good when the newest open bracket is
  /// of the other kind or there is none.
  public static let twoBrackets = HandBuiltDesign(
    name: "two-brackets", alphabet: ["(", ")", "[", "]"], stackUnits: ["u0", "u1", "v0", "v1"],
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

  /// p takes over when one opens, r when one closes; e is set for good when one closes that was
  /// never opened.
  private static func counter(_ open: Character, _ close: Character) -> [Unit] {
    [
      Unit(name: "p", start: 1, states: ["p": 0.5, "r": 0.5], inputs: [open: 1], bias: -1),
      Unit(name: "r", states: ["p": 2, "r": 2], inputs: [close: 2], bias: -2),
      Unit(name: "e", states: ["e": 3, "p": 2, "r": 2], inputs: [close: 1], bias: -2),
    ]
  }

  private static func stack(_ factor: Double) -> [String: Double] {
    ["u0": factor, "u1": factor, "v0": factor, "v1": factor]
  }

  private static func error(_ name: String, _ factor: Double) -> [String: Double] {
    stack(factor).merging([name: 12]) { a, _ in a }
  }
}
