/// Cells whose sums are normalised, however their inputs enter.
extension GradientCheckCase {
  static var normalisedCases: [GradientCheckCase] {
    CheckedCell.normalised.flatMap { cell in
      [
        GradientCheckCase("\(cell), bidirectional, 2 layers, learned start") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.initialState = .learned
          return stackSubject(configuration)
        },
        GradientCheckCase("\(cell), output final, recurrent dropout, all but one shorter") {
          var subject = stackSubject(.checked(cell), .allButOneShorter, final: true)
          subject.dropout = DropoutSource(probability: 0.3, recurrent: 0.4, seed: 5)
          return subject
        },
        GradientCheckCase("\(cell), encoder–decoder, 2 layers") {
          translationSubject(.checked(cell, layers: 2), source: [2, 3], target: [3, 1])
        },
        GradientCheckCase("\(cell), attention, embedded, residual, 2 layers") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          (configuration.attention, configuration.embedding) = (.additive, 2)
          configuration.residual = true
          return translationSubject(
            configuration, source: [3, 5, 1, 4], target: [4, 2, 5, 1])
        },
      ]
    }
      + CheckedCell.zonedOut.map { cell in
        GradientCheckCase("\(cell), normalised") {
          var configuration = Configuration.checked(cell)
          configuration.layerNorm = true
          var subject = stackSubject(configuration)
          subject.dropout = DropoutSource(probability: 0, seed: 5)
          return subject
        }
      }
      + [(5, nil), (5, 2), (40, 2)].map { (symbols: Int, embedding: Int?) in
        GradientCheckCase("lstm, \(symbols) symbols, embedding \(embedding ?? 0), normalised") {
          var configuration = Configuration.checked(.lstm)
          (configuration.embedding, configuration.layerNorm) = (embedding, true)
          var checked = CheckedBatch(CheckedLengths.mixed.values)
          checked.tokens(symbols)
          checked.classes(4, rows: checked.batch.steps.rowCount)
          return GradientCheck.Subject(
            EveryStepOutput<Double>(
              configuration, sizes: ModelSizes(symbols: symbols, outputs: 4)),
            objective: .crossEntropy, batch: checked.batch)
        }
      }
  }
}
