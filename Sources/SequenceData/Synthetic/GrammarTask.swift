import LinearAlgebra
import TrainingEvents

/// Strings for a network built by hand: `data: { grammar: NAME }`. One half belongs to the language,
/// a quarter differs from such a string in one symbol, a quarter is drawn blindly. The target of
/// each step is whether the string so far belongs to the language.
enum GrammarTask {
  static let stringCount = 2_000

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let names = FormalLanguage.allCases.map(\.rawValue)
    guard let language = FormalLanguage(rawValue: request.data.location) else {
      throw DataError(
        "task.data.grammar", "no language of this name",
        found: DataError.quote(request.data.location), expected: names.joined(separator: ", "),
        suggestion: EditDistance.nearest(to: request.data.location, among: names))
    }
    let length = request.data.length ?? 12
    guard (2...1_000).contains(length) else {
      throw DataError(
        "task.data.length", "not a length of strings", found: "\(length)", expected: "2 to 1000")
    }
    var random = SeededRandom(seed: request.seed, stream: 0x6EA3_3A8)
    let examples = (0..<stringCount).map { number in
      var symbols = number % 4 == 3 ? [] : member(of: language, upTo: length, &random)
      if number % 4 == 3 {
        let count = 1 + random.index(below: length)
        symbols = (0..<count).map { _ in symbol(of: language, &random) }
      } else if number % 4 == 1 {
        symbols[random.index(below: symbols.count)] = symbol(of: language, &random)
      }
      return example(symbols, language)
    }
    let symbols = Vocabulary(symbols: language.alphabet)
    var task = TaskData(
      kind: request.kind, train: .examples([]), inputVocabulary: symbols,
      outputVocabulary: Vocabulary(symbols: ["rejected", "accepted"], unit: .word),
      inputWidth: symbols.count, outputWidth: 2, targetName: "verdict")
    request.distribute(examples, ownTest: nil, into: &task)
    return task
  }

  static func example(_ symbols: [Int32], _ language: FormalLanguage) -> Example {
    let verdicts = symbols.indices.map { language.accepts(symbols[...$0]) ? Int32(1) : 0 }
    return Example(
      input: .tokens(symbols), target: .labels(verdicts),
      text: symbols.map { language.alphabet[Int($0)] }.joined())
  }

  private static func symbol(of language: FormalLanguage, _ random: inout SeededRandom) -> Int32 {
    Int32(random.index(below: language.alphabet.count))
  }

  /// A string of the language with at least one symbol and at most `length`.
  static func member(
    of language: FormalLanguage, upTo length: Int, _ random: inout SeededRandom
  ) -> [Int32] {
    let half = 1 + random.index(below: length / 2)
    if language == .anbn {
      return [Int32](repeating: 0, count: half) + [Int32](repeating: 1, count: half)
    }
    // A walk that opens and closes at will, and closes what is still open at the end.
    var (symbols, open): ([Int32], [Int32]) = ([], [])
    while symbols.count + open.count < 2 * half {
      if !open.isEmpty, random.index(below: 2) == 0 {
        symbols.append(open.removeLast() + 1)
      } else {
        let bracket = Int32(2 * random.index(below: language.alphabet.count / 2))
        symbols.append(bracket)
        open.append(bracket)
      }
    }
    return symbols + open.reversed().map { $0 + 1 }
  }
}
