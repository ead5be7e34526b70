import Testing
import TrainingEvents

@testable import SequenceData

/// Every answer of a state-tracking task against a plain program that follows the symbols.
struct StateTrackingTests {
  private func task(
    _ name: String, length: Int = 12, judgedUpTo: Int? = nil
  ) throws -> TaskData {
    try load(
      configuration(.sequenceLabelling, .synthetic, name, validation: 0.1, test: 0.1) {
        ($0.data.length, $0.data.judgedUpTo) = (length, judgedUpTo)
      })
  }

  /// Symbols and answers as a person reads them, of sequences to train on and of longer ones.
  private func sequences(_ task: TaskData) throws -> [[(symbol: String, answer: String)]] {
    let (inputs, outputs) = (
      try #require(task.inputVocabulary), try #require(task.outputVocabulary)
    )
    return (task.train.examples.prefix(200) + task.test.examples.prefix(20)).compactMap {
      guard case .tokens(let tokens) = $0.input, case .labels(let labels) = $0.target else {
        return nil
      }
      return zip(tokens, labels).map { (inputs.name(of: $0), outputs.name(of: $1)) }
    }
  }

  @Test func remaindersAreThoseOfTheSum() throws {
    for sequence in try sequences(task("modular")) {
      var sum = 0
      for (symbol, answer) in sequence {
        sum += try #require(Int(symbol))
        #expect(answer == "\(sum % 5)")
      }
    }
  }

  @Test func depthsAreThoseOfTheBrackets() throws {
    var deepest = 0
    for sequence in try sequences(task("dyck-1", length: 60)) {
      var depth = 0
      for (symbol, answer) in sequence {
        depth += symbol == "(" ? 1 : -1
        #expect(answer == "\(depth)" && (0...8).contains(depth))
        deepest = max(deepest, depth)
      }
    }
    #expect(deepest == 8)
  }

  @Test func whatMayCloseIsWhatWasOpenedLast() throws {
    for sequence in try sequences(task("dyck-2", length: 60)) {
      var open: [String] = []
      for (symbol, answer) in sequence {
        switch symbol {
        case "(": open.append(")")
        case "[": open.append("]")
        default: #expect(open.popLast() == symbol)
        }
        #expect(answer == open.last ?? "·" && open.count <= 8)
      }
    }
  }

  @Test func theBallIsWhereTheSwapsBringIt() throws {
    var answers: Set<String> = []
    for sequence in try sequences(task("s5")) {
      var cups = ["ball", "", "", "", ""]
      for (symbol, answer) in sequence {
        let pair = symbol.compactMap(\.wholeNumberValue)
        #expect(pair.count == 2 && pair[0] < pair[1])
        cups.swapAt(pair[0] - 1, pair[1] - 1)
        #expect(cups.firstIndex(of: "ball").map { "\($0 + 1)" } == answer)
        answers.insert(answer)
      }
    }
    #expect(answers.count == 5)
  }

  /// Against the strings that the grammar accepts: they end where the answer says so, and two that
  /// are in one state may go on alike.
  @Test func statesOfReberAreThoseOfItsStrings() throws {
    var following: [String: Set<String>] = [:]
    var strings = 0
    for sequence in try sequences(task("reber-states", length: 60)) {
      var letters: [String] = []
      for (symbol, answer) in sequence {
        letters.append(symbol)
        #expect((answer == "6") == (symbol == "E") && (answer == "0") == (symbol == "B"))
        guard symbol == "E" else { continue }
        #expect(ReberGrammar.accepts(letters), "\(letters)")
        (letters, strings) = ([], strings + 1)
      }
      for (now, next) in zip(sequence, sequence.dropFirst()) {
        following[now.answer, default: []].insert(next.symbol)
      }
    }
    #expect(strings > 100)
    let expected: [String: Set<String>] = [
      "0": ["T", "P"], "1": ["S", "X"], "2": ["T", "V"], "3": ["X", "S"], "4": ["P", "V"],
      "5": ["E"], "6": ["B"],
    ]
    #expect(following == expected)
  }

  /// At other pauses what is repeated is judged, and none of the blanks before.
  @Test func copiesAreJudgedByWhatIsRepeated() throws {
    let task = try task("copy", judgedUpTo: 4)
    #expect(task.judged.map(\.steps) == [12, 24, 48])
    for judged in task.judged {
      #expect(judged.data.targetCount == 64 * CopyMemory.copied)
      for example in judged.data.examples {
        guard case .labels(let labels) = example.target else { continue }
        #expect(labels.count == judged.steps + 20 && example.scoredFrom == judged.steps + 10)
        #expect(labels[example.scoredFrom...].allSatisfy { $0 > 0 })
      }
    }
    #expect(task.train.examples.allSatisfy { $0.scoredFrom == 0 && $0.input.steps == 32 })
  }

  @Test func aSequenceIsShownAsItIsRead() throws {
    for (name, separator) in [("dyck-1", ""), ("s5", " ")] {
      let task = try task(name)
      let inputs = try #require(task.inputVocabulary)
      for example in task.train.examples.prefix(5) {
        guard case .tokens(let tokens) = example.input else {
          Issue.record("not symbols")
          return
        }
        let symbols = tokens.map { inputs.name(of: $0) }
        #expect(example.text == symbols.joined(separator: separator))
      }
    }
  }

  @Test(arguments: ["parity", "modular", "dyck-1", "dyck-2", "s5", "reber-states"])
  func eachLengthIsJudgedByItself(_ name: String) throws {
    let task = try task(name, judgedUpTo: 4)
    #expect(task.judged.map(\.steps) == [12, 24, 48])
    for judged in task.judged {
      #expect(judged.data.count == 64)
      #expect(judged.data.examples.allSatisfy { $0.input.steps == judged.steps })
    }
    let lengths = Set(task.train.examples.map(\.input.steps))
    #expect(lengths == Set(6...12) && task.test.examples.allSatisfy { $0.input.steps == 48 })
    // What is judged was not trained on, and changes nothing that is.
    #expect(task.judged[0].data.examples[0].input != task.validation.examples[0].input)
    #expect(try self.task(name).train == task.train)
  }

  @Test func onlyAnswersAtEveryStepAreJudgedByLength() {
    let found = message(
      configuration(.forecasting, .synthetic, "adding") { $0.data.judgedUpTo = 4 })
    #expect(found.hasPrefix("task.data.judged-up-to: only a task with an answer at every step"))
  }

  @Test func aSeriesSaysItsLength() {
    let length = JudgedLength(steps: 256)
    #expect(length.seriesName == "accuracy/at 256 time steps (%)")
    #expect(JudgedLength(seriesName: length.seriesName) == length)
    for other in ["accuracy/at x time steps (%)", "accuracy/at 0 time steps (%)", "accuracy"] {
      #expect(JudgedLength(seriesName: other) == nil)
    }
  }
}
