/// Losses other than cross-entropy, and networks whose output feeds the next step.
extension GradientCheckCase {
  /// Squared error, yes or no, and CTC.
  static var objectiveCases: [GradientCheckCase] {
    CellKind.allCases.flatMap { cell in
      [
        GradientCheckCase("\(cell), squared error, gaps between targets") {
          var checked = CheckedBatch(CheckedLengths.mixed.values)
          checked.vectors(width: 2)
          checked.values(width: 3, rows: checked.batch.steps.rowCount, withGaps: true)
          return GradientCheck.Subject(
            EveryStepOutput<Double>(.checked(cell), sizes: ModelSizes(width: 2, outputs: 3)),
            objective: .squaredError, batch: checked.batch)
        },
        GradientCheckCase("\(cell), binary cross-entropy, output final") {
          var checked = CheckedBatch(CheckedLengths.mixed.values)
          checked.vectors(width: 2)
          checked.zerosAndOnes(rows: checked.batch.sequenceCount)
          return GradientCheck.Subject(
            FinalOutput<Double>(.checked(cell), sizes: ModelSizes(width: 2, outputs: 1)),
            objective: .binaryCrossEntropy, batch: checked.batch)
        },
        GradientCheckCase("\(cell), CTC, repeated labels, bidirectional") {
          alignmentSubject(
            cell, lengths: [6, 3, 5], targets: [[0, 0, 1, 1], [2, 2], [1, 0, 1]])
        },
      ]
    } + [
      GradientCheckCase("gru, CTC, targets empty, as long as can be, and too long") {
        alignmentSubject(
          .gru, lengths: [4, 3, 3, 1, 2], targets: [[], [1, 1], [0, 1, 2], [2], [1, 1, 1]])
      }
    ]
  }

  private static func alignmentSubject(
    _ cell: CellKind, lengths: [Int], targets: [[Int32]]
  ) -> GradientCheck.Subject {
    var checked = CheckedBatch(lengths)
    checked.vectors(width: 2)
    checked.targetSequences(targets)
    return GradientCheck.Subject(
      EveryStepOutput<Double>(
        .checked(cell, .bidirectional), sizes: ModelSizes(width: 2, outputs: 4)),
      objective: .connectionistTemporalClassification, batch: checked.batch)
  }

  /// Recurrence from the output, with every share of true outputs.
  static var feedbackCases: [GradientCheckCase] {
    [(0.0, "free-running"), (0.5, "half forced"), (1.0, "teacher forced")].flatMap {
      (share: Double, title: String) in
      [
        GradientCheckCase("output recurrence, \(title)") {
          var checked = CheckedBatch(CheckedLengths.mixed.values)
          checked.vectors(width: 2)
          checked.classes(4, rows: checked.batch.steps.rowCount)
          return GradientCheck.Subject(
            OutputRecurrence<Double>(.checked(.tanh), sizes: ModelSizes(width: 2, outputs: 4)),
            objective: .crossEntropy, batch: checked.batch,
            teacherForcing: TeacherForcing(share: share, seed: 5))
        },
        GradientCheckCase("output recurrence of values, \(title), all but one shorter") {
          var checked = CheckedBatch(CheckedLengths.allButOneShorter.values)
          checked.tokens(4)
          checked.values(width: 3, rows: checked.batch.steps.rowCount, withGaps: true)
          return GradientCheck.Subject(
            OutputRecurrence<Double>(
              .checked(.tanh), sizes: ModelSizes(symbols: 4, outputs: 3, targets: .values)),
            objective: .squaredError, batch: checked.batch,
            teacherForcing: TeacherForcing(share: share, seed: 5))
        },
      ]
    }
  }
}
