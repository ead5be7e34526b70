import LinearAlgebra

/// Strings that a little automaton writes, each way out of a state equally likely. What can be
/// known of the next letter is known exactly: its entropy is the least loss there is.
enum ReberGrammar {
  /// From each state, the letter written and the state it leads to; state 5 is the end.
  static let arrows: [[(letter: String, next: Int)]] = [
    [("T", 1), ("P", 2)],
    [("S", 1), ("X", 3)],
    [("T", 2), ("V", 4)],
    [("X", 2), ("S", 5)],
    [("P", 3), ("V", 5)],
  ]
  static let alphabet = ["\n", "B", "E", "P", "S", "T", "V", "X"]

  /// Draws a string and counts its free choices, each worth one bit.
  static func string(_ random: inout SeededRandom) -> (letters: [String], choices: Int) {
    var (letters, state, choices) = (["B"], 0, 0)
    while state < arrows.count {
      let arrow = arrows[state][random.index(below: 2)]
      letters.append(arrow.letter)
      state = arrow.next
      choices += 1
    }
    return (letters + ["E"], choices)
  }

  /// Whether the automaton writes this string.
  static func accepts(_ letters: [String]) -> Bool {
    guard letters.count >= 2, letters.first == "B", letters.last == "E" else { return false }
    var state = 0
    for letter in letters[1..<letters.count - 1] {
      guard state < arrows.count,
        let arrow = arrows[state].first(where: { $0.letter == letter })
      else { return false }
      state = arrow.next
    }
    return state == arrows.count
  }

  static func make(_ parts: SyntheticTask.Parts, _ request: LoadRequest) -> TaskData {
    let vocabulary = Vocabulary(symbols: alphabet, end: 0)
    var (choices, targets) = (0, 0)
    func part(_ number: UInt64, _ count: Int) -> DataSet {
      var (table, random) = (ItemTable(vocabularySize: alphabet.count), parts.random(number))
      (choices, targets) = (0, 0)
      for _ in 0..<count {
        let drawn = string(&random)
        for letter in drawn.letters { if let id = vocabulary.id(of: letter) { table.append(id) } }
        table.endItem()
        choices += drawn.choices
        targets += drawn.letters.count + 1
      }
      return .lines(table)
    }
    var task = TaskData(
      kind: .languageModel, train: part(1, parts.counts.train),
      validation: part(2, parts.counts.validation), test: part(3, parts.counts.test),
      inputVocabulary: vocabulary, outputVocabulary: vocabulary, inputWidth: alphabet.count,
      outputWidth: alphabet.count, targetName: "character")
    if targets > 0 {
      // The last part made is the test set: its bits for each target, which nothing can beat.
      task.baselines = [
        Baseline("the grammar itself", .bitsPerCharacter, Double(choices) / Double(targets))
      ]
    }
    return task
  }
}
