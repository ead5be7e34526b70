/// Networks of one stack: every cell, output and direction; batches; inputs; beginnings.
extension GradientCheckCase {
  typealias Configuration = NetworkConfiguration

  static func stackSubject(
    _ configuration: Configuration, _ lengths: CheckedLengths = .mixed, final: Bool = false
  ) -> GradientCheck.Subject {
    var checked = CheckedBatch(lengths.values)
    checked.vectors(width: 2)
    checked.classes(
      4, rows: final ? checked.batch.sequenceCount : checked.batch.steps.rowCount,
      withGaps: !final)
    let sizes = ModelSizes(width: 2, outputs: 4)
    return GradientCheck.Subject(
      final
        ? FinalOutput<Double>(configuration, sizes: sizes)
        : EveryStepOutput<Double>(configuration, sizes: sizes), objective: .crossEntropy,
      batch: checked.batch)
  }

  /// Every cell × output at every step or at the end × direction × 1 or 2 layers.
  static var stackCases: [GradientCheckCase] {
    CheckedCell.all.flatMap { cell in
      Configuration.Output.allCases.flatMap { output in
        Configuration.Direction.allCases.flatMap { direction in
          [1, 2].map { layers in
            let layerText = layers == 1 ? "1 layer" : "\(layers) layers, dropout"
            return GradientCheckCase(
              "\(cell), output \(output.rawValue), \(direction.rawValue), \(layerText)"
            ) {
              var subject = stackSubject(
                .checked(cell, direction, layers: layers), final: output == .final)
              if layers > 1 { subject.dropout = DropoutSource(probability: 0.4, seed: 3) }
              return subject
            }
          }
        }
      }
    }
  }

  /// Every cell × batch shape, in both directions at once.
  static var batchShapeCases: [GradientCheckCase] {
    CheckedCell.all.flatMap { cell in
      CheckedLengths.allCases.filter { $0 != .mixed }.map { lengths in
        GradientCheckCase("\(cell), bidirectional, \(lengths.rawValue)") {
          stackSubject(.checked(cell, .bidirectional), lengths)
        }
      }
    }
  }

  /// Symbols, one-hot or embedded, more or fewer of them than there are steps.
  static var inputCases: [GradientCheckCase] {
    CheckedCell.all.flatMap { cell in
      [(5, nil), (5, 2), (40, 2)].map { (symbols: Int, embedding: Int?) in
        let text = embedding == nil ? "one-hot" : "embedded"
        return GradientCheckCase("\(cell), \(symbols) symbols \(text)") {
          var configuration = Configuration.checked(cell)
          configuration.embedding = embedding
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

  /// Language models whose V is their E.
  static var tiedCases: [GradientCheckCase] {
    [(CellKind.lstm, 5, 1), (.tanh, 40, 2), (.gru, 5, 2)].map { cell, symbols, layers in
      GradientCheckCase("\(cell), \(symbols) symbols, \(layers) layers, tied weights") {
        var configuration = Configuration.checked(cell, layers: layers)
        (configuration.embedding, configuration.tieWeights) = (3, true)
        var checked = CheckedBatch(CheckedLengths.mixed.values)
        checked.tokens(symbols)
        checked.classes(symbols, rows: checked.batch.steps.rowCount, withGaps: true)
        return GradientCheck.Subject(
          EveryStepOutput<Double>(
            configuration, sizes: ModelSizes(symbols: symbols, outputs: symbols)),
          objective: .crossEntropy, batch: checked.batch)
      }
    }
  }

  /// States that are learned, and states carried over from the chunk before.
  static var startCases: [GradientCheckCase] {
    CheckedCell.all.flatMap { cell in
      [
        GradientCheckCase("\(cell), learned initial state, bidirectional") {
          var configuration = Configuration.checked(cell, .bidirectional, layers: 2)
          configuration.initialState = .learned
          return stackSubject(configuration)
        },
        GradientCheckCase("\(cell), state carried from the chunk before") {
          let subject = stackSubject(.checked(cell, layers: 2))
          let carried = CarriedState<Double>(
            sequences: subject.batch.sequenceCount, width: subject.model.carriedWidth)
          for i in 0..<carried.sequences * carried.width {
            carried.values.base[i] = Double(i % 7) / 7 - 0.4
          }
          carried.isFresh = false
          subject.batch.carried = carried
          return subject
        },
        GradientCheckCase("\(cell), autonomous") {
          var checked = CheckedBatch(CheckedLengths.mixed.values)
          checked.values(width: 2, rows: checked.batch.steps.rowCount)
          return GradientCheck.Subject(
            AutonomousSystem<Double>(.checked(cell, layers: 2), outputs: 2),
            objective: .squaredError, batch: checked.batch)
        },
      ]
    }
  }
}
