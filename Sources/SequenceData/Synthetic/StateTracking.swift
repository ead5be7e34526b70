import LinearAlgebra

/// Tasks whose answer at every step is the state of a small automaton, so that nothing but keeping that
/// state is asked: which cells can keep which states is known (Merrill et al. 2024; Grazzi et al. 2025).
///
/// Training sequences have between half of `length` and `length` steps, test sequences four times
/// `length`.
enum StateTracking {
  /// What digits are added up modulo.
  static let modulus: Int32 = 5
  /// Brackets that are open at most, so that a finite memory is enough (Hewitt et al. 2020).
  static let deepest = 8
  /// Cups that a ball can be under.
  static let cups: Int32 = 5

  /// y(t) = (x(1) + … + x(t)) mod 5: an Abelian group, which takes a state that goes round.
  static func modular(_ parts: SyntheticTask.Parts) -> TaskData {
    let digits = (0..<modulus).map(String.init)
    return task(parts, inputs: digits, outputs: digits, answer: "remainder") { random, count in
      var sum: Int32 = 0
      return (0..<count).map { _ in
        let digit = Int32(random.index(below: Int(modulus)))
        sum = (sum + digit) % modulus
        return (digit, sum)
      }
    }
  }

  /// How many brackets are open: a counter with a floor and a ceiling.
  static func depth(_ parts: SyntheticTask.Parts) -> TaskData {
    task(
      parts, inputs: ["(", ")"], outputs: (0...deepest).map(String.init), answer: "depth"
    ) { random, count in
      brackets(kinds: 1, count, &random).map { ($0.symbol, Int32($0.open.count)) }
    }
  }

  /// Which bracket may close next, of two kinds: a stack, no deeper than eight.
  static func nesting(_ parts: SyntheticTask.Parts) -> TaskData {
    task(
      parts, inputs: ["(", ")", "[", "]"], outputs: ["·", ")", "]"], answer: "bracket"
    ) { random, count in
      brackets(kinds: 2, count, &random).map { ($0.symbol, $0.open.last.map { 1 + $0 / 2 } ?? 0) }
    }
  }

  /// Five cups, two of which change places at every step: where is the ball that lay under the first?
  /// The moves make up S₅, the smallest symmetric group that no solvable one contains, for which a fixed
  /// number of layers without a nonlinear recurrence is not enough whatever the length.
  static func swaps(_ parts: SyntheticTask.Parts) -> TaskData {
    var pairs: [(Int32, Int32)] = []
    for first in 0..<cups {
      for second in (first + 1)..<max(first + 1, cups) { pairs.append((first, second)) }
    }
    return task(
      parts, inputs: pairs.map { "\($0.0 + 1)\($0.1 + 1)" },
      outputs: (1...cups).map(String.init), answer: "cup", inputUnit: .word
    ) { random, count in
      var ball: Int32 = 0
      return (0..<count).map { _ in
        let move = random.index(below: pairs.count)
        let pair = pairs[move]
        ball = ball == pair.0 ? pair.1 : ball == pair.1 ? pair.0 : ball
        return (Int32(move), ball)
      }
    }
  }

  /// Strings of Reber's grammar (Reber 1967) one behind the other, and the state of the automaton behind
  /// each letter: states 0 to 5, and 6 between two strings. The last few letters always tell it, so that
  /// it wants less memory than the others.
  static func reberStates(_ parts: SyntheticTask.Parts) -> TaskData {
    let letters = Array(ReberGrammar.alphabet.dropFirst())
    let end = ReberGrammar.arrows.count
    return task(
      parts, inputs: letters, outputs: (0...end + 1).map(String.init), answer: "state"
    ) { random, count in
      var state = end + 1
      return (0..<count).map { _ in
        let letter: String
        switch state {
        case end: (letter, state) = ("E", end + 1)
        case end + 1: (letter, state) = ("B", 0)
        default:
          (letter, state) = ReberGrammar.arrows[state][random.index(below: 2)]
        }
        return (Int32(letters.firstIndex(of: letter) ?? 0), Int32(state))
      }
    }
  }

  /// Brackets opened and closed at random, each with those that are open behind it.
  private static func brackets(
    kinds: Int, _ count: Int, _ random: inout SeededRandom
  ) -> [(symbol: Int32, open: [Int32])] {
    var open: [Int32] = []
    return (0..<count).map { _ in
      let opens = open.isEmpty || open.count < deepest && random.index(below: 2) == 0
      guard !opens, let last = open.popLast() else {
        let bracket = Int32(2 * random.index(below: kinds))
        open.append(bracket)
        return (bracket, open)
      }
      return (last + 1, open)
    }
  }

  /// - Parameter draw: so many steps, each a symbol and the answer behind it
  private static func task(
    _ parts: SyntheticTask.Parts, inputs: [String], outputs: [String], answer: String,
    inputUnit: SymbolUnit = .character,
    _ draw: (_ random: inout SeededRandom, _ count: Int) -> [(symbol: Int32, answer: Int32)]
  ) -> TaskData {
    let made = parts.examples { random, isTest in
      let count = parts.steps(&random, isTest: isTest)
      let steps = draw(&random, count)
      let separator = inputUnit == .word ? " " : ""
      return Example(
        input: .tokens(steps.map(\.symbol)), target: .labels(steps.map(\.answer)),
        text: steps.prefix(60).map { inputs[Int($0.symbol)] }.joined(separator: separator)
          + (count > 60 ? "…" : ""))
    }
    return TaskData(
      kind: .sequenceLabelling, train: made.train, validation: made.validation, test: made.test,
      inputVocabulary: Vocabulary(symbols: inputs, unit: inputUnit),
      outputVocabulary: Vocabulary(symbols: outputs), inputWidth: inputs.count,
      outputWidth: outputs.count, targetName: answer)
  }
}
