import LinearAlgebra
import Testing
import TrainingEvents

@testable import SequenceData

struct SyntheticTaskTests {
  private func task(
    _ kind: TaskKind, _ name: String, length: Int? = nil, seed: UInt64 = 1
  ) throws -> TaskData {
    try load(
      configuration(kind, .synthetic, name, validation: 0.1, test: 0.1) { $0.data.length = length },
      seed: seed)
  }

  @Test func sumsAreThoseOfTheMarkedNumbers() throws {
    let task = try task(.forecasting, "adding", length: 2_000)
    #expect(task.train.count == 1_600 && task.validation.count == 200 && task.test.count == 200)
    for example in task.train.examples.prefix(50) {
      guard case .vectors(let values, 2) = example.input, case .values(let sum, 1) = example.target
      else { continue }
      let marked = (0..<2_000).filter { values[2 * $0 + 1] == 1 }
      #expect(marked.count == 2 && marked[0] < 1_000 && marked[1] >= 1_000)
      #expect(sum == [values[2 * marked[0]] + values[2 * marked[1]]])
    }
    let sums = task.train.examples.compactMap { example -> Float? in
      if case .values(let sum, _) = example.target { sum[0] } else { nil }
    }
    let variance = SquaredErrors.mean(repeatElement(1, count: sums.count), truths: sums)
    #expect(abs(variance - 1.0 / 6) < 0.02)
    #expect(task.baselines == [Baseline("always 1", .meanSquaredError, 1.0 / 6)])
    checkSane(task)
  }

  @Test func copiesComeAfterThePause() throws {
    let task = try task(.sequenceLabelling, "copy", length: 30)
    for example in task.test.examples.prefix(20) {
      guard case .tokens(let inputs) = example.input, case .labels(let labels) = example.target
      else { continue }
      #expect(inputs.count == 50 && labels.count == 50)
      #expect(inputs[39] == 9 && inputs.filter { $0 == 9 }.count == 1)
      #expect(Array(labels.suffix(10)) == Array(inputs.prefix(10)))
      #expect(labels.prefix(40).allSatisfy { $0 == 0 })
      #expect(inputs.prefix(10).allSatisfy { (1...8).contains($0) })
    }
    let baseline = try #require(task.baselines.first)
    #expect(abs(baseline.value - 10 * 2.0794415 / 50) < 1e-6)
    checkSane(task)
  }

  /// `delay` asks for the bit of one time step before, `peek` for that of two time steps after; where
  /// there is none, nothing is asked.
  @Test(arguments: [("delay", 1), ("peek", -2)])
  func bitsAreAskedForBeforeOrAfterTheyAreRead(_ name: String, _ shift: Int) throws {
    let task = try task(.sequenceLabelling, name, length: 9)
    for example in task.train.examples.prefix(20) {
      guard case .tokens(let bits) = example.input, case .labels(let labels) = example.target
      else { return _ = Issue.record("no bits") }
      for t in bits.indices {
        #expect(labels[t] == (bits.indices.contains(t - shift) ? bits[t - shift] : -1))
      }
    }
  }

  @Test func parityIsTestedAtFourTimesTheLength() throws {
    #expect(RunningParity.parities([1, 0, 1, 1, 0]) == [1, 1, 0, 1, 1])
    let task = try task(.sequenceLabelling, "parity", length: 10)
    #expect(Set(task.train.examples.map(\.input.steps)) == Set(5...10))
    #expect(Set(task.test.examples.map(\.input.steps)) == [40])
    for example in task.test.examples.prefix(20) {
      guard case .tokens(let bits) = example.input else { continue }
      #expect(example.target == .labels(RunningParity.parities(bits)))
    }
    checkSane(task)
  }

  @Test func reberStringsBelongToTheGrammar() throws {
    #expect(ReberGrammar.accepts(["B", "T", "X", "S", "E"]))
    #expect(ReberGrammar.accepts(["B", "P", "T", "V", "P", "S", "E"]))
    #expect(!ReberGrammar.accepts(["B", "T", "X", "X", "E"]))
    #expect(!ReberGrammar.accepts(["B", "E"]))
    let task = try task(.languageModel, "reber")
    let table = try #require(task.test.table)
    let vocabulary = try #require(task.inputVocabulary)
    for line in 0..<200 {
      #expect(ReberGrammar.accepts(table.item(line).map { vocabulary.symbols[Int($0)] }))
    }
    // 6.0 choices a string of 9.0 targets in the mean: from the automaton's equations.
    let floor = try #require(task.baselines.first)
    #expect(floor.measure == .bitsPerCharacter)
    #expect(abs(floor.value - 2.0 / 3) < 0.02)
    checkSane(task)
  }

  @Test func theOscillatorGoesOnWhereTrainingEnds() throws {
    let task = try task(.autonomous, "oscillator", length: 40)
    #expect(task.inputWidth == 0)
    let examples = [task.train, task.validation, task.test].compactMap(\.examples.first)
    #expect(examples.map(\.input) == [.none(steps: 40), .none(steps: 80), .none(steps: 160)])
    #expect(examples.map(\.scoredFrom) == [0, 40, 80])
    guard case .values(let wave, 1) = examples[2].target else { return }
    #expect(abs(wave[4] - 1) < 1e-6 && abs(wave[14] + 1) < 1e-6)
    #expect(wave[0..<20] == wave[140..<160])
    #expect(abs(task.baselines[0].value - 0.5) < 1e-6)
    checkSane(task)
  }

  @Test func theSeedDecides() throws {
    let first = try task(.sequenceLabelling, "parity", length: 300)
    #expect(try task(.sequenceLabelling, "parity", length: 300).train == first.train)
    #expect(try task(.sequenceLabelling, "parity", length: 300, seed: 2).train != first.train)
    #expect(first.train.examples[0].input != first.validation.examples[0].input)
  }

  @Test func mistakesAreNamed() {
    func failure(_ kind: TaskKind, _ name: String, length: Int? = nil) -> String {
      message(configuration(kind, .synthetic, name) { $0.data.length = length })
    }
    #expect(
      failure(.forecasting, "addding")
        == "task.data.synthetic: no task of this name: found “addding”, "
        + "expected adding, copy, parity, delay, peek, reverse, reber, oscillator, flip-flop, sine, "
        + "context, modular, dyck-1, dyck-2, s5, reber-states; did you mean adding?"
    )
    #expect(
      failure(.forecasting, "copy")
        == "task.kind: copy is a task of another kind: found forecasting, "
        + "expected sequence-labelling")
    #expect(
      failure(.forecasting, "adding", length: 1)
        == "task.data.length: not a length of adding sequences: found 1, expected 2 to 10000")
  }
}

struct GrammarTaskTests {
  private func task(_ name: String, length: Int? = nil) throws -> TaskData {
    try load(configuration(.handBuilt, .grammar, name, test: 0.1) { $0.data.length = length })
  }

  @Test func languagesAreWhatTheirNamesSay() {
    func accepts(_ language: FormalLanguage, _ text: String) -> Bool {
      language.accepts(
        text.map { Int32(language.alphabet.firstIndex(of: String($0)) ?? 0) })
    }
    #expect(["", "()", "(())()", "((()))"].allSatisfy { accepts(.brackets, $0) })
    #expect(!["(", ")", ")(", "(()", "())("].contains { accepts(.brackets, $0) })
    #expect(["ab", "aabb", "aaabbb"].allSatisfy { accepts(.anbn, $0) })
    #expect(!["", "a", "b", "ba", "aab", "abb", "abab", "aabbab"].contains { accepts(.anbn, $0) })
    #expect(["", "()", "[]", "([])[()]"].allSatisfy { accepts(.twoBrackets, $0) })
    #expect(!["([)]", "(]", "]", "[[]", "())"].contains { accepts(.twoBrackets, $0) })
    #expect(FormalLanguage.twoBrackets.depth([0, 2, 3, 2, 2, 1]) == 3)
    #expect(FormalLanguage.brackets.depth([1, 1, 0]) == 1)
  }

  @Test(arguments: FormalLanguage.allCases) func everyPrefixHasItsVerdict(
    _ language: FormalLanguage
  ) throws {
    let task = try task(language.rawValue, length: 10)
    #expect(task.inputVocabulary?.symbols == language.alphabet)
    #expect(task.classNames == ["rejected", "accepted"])
    var accepted = 0
    for example in task.train.examples {
      guard case .tokens(let symbols) = example.input, case .labels(let verdicts) = example.target
      else { continue }
      #expect((1...10).contains(symbols.count))
      #expect((verdicts.last == 1) == language.accepts(symbols))
      #expect((verdicts.first == 1) == language.accepts(symbols.prefix(1)))
      accepted += verdicts.last == 1 ? 1 : 0
    }
    #expect(accepted * 2 > task.train.count * 9 / 10)
    #expect(accepted * 10 < task.train.count * 9)
    checkSane(task)
  }

  @Test func mistakesAreNamed() {
    #expect(
      message(configuration(.handBuilt, .grammar, "bracket"))
        == "task.data.grammar: no language of this name: found “bracket”, "
        + "expected brackets, anbn, two-brackets; did you mean brackets?")
    #expect(
      message(configuration(.handBuilt, .grammar, "anbn") { $0.data.length = 1 })
        == "task.data.length: not a length of strings: found 1, expected 2 to 1000")
  }
}
