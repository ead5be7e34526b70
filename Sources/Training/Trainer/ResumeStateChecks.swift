import SequenceData

/// What a state from a file must say before its numbers are used.
extension ResumeState {
  /// Beyond this a count of steps is not exact as a `Double` any more, and no run ever comes there.
  private static let mostSteps = 1 << 53
  /// Symbols, classes or numbers in a row.
  private static let widest = 1_000_000
  /// Characters of a name that messages quote.
  private static let longestName = 100

  /// What no run could have written and arithmetic later on could not bear, with its key; nil when
  /// all is well.
  public var problem: String? {
    countProblem ?? numberProblem ?? vocabularyProblem(inputVocabulary, "inputVocabulary")
      ?? vocabularyProblem(outputVocabulary, "outputVocabulary") ?? widthProblem
      ?? normalisationProblem
  }

  private var countProblem: String? {
    let counts = [
      ("step", step, Self.mostSteps), ("updates", updates, Self.mostSteps),
      ("averaged", averaged ?? 0, Self.mostSteps),
      ("cursor.epoch", cursor.epoch, Self.mostSteps),
      ("cursor.position", cursor.position, Self.mostSteps),
      ("plateau.waited", plateau.waited, Self.mostSteps),
      ("bestStep", bestStep ?? 0, Self.mostSteps),
      ("inputWidth", inputWidth, Self.widest), ("outputWidth", outputWidth, Self.widest),
    ]
    for (key, count, limit) in counts where !(0...limit).contains(count) {
      return "`\(key)` is \(count), expected 0 to \(limit)"
    }
    guard targetName.unicodeScalars.count <= Self.longestName else {
      return "`targetName` has \(targetName.unicodeScalars.count) characters, expected at most "
        + "\(Self.longestName)"
    }
    return nil
  }

  private var numberProblem: String? {
    let most = Double(Self.mostSteps)
    let numbers = [
      ("epoch", epoch, 0...most), ("elapsed", elapsed, 0...most),
      ("learningRate", learningRate ?? 1, 0...Double.greatestFiniteMagnitude),
      ("clipNorm", clipNorm ?? 1, Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude),
      ("clipValue", clipValue ?? 1, Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude),
      ("dropout", dropout ?? 0, 0...1.0.nextDown),
      ("plateau.factor", plateau.factor, 0...Double.greatestFiniteMagnitude),
    ]
    for (key, number, range) in numbers where !range.contains(number) {
      return "`\(key)` is \(number), expected \(Self.words(range))"
    }
    var settings = Preset()
    // A newer version may let other settings change.
    for (path, setting) in (turned ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let key = PresetKeys.byPath[path], key.live != nil else { continue }
      guard key.set(setting.value, in: &settings) else {
        let found = setting.value.map { "\($0)" } ?? "none"
        return "`turned.\(path).value` is \(found), expected \(key.expected)"
      }
    }
    return nil
  }

  private static func words(_ range: ClosedRange<Double>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (.leastNonzeroMagnitude, _): "a number above 0"
    case (_, .greatestFiniteMagnitude): "a number not below 0"
    case (_, 1.0.nextDown): "a number from 0 to below 1"
    default: "a number from 0 to \(Int(range.upperBound))"
    }
  }

  private func vocabularyProblem(_ vocabulary: Vocabulary?, _ key: String) -> String? {
    guard let vocabulary else { return nil }
    guard 1...Self.widest ~= vocabulary.count else {
      return "`\(key).symbols` has \(vocabulary.count) symbols, expected 1 to \(Self.widest)"
    }
    for (name, id) in [("end", vocabulary.end), ("unknown", vocabulary.unknown)] {
      guard let id, !vocabulary.symbols.indices.contains(Int(id)) else { continue }
      return "`\(key).\(name)` is \(id), expected the number of one of its \(vocabulary.count) "
        + "symbols, 0 to \(vocabulary.count - 1)"
    }
    return nil
  }

  private var widthProblem: String? {
    if let count = inputVocabulary?.count, count != inputWidth {
      return "`inputWidth` is \(inputWidth), expected \(count), the number of symbols in "
        + "`inputVocabulary`"
    }
    // More classes than names is what `task.classes` may ask for.
    if let count = outputVocabulary?.count, count > outputWidth {
      return "`outputWidth` is \(outputWidth), expected at least \(count), the number of symbols "
        + "in `outputVocabulary`"
    }
    return nil
  }

  private var normalisationProblem: String? {
    guard let normalisation else { return nil }
    let (means, deviations) = (normalisation.mean, normalisation.standardDeviation)
    guard means.count == deviations.count else {
      return "`normalisation.standardDeviation` has \(deviations.count) numbers, expected "
        + "\(means.count), as many as `normalisation.mean`"
    }
    if !means.isEmpty, means.count != inputWidth, means.count != outputWidth {
      return "`normalisation.mean` has \(means.count) numbers, expected one for each number of a "
        + "row, \(max(inputWidth, outputWidth))"
    }
    if let index = means.firstIndex(where: { !$0.isFinite }) {
      return "`normalisation.mean.\(index)` is \(means[index]), expected a number"
    }
    if let index = deviations.firstIndex(where: { !($0.isFinite && $0 > 0) }) {
      return "`normalisation.standardDeviation.\(index)` is \(deviations[index]), expected a "
        + "number above 0"
    }
    return nil
  }
}
