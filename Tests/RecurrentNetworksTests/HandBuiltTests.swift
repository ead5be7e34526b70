import LinearAlgebra
import RecurrentNetworks
import Testing

/// Hand-built networks against plain programs for the same languages: on every short string, and
/// at the depth where numbers end.
@Suite struct HandBuiltTests {
  // MARK: Every string

  /// A design with the plain program for its language.
  struct Language: Sendable, CustomTestStringConvertible {
    let design: HandBuiltDesign
    /// Symbols of the longest strings that are tried, and how many strings there are up to them.
    let length: Int
    let strings: Int
    let hasMember: @Sendable (String) -> Bool

    var testDescription: String { design.name }
  }

  static let languages = [
    Language(
      design: .balancedParentheses, length: 12, strings: 8191, hasMember: isBalanced),
    Language(design: .equalRuns, length: 13, strings: 16383) { text in
      let count = text.count / 2
      return count > 0
        && text == String(repeating: "a", count: count) + String(repeating: "b", count: count)
    },
    Language(design: .twoBrackets, length: 7, strings: 21845, hasMember: isBalanced),
  ]

  @Sendable private static func isBalanced(_ text: String) -> Bool {
    var open: [Character] = []
    for character in text {
      switch character {
      case "(", "[": open.append(character)
      case ")": if open.popLast() != "(" { return false }
      default: if open.popLast() != "[" { return false }
      }
    }
    return open.isEmpty
  }

  @Test(arguments: languages) func decidesEveryShortStringInDouble(_ language: Language) {
    #expect(agreements(HandBuiltNetwork<Double>(language.design), language) == language.strings)
  }

  @Test(arguments: languages) func decidesEveryShortStringInFloat(_ language: Language) {
    #expect(agreements(HandBuiltNetwork<Float>(language.design), language) == language.strings)
  }

  /// Compares network and program on every string up to the length; how many agreed.
  private func agreements<Scalar>(
    _ network: HandBuiltNetwork<Scalar>, _ language: Language
  ) -> Int {
    var agreed = 0
    func visit(_ state: HandBuiltNetwork<Scalar>.State, _ text: String, left: Int) {
      let expected = language.hasMember(text)
      if network.verdict(state) == (expected ? .accepted : .rejected) { agreed += 1 }
      guard left > 0 else { return }
      for (index, character) in network.design.alphabet.enumerated() {
        visit(
          network.next(state, symbol: index), text + String(character), left: left - 1)
      }
    }
    visit(network.start, "", left: language.length)
    return agreed
  }

  // MARK: Depth

  @Test(arguments: languages.prefix(2))
  func countersHoldOverAThousandInDouble(_ language: Language) {
    checkDepths(HandBuiltNetwork<Double>(language.design), holds: [1, 50, 1000], fails: [1100])
  }

  @Test(arguments: languages.prefix(2))
  func countersHoldOverAHundredInFloat(_ language: Language) {
    checkDepths(HandBuiltNetwork<Float>(language.design), holds: [1, 120], fails: [140])
  }

  private func checkDepths<Scalar>(
    _ network: HandBuiltNetwork<Scalar>, holds: [Int], fails: [Int]
  ) {
    func text(_ opened: Int, _ closed: Int) -> String {
      String(repeating: network.design.alphabet[0], count: opened)
        + String(repeating: network.design.alphabet[1], count: closed)
    }
    for depth in holds {
      #expect(network.decide(text(depth, depth)) == .accepted)
      #expect(network.decide(text(depth, depth + 1)) == .rejected)
      #expect(network.decide(text(depth, depth - 1)) == .rejected)
    }
    for depth in fails {
      #expect(network.decide(text(depth, 0)) == .beyondPrecision)
      #expect(network.decide(text(depth, depth)) == .beyondPrecision)
    }
  }

  /// Nothing but [ comes so near to 1 that the error of a sum is half of the last digit.
  @Test func aStackOfTheLargerDigitAloneIsDoubtedAsWell() {
    let network = HandBuiltNetwork<Float>(.twoBrackets)
    for depth in [13, 14, 20, 80] {
      let open = String(repeating: "[", count: depth)
      let closed = String(repeating: "]", count: depth)
      #expect(network.decide(open) == .beyondPrecision)
      #expect(network.decide(open + closed) != .rejected)
      #expect(network.decide(open + closed + "]") != .accepted)
    }
  }

  @Test func twoBracketsHold26InDouble() {
    checkStack(HandBuiltNetwork<Double>(.twoBrackets), holds: 26)
  }

  @Test func twoBracketsHold12InFloat() {
    checkStack(HandBuiltNetwork<Float>(.twoBrackets), holds: 12)
  }

  /// Random nestings: to the depth that holds all answers are right, from two deeper on the network
  /// says that it does not know, and it is wrong nowhere.
  private func checkStack<Scalar>(_ network: HandBuiltNetwork<Scalar>, holds: Int) {
    var random = SeededRandom(seed: 11)
    for depth in 1...holds + 6 {
      for _ in 0..<12 {
        let opened = (0..<depth).map { _ in random.index(below: 2) == 0 ? "(" : "[" }
        let closed = opened.reversed().map { $0 == "(" ? ")" : "]" }
        let right = opened.joined() + closed.joined()
        var mixed = closed
        let place = random.index(below: depth)
        mixed[place] = mixed[place] == ")" ? "]" : ")"
        let wrong = opened.joined() + mixed.joined()
        let verdicts = [network.decide(right), network.decide(wrong)]
        if depth <= holds {
          #expect(verdicts == [.accepted, .rejected], "\(right) \(wrong)")
        } else if depth >= holds + 2 {
          #expect(verdicts == [.beyondPrecision, .beyondPrecision], "\(right)")
        } else {
          #expect(verdicts[0] != .rejected && verdicts[1] != .accepted)
        }
      }
    }
  }

  // MARK: The parts

  @Test func statesAreTheStackItself() throws {
    let network = HandBuiltNetwork<Double>(.twoBrackets)
    let states = try #require(network.run("([)"))
    // q: empty, then 1 in front, then 3 before it; a ) cannot close a [.
    let stacks = states.map { $0.values[..<4].reduce(0, +) }
    #expect(Array(stacks[..<3]) == [0, 0.25, 0.75 + 0.25 / 4])
    #expect(states.map(network.verdict) == [.accepted, .rejected, .rejected, .rejected])
    #expect(network.margin(states[0]) == 1)
    #expect(network.run("(x)") == nil)
    #expect(network.units == ["u0", "u1", "v0", "v1", "eA", "eB", "eC"])
  }

  @Test func weightsGoOutUnderTheNamesOfLearnedOnes() {
    let tensors = HandBuiltNetwork<Float>(.balancedParentheses).tensors
    #expect(
      tensors.map(\.shape) == [[3, 2], [3, 3], [3], [3], [1, 3], [1]])
    #expect(tensors.first { $0.name == "rnn.weight_hh_l0" }?.values[0..<3] == [0.5, 0.5, 0])
  }
}
