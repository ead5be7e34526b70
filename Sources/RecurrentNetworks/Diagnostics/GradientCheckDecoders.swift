/// Networks that write a sequence of its own length.
extension GradientCheckCase {
  /// A vector to a sequence, and one sequence to another.
  static var translationCases: [GradientCheckCase] {
    CheckedCell.all.flatMap { cell in
      [
        GradientCheckCase("\(cell), vector to sequence") {
          vectorSubject(.checked(cell), .mixed)
        },
        GradientCheckCase("\(cell), vector to sequence, embedded, 2 layers, one sequence") {
          var configuration = Configuration.checked(cell, layers: 2)
          configuration.embedding = 2
          return vectorSubject(configuration, .oneSequence)
        },
        GradientCheckCase("\(cell), encoder–decoder") {
          translationSubject(.checked(cell), source: [3, 5, 1, 4], target: [4, 2, 5, 1])
        },
        GradientCheckCase("\(cell), encoder–decoder, bidirectional, 2 layers, embedded") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.embedding = 2
          return translationSubject(configuration, source: [2, 3], target: [3, 1])
        },
        GradientCheckCase("\(cell), encoder–decoder, one step to one") {
          translationSubject(.checked(cell), source: [1], target: [1])
        },
        GradientCheckCase("\(cell), attention") {
          var configuration = Configuration.checked(cell)
          configuration.attention = .additive
          return translationSubject(configuration, source: [3, 5, 1, 4], target: [4, 2, 5, 1])
        },
        GradientCheckCase("\(cell), attention, bidirectional, 2 layers, embedded, dropout") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.attention = .additive
          configuration.embedding = 2
          var subject = translationSubject(configuration, source: [2, 3], target: [3, 1])
          subject.dropout = DropoutSource(probability: 0.4, seed: 3)
          return subject
        },
        GradientCheckCase("\(cell), attention, source of one time step") {
          var configuration = Configuration.checked(cell)
          configuration.attention = .additive
          return translationSubject(configuration, source: [1, 1], target: [3, 2])
        },
      ]
    }
  }

  private static func vectorSubject(
    _ configuration: Configuration, _ lengths: CheckedLengths
  ) -> GradientCheck.Subject {
    var checked = CheckedBatch(lengths.values)
    checked.vectors(width: 2, onePerSequence: true)
    checked.classes(4, rows: checked.batch.steps.rowCount)
    return GradientCheck.Subject(
      VectorToSequence<Double>(configuration, sizes: ModelSizes(width: 2, outputs: 4)),
      objective: .crossEntropy, batch: checked.batch)
  }

  static func translationSubject(
    _ configuration: Configuration, source: [Int], target: [Int]
  ) -> GradientCheck.Subject {
    var checked = CheckedBatch(source)
    checked.tokens(5)
    checked.targetSequences(lengths: target, symbols: 4)
    let sizes = ModelSizes(symbols: 5, outputs: 4)
    return GradientCheck.Subject(
      configuration.attention == .none
        ? EncoderDecoder<Double>(configuration, sizes: sizes)
        : AttentionDecoder<Double>(configuration, sizes: sizes),
      objective: .crossEntropy, batch: checked.batch)
  }
}
