import LinearAlgebra

/// One combination of cell, variant, direction, loss and batch whose gradient is checked.
public struct GradientCheckCase: Sendable {
  /// Such as `lstm, every step, bidirectional, 2 layers`.
  public let name: String
  private let make: @Sendable () -> GradientCheck.Subject

  init(_ name: String, _ make: @escaping @Sendable () -> GradientCheck.Subject) {
    self.name = name
    self.make = make
  }

  /// A fresh network and batch.
  public func subject() -> GradientCheck.Subject { make() }

  /// Compares backpropagation with finite differences; see `GradientCheck`.
  public func run(entriesPerTensor: Int? = nil) -> GradientCheck {
    GradientCheck(make(), entriesPerTensor: entriesPerTensor)
  }

  /// Every combination: all cells in all variants and directions, all losses, and the batches at
  /// whose edges mistakes hide.
  public static var all: [GradientCheckCase] {
    stackCases + batchShapeCases + inputCases + startCases + objectiveCases + feedbackCases
      + translationCases + imageCases + residualCases + noiseCases + zoneoutCases + tiedCases
      + normalisedCases
  }
}

/// Lengths that mistakes hide in.
enum CheckedLengths: String, CaseIterable {
  case mixed = "mixed lengths"
  case oneSequence = "one sequence"
  case oneStep = "lengths of 1"
  case oneOfOne = "one sequence of length 1"
  case allButOneShorter = "all but one shorter"

  var values: [Int] {
    switch self {
    case .mixed: [3, 5, 1, 4]
    case .oneSequence: [5]
    case .oneStep: [1, 1, 1]
    case .oneOfOne: [1]
    case .allButOneShorter: [2, 1, 6, 2, 3]
    }
  }
}

/// A batch with random contents, the same ones every time.
struct CheckedBatch {
  let batch = SequenceBatch<Double>()
  private var random = SeededRandom(seed: 0xBA7C4)

  init(_ lengths: [Int]) {
    batch.steps.assign(lengths: lengths)
  }

  /// Input vectors, one a step, or one a sequence.
  mutating func vectors(width: Int, onePerSequence: Bool = false) {
    batch.width = width
    let rows = onePerSequence ? batch.sequenceCount : batch.steps.rowCount
    batch.vectors.assign((0..<rows * width).map { _ in random.normal() })
  }

  mutating func tokens(_ symbols: Int) {
    batch.tokens.assign((0..<batch.steps.rowCount).map { _ in draw(symbols) })
  }

  /// Classes in `rows` rows; every fifth has none where `withGaps`.
  mutating func classes(_ count: Int, rows: Int, withGaps: Bool = false) {
    batch.targets.assign((0..<rows).map { withGaps && $0 % 5 == 1 ? -1 : draw(count) })
  }

  mutating func values(width: Int, rows: Int, withGaps: Bool = false) {
    batch.targetValues.assign(
      (0..<rows * width).map { withGaps && $0 / width % 5 == 1 ? .nan : random.normal() })
  }

  mutating func zerosAndOnes(rows: Int) {
    batch.targetValues.assign((0..<rows).map { $0 % 5 == 1 ? .nan : Double(draw(2)) })
  }

  /// Targets with steps of their own; −1 fills up an empty one.
  mutating func targetSequences(_ targets: [[Int32]]) {
    batch.targetSteps.assign(lengths: targets.map(\.count))
    let steps = batch.targetSteps
    batch.targets.resize(steps.rowCount)
    for (k, n) in steps.order.enumerated() {
      for t in 0..<steps.lengths[k] {
        batch.targets[steps.row(step: t, sequence: k)] = targets[n].isEmpty ? -1 : targets[n][t]
      }
    }
  }

  /// Random target sequences of the given lengths.
  mutating func targetSequences(lengths: [Int], symbols: Int) {
    var targets: [[Int32]] = []
    for length in lengths { targets.append((0..<length).map { _ in draw(symbols) }) }
    targetSequences(targets)
  }

  private mutating func draw(_ count: Int) -> Int32 { Int32(random.index(below: count)) }
}

/// A cell with the options that make another one of it.
struct CheckedCell: CustomStringConvertible {
  let kind: CellKind
  var isProjected = false
  var hasPeepholes = false
  var zoneout = 0.0
  var isNormalised = false

  static let all =
    CellKind.allCases.map { CheckedCell(kind: $0) } + [
      CheckedCell(kind: .lstm, isProjected: true), CheckedCell(kind: .lstm, hasPeepholes: true),
      CheckedCell(kind: .lstm, isProjected: true, hasPeepholes: true),
    ]

  /// Those of which units can keep their values of the step before, doing so.
  static let zonedOut = CellKind.allCases.filter(\.description.canZoneOut)
    .map { CheckedCell(kind: $0, zoneout: 0.3) }

  /// Those whose sums can be normalised, normalising them.
  static let normalised = all.filter(\.kind.description.canNormalise).map { cell in
    var cell = cell
    cell.isNormalised = true
    return cell
  }

  var description: String {
    kind.rawValue + (hasPeepholes ? " with peepholes" : "") + (isProjected ? " projected" : "")
      + (zoneout > 0 ? ", zoneout" : "") + (isNormalised ? " normalised" : "")
  }
}

extension NetworkConfiguration {
  static func checked(
    _ checked: CheckedCell, _ direction: Direction = .forward, layers: Int = 1
  ) -> NetworkConfiguration {
    var result = Self.checked(checked.kind, direction, layers: layers)
    result.peepholes = checked.hasPeepholes
    result.projectionSize = checked.isProjected ? 2 : nil
    result.zoneout = checked.zoneout
    result.layerNorm = checked.isNormalised
    return result
  }

  static func checked(
    _ cell: CellKind, _ direction: Direction = .forward, layers: Int = 1
  ) -> NetworkConfiguration {
    var result = NetworkConfiguration()
    result.cell = cell
    result.hidden = 3
    result.layers = layers
    result.direction = direction
    return result
  }
}
