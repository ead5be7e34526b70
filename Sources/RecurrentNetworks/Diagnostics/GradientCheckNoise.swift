/// Networks of whose states and symbols some are dropped, always the same ones.
extension GradientCheckCase {
  /// Recurrent dropout of every cell that has a W, and dropped symbols however they enter.
  static var noiseCases: [GradientCheckCase] {
    let recurrent = CheckedCell.all.filter { $0.kind.description.hasRecurrentWeights }
    return recurrent.flatMap { cell in
      [
        GradientCheckCase("\(cell), recurrent dropout, bidirectional, 2 layers, learned start") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.initialState = .learned
          return dropping(stackSubject(configuration))
        },
        GradientCheckCase("\(cell), recurrent dropout, output final, all but one shorter") {
          dropping(stackSubject(.checked(cell), .allButOneShorter, final: true))
        },
        GradientCheckCase("\(cell), attention, embedded, 2 layers, everything dropped") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.attention = .additive
          configuration.embedding = 2
          return dropping(
            translationSubject(configuration, source: [3, 5, 1, 4], target: [4, 2, 5, 1]))
        },
      ]
    }
      + [(5, nil), (5, 2), (40, 2)].map { (symbols: Int, embedding: Int?) in
        let text = embedding == nil ? "one-hot" : "embedded"
        return GradientCheckCase("lstm, \(symbols) symbols \(text), some dropped") {
          var configuration = Configuration.checked(.lstm)
          configuration.embedding = embedding
          var checked = CheckedBatch(CheckedLengths.mixed.values)
          checked.tokens(symbols)
          checked.classes(4, rows: checked.batch.steps.rowCount)
          return dropping(
            GradientCheck.Subject(
              EveryStepOutput<Double>(
                configuration, sizes: ModelSizes(symbols: symbols, outputs: 4)),
              objective: .crossEntropy, batch: checked.batch))
        }
      }
  }

  /// Cells that keep some of the state before, as masks say in training and on average elsewhere.
  static var zoneoutCases: [GradientCheckCase] {
    CheckedCell.zonedOut.flatMap { cell in
      [
        GradientCheckCase("\(cell), bidirectional, 2 layers, learned start") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.initialState = .learned
          return dropping(stackSubject(configuration))
        },
        GradientCheckCase("\(cell) on average, output final, all but one shorter") {
          stackSubject(.checked(cell), .allButOneShorter, final: true)
        },
        GradientCheckCase("\(cell), attention, 2 layers") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.attention = .additive
          return dropping(
            translationSubject(configuration, source: [3, 5, 1, 4], target: [4, 2, 5, 1]))
        },
      ]
    }
  }

  private static func dropping(_ subject: GradientCheck.Subject) -> GradientCheck.Subject {
    var subject = subject
    subject.dropout = DropoutSource(probability: 0.3, recurrent: 0.4, symbols: 0.3, seed: 5)
    return subject
  }
}
