import SequenceData

/// A writer that knows no context: every source symbol becomes what most often stood at its place in
/// the training set's targets.
struct LetterByLetter {
  static let name = "symbol by symbol"

  private let written: [Int32: Int32]

  /// Nil where sources are no symbols.
  init?(_ task: TaskData) {
    guard case .examples(let examples) = task.train, task.inputVocabulary != nil else { return nil }
    let end = task.outputVocabulary?.end
    var counts: [Int32: [Int32: Int]] = [:]
    for example in examples {
      guard case .tokens(let source) = example.input else { continue }
      let target = example.target.classes.filter { $0 != end }
      guard !target.isEmpty else { continue }
      for (place, symbol) in source.enumerated() {
        counts[symbol, default: [:]][target[place * target.count / source.count], default: 0] += 1
      }
    }
    written = counts.compactMapValues { seen in
      seen.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
  }

  func answer(to example: Example) -> [Int32] {
    guard case .tokens(let source) = example.input else { return [] }
    return source.compactMap { written[$0] }
  }
}
