/// Stacks whose layers hand on their states plus what they read.
extension GradientCheckCase {
  /// Every cell in both directions, as a decoder, and as one that looks back with its top state.
  static var residualCases: [GradientCheckCase] {
    CheckedCell.all.flatMap { cell in
      [
        GradientCheckCase("\(cell), residual, 3 layers, dropout") {
          var subject = stackSubject(.residual(cell, layers: 3))
          subject.dropout = DropoutSource(probability: 0.4, seed: 3)
          return subject
        },
        GradientCheckCase("\(cell), residual, bidirectional, 3 layers, output final") {
          stackSubject(.residual(cell, .bidirectional, layers: 3), final: true)
        },
        GradientCheckCase("\(cell), residual, encoder–decoder, bidirectional, 2 layers") {
          translationSubject(
            .residual(cell, .bidirectional, layers: 2), source: [2, 3], target: [3, 1])
        },
        GradientCheckCase("\(cell), residual, attention, 3 layers, dropout") {
          var configuration = Configuration.residual(cell, layers: 3)
          configuration.attention = .additive
          var subject = translationSubject(configuration, source: [3, 1, 2], target: [2, 4, 1])
          subject.dropout = DropoutSource(probability: 0.4, seed: 3)
          return subject
        },
      ]
    }
  }
}

extension NetworkConfiguration {
  fileprivate static func residual(
    _ cell: CheckedCell, _ direction: Direction = .forward, layers: Int
  ) -> NetworkConfiguration {
    var result = Self.checked(cell, direction, layers: layers)
    result.residual = true
    return result
  }
}
