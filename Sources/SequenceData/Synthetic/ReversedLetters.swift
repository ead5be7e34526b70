/// Words of random letters, to be written backwards: what is read first is written last, so that all
/// of a word has to pass whatever joins the two halves of a network.
///
/// Words have between a third of `length` and `length` letters.
enum ReversedLetters {
  static let alphabet = ["\n", "a", "b", "c", "d", "e", "f", "g", "h"]

  static func make(_ parts: SyntheticTask.Parts) -> TaskData {
    let shortest = max(1, parts.length / 3)
    let made = parts.examples { random, _ in
      let count = shortest + random.index(below: parts.length - shortest + 1)
      let letters = (0..<count).map { _ in Int32(1 + random.index(below: alphabet.count - 1)) }
      return Example(
        input: .tokens(letters), target: .labels(letters.reversed() + [0]),
        text: letters.map { alphabet[Int($0)] }.joined())
    }
    let letters = Vocabulary(symbols: alphabet, end: 0)
    return TaskData(
      kind: .sequenceToSequence, train: made.train, validation: made.validation, test: made.test,
      inputVocabulary: letters, outputVocabulary: letters, inputWidth: alphabet.count,
      outputWidth: alphabet.count, targetName: "letter")
  }
}
