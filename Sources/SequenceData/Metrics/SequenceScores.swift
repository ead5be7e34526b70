import TrainingEvents

/// How near written sequences are to the right ones: exact matches and edit distances.
public struct SequenceScores: Sendable, Equatable, Codable {
  public private(set) var sequences = 0
  /// Sequences that equal an accepted answer from end to end.
  public private(set) var exact = 0
  /// Insertions, deletions and substitutions to the nearest accepted answer, over all sequences.
  public private(set) var edits = 0
  /// Symbols of those nearest answers.
  public private(set) var symbols = 0

  public init() {}

  /// Judges one output against every answer that counts as right, of which the nearest one
  /// counts. End symbols are the caller's to cut off.
  public mutating func add<Symbol: Equatable>(
    _ output: some RandomAccessCollection<Symbol>,
    accepted: [some RandomAccessCollection<Symbol>]
  ) {
    var nearest: (edits: Int, length: Int)?
    for answer in accepted {
      let distance = EditDistance.between(output, answer)
      if distance < nearest?.edits ?? .max { nearest = (distance, answer.count) }
    }
    guard let nearest else { return }
    sequences += 1
    exact += nearest.edits == 0 ? 1 : 0
    edits += nearest.edits
    symbols += nearest.length
  }

  /// Adds what was judged elsewhere.
  public mutating func add(_ other: SequenceScores) {
    sequences += other.sequences
    exact += other.exact
    edits += other.edits
    symbols += other.symbols
  }

  /// Share of sequences that are right from end to end.
  public var exactMatch: Double { sequences > 0 ? Double(exact) / Double(sequences) : 0 }

  /// One minus the exact match: the word error rate of pronunciations, a sequence being a word.
  public var sequenceErrorRate: Double { sequences > 0 ? 1 - exactMatch : 0 }

  /// Edits for each symbol of the right answers: the character error rate where symbols are
  /// characters, the phone error rate where they are phones, the word error rate of sentences
  /// where they are words. Above 1 when far too much was written.
  public var symbolErrorRate: Double { symbols > 0 ? Double(edits) / Double(symbols) : 0 }

  /// Edits for each character of `reference`.
  public static func characterErrorRate(_ output: String, reference: String) -> Double {
    var scores = SequenceScores()
    scores.add(Array(output), accepted: [Array(reference)])
    return scores.symbolErrorRate
  }

  /// Edits for each blank-separated word of `reference`.
  public static func wordErrorRate(_ output: String, reference: String) -> Double {
    var scores = SequenceScores()
    scores.add(
      SymbolUnit.word.split(output), accepted: [SymbolUnit.word.split(reference)])
    return scores.symbolErrorRate
  }
}
