/// Ten symbols out of eight, a pause, a mark, ten more blanks: at the mark the network is to repeat
/// the ten symbols, and until then to write blanks. T = `length` steps lie between reading a symbol
/// and repeating it.
///
/// Without a memory the best is blanks until the end and then a guess: 10 ln 8 / (T + 20) nats for
/// each of the T + 20 targets.
enum CopyMemory {
  static let symbols = 8
  static let copied = 10
  /// Blank, the symbols, the mark; the mark is never written.
  static let alphabet = ["-", "a", "b", "c", "d", "e", "f", "g", "h", "?"]

  static func make(_ parts: SyntheticTask.Parts) -> TaskData {
    let pause = parts.length
    let mark = Int32(symbols + 1)
    let made = parts.examples { random, _ in
      let letters = (0..<copied).map { _ in Int32(1 + random.index(below: symbols)) }
      var inputs = letters
      inputs += repeatElement(0, count: pause - 1)
      inputs.append(mark)
      inputs += repeatElement(0, count: copied)
      return Example(
        input: .tokens(inputs),
        target: .labels([Int32](repeating: 0, count: pause + copied) + letters),
        // Blanks are right without a memory: at several pauses what is repeated counts alone.
        scoredFrom: parts.isExact ? pause + copied : 0,
        text: letters.map { alphabet[Int($0)] }.joined())
    }
    let written = Vocabulary(symbols: Array(alphabet.dropLast()))
    var task = TaskData(
      kind: .sequenceLabelling, train: made.train, validation: made.validation, test: made.test,
      inputVocabulary: Vocabulary(symbols: alphabet), outputVocabulary: written,
      inputWidth: alphabet.count, outputWidth: written.count, targetName: "symbol")
    let guess = InformationMeasures.entropy([Int](repeating: 1, count: symbols))
    task.baselines = [
      Baseline("no memory", .nats, Double(copied) * guess / Double(pause + 2 * copied))
    ]
    return task
  }
}
