import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// CTC against PyTorch's `ctc_loss` (blank last, `zero_infinity`), against the sum over every path
/// there is, and at its edges.
@Suite struct ConnectionistTemporalClassificationTests {
  static let objective = Objective.connectionistTemporalClassification

  // MARK: PyTorch

  /// What the fixture has beyond other fixtures.
  struct Reference: Decodable {
    var losses: [Double]
    var outputs: [[[Double]]]
    var output_gradients: [[[Double]]]

    static func load() throws -> Reference {
      let url = try #require(
        Bundle.module.url(
          forResource: "lstm-bidirectional-ctc", withExtension: "json", subdirectory: "Fixtures"))
      return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
    }
  }

  @Test func agreesInDouble() throws { try check(Double.self, tolerance: 1e-10) }
  @Test func agreesInFloat() throws { try check(Float.self, tolerance: 1e-4) }

  /// Targets with repeats, without symbols, exactly as long as can be, and too long.
  func check<Scalar: NetworkScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let fixture = try Fixture.load("lstm-bidirectional-ctc")
    let reference = try Reference.load()
    var configuration = NetworkConfiguration()
    configuration.cell = .lstm
    configuration.hidden = fixture.config.H
    configuration.direction = .bidirectional
    let width = try #require(fixture.config.D)
    let model = EveryStepOutput<Scalar>(
      configuration, sizes: ModelSizes(width: width, outputs: fixture.config.K))
    let inputs = try #require(fixture.batch.inputs)
    let batch = Self.batch(
      lengths: try #require(fixture.batch.lengths), targets: try #require(fixture.batch.target),
      Scalar.self)
    batch.width = width
    batch.vectors.assign(
      batch.packed(batch.steps) { inputs[$0][$1].map { Scalar($0) } }.flatMap { $0 })
    let parameters = ParameterVector<Scalar>(model.layout)
    try parameters.load(fixture.tensors)
    let gradient = ParameterVector<Scalar>(model.layout)
    let pass = Pass(parameters: parameters, gradient: gradient, arena: Arena<Scalar>())
    for _ in 0..<2 {
      pass.arena.reset()
      gradient.fill(0)
      let outputs = model.outputs(batch, pass)
      let count = Self.objective.targetCount(batch, outputWidth: outputs.columns)
      #expect(count == 3 + 1 + 4 + 3)
      let each = RowLosses(losses: pass.arena.scalars(5), probabilities: pass.arena.scalars(5))
      let loss = Self.objective.evaluate(
        outputs, batch, scale: 1 / Scalar(count), each: each)
      #expect(loss.targets == count)
      #expect(loss.unreachable == 1)
      #expect(relativeError([loss.mean], [fixture.loss]) <= tolerance)
      for (k, n) in batch.steps.order.enumerated() where n < 4 {
        #expect(relativeError([Double(each.losses[k])], [reference.losses[n]]) <= tolerance)
      }
      let expected = batch.packed(batch.steps) { reference.output_gradients[$0][$1] }
      #expect(
        relativeError(outputs.elements.map { Double($0) }, expected.flatMap { $0 }) <= tolerance)
      model.backward(outputs, batch, pass)
      for parameter in model.layout.parameters {
        let ours = gradient.matrix(parameter).elements.map { Double($0) }
        let theirs = try #require(fixture.gradients[parameter.name])
        #expect(relativeError(ours, theirs.values) <= tolerance, "\(parameter.name)")
      }
    }
  }

  // MARK: Every path

  @Test(arguments: [
    (4, [0, 1]), (4, [1, 1]), (3, []), (5, [0, 0, 1]), (1, [1]), (1, []), (3, [1, 1]),
    (5, [0, 0, 0]),
  ]) func sumsEveryPath(_ steps: Int, _ target: [Int]) {
    let logits = Self.logits(rows: steps, columns: 3, seed: 3)
    var probability = 0.0
    forEachPath(steps: steps, symbols: 3) { path in
      if spelling(path, blank: 2) == target {
        probability += path.enumerated().reduce(1) { $0 * softmax(logits[$1.offset])[$1.element] }
      }
    }
    let (loss, _) = evaluate([logits], targets: [target])
    #expect(relativeError([loss.sum], [-log(probability)]) < 1e-13)
  }

  @Test func gradientIsTheDifferenceQuotient() {
    let logits = Self.logits(rows: 6, columns: 4, seed: 8)
    let target = [2, 2, 0]
    let (_, gradient) = evaluate([logits], targets: [target])
    for t in 0..<6 {
      for j in 0..<4 {
        var (above, below) = (logits, logits)
        above[t][j] += 1e-5
        below[t][j] -= 1e-5
        let quotient =
          (evaluate([above], targets: [target]).0.sum
            - evaluate([below], targets: [target]).0.sum) / 2e-5
        #expect(abs(quotient - gradient[t * 4 + j]) < 1e-9)
      }
    }
  }

  // MARK: Edges

  @Test func targetTooLongIsReportedAndLearnsNothing() {
    let logits = Self.logits(rows: 3, columns: 3, seed: 1)
    for target in [[0, 1, 0, 1], [1, 1, 0], [0, 7]] {
      let (loss, gradient) = evaluate([logits], targets: [target])
      #expect(loss == LossTotal(unreachable: 1))
      #expect(gradient == gradient.map { _ in 0 })
    }
    let both = evaluate([logits, logits], targets: [[1, 1, 0], [0, 1]])
    let alone = evaluate([logits], targets: [[0, 1]])
    #expect(both.0.sum == alone.0.sum)
    #expect(both.0.targets == 2)
    #expect(both.0.unreachable == 1)
  }

  /// A target far too unlikely for a probability to hold, whose three symbols cost 100 nats each.
  @Test func neverUnderflows() {
    func loss(_ logit: Double) -> (LossTotal, gradient: [Double]) {
      let logits = Self.logits(rows: 400, columns: 3, seed: 4)
      return evaluate([logits.map { [$0[0] - logit, $0[1], $0[2]] }], targets: [[0, 0, 0]])
    }
    #expect(abs(loss(900).0.sum - loss(800).0.sum - 300) < 1e-6)
    #expect(loss(900).gradient.filter { !$0.isFinite } == [])
    #expect(evaluate([[[-Double.infinity, 0, 0]]], targets: [[0]]).0.sum == .infinity)
  }

  @Test func notANumberStaysVisible() {
    var logits = Self.logits(rows: 3, columns: 3, seed: 2)
    logits[1][2] = .nan
    #expect(!evaluate([logits], targets: [[1]]).0.sum.isFinite)
  }

  @Test func countsSpelledTargets() {
    // Likeliest path 0 0 – 1: spells 0 1.
    let logits = [[5.0, 0, 0], [5, 0, 0], [0, 0, 5], [0, 5, 0]]
    #expect(evaluate([logits], targets: [[0, 1]]).0.correct == 2)
    #expect(evaluate([logits], targets: [[0]]).0.correct == 0)
    #expect(evaluate([logits], targets: [[0, 1, 0]]).0.correct == 0)
    #expect(evaluate([[[0, 0, 5.0]]], targets: [[]]).0.correct == 1)
  }

  // MARK: Support

  private func evaluate(
    _ logits: [[[Double]]], targets: [[Int]]
  ) -> (LossTotal, gradient: [Double]) {
    let batch = Self.batch(lengths: logits.map(\.count), targets: targets, Double.self)
    let columns = logits[0][0].count
    let outputs = Arena<Double>().packedMatrix(batch, columns: columns) { logits[$0][$1] }
    let loss = Self.objective.evaluate(outputs.matrix, batch, scale: 1)
    return (loss, outputs.matrix.elements)
  }

  static func batch<Scalar: NetworkScalar>(
    lengths: [Int], targets: [[Int]], _ type: Scalar.Type
  ) -> SequenceBatch<Scalar> {
    let batch = SequenceBatch<Scalar>()
    batch.steps.assign(lengths: lengths)
    batch.targetSteps.assign(lengths: targets.map(\.count))
    batch.targets.assign(
      batch.packed(batch.targetSteps) { $1 < targets[$0].count ? Int32(targets[$0][$1]) : -1 })
    return batch
  }

  static func logits(rows: Int, columns: Int, seed: UInt64) -> [[Double]] {
    var random = SeededRandom(seed: seed)
    return (0..<rows).map { _ in (0..<columns).map { _ in 1.5 * random.normal() } }
  }
}

/// A matrix together with the memory that holds it.
struct HeldMatrix<Scalar: NetworkScalar> {
  let arena: Arena<Scalar>
  let matrix: Matrix<Scalar>
}

extension Arena {
  /// Rows of `columns` values a step, in packed order.
  func packedMatrix(
    _ batch: SequenceBatch<Scalar>, columns: Int, _ row: (Int, Int) -> [Scalar]
  ) -> HeldMatrix<Scalar> {
    let result = matrix(batch.steps.rowCount, columns)
    for (r, values) in batch.packed(batch.steps, row).enumerated() {
      for (c, value) in values.enumerated() { result[r, c] = value }
    }
    return HeldMatrix(arena: self, matrix: result)
  }
}

func softmax(_ logits: [Double]) -> [Double] {
  let sum = logits.reduce(0) { $0 + exp($1) }
  return logits.map { exp($0) / sum }
}

/// Calls `body` with each sequence of `steps` symbols below `symbols`.
func forEachPath(steps: Int, symbols: Int, _ body: ([Int]) -> Void) {
  var path = [Int](repeating: 0, count: steps)
  while true {
    body(path)
    var place = 0
    while place < steps {
      path[place] += 1
      if path[place] < symbols { break }
      path[place] = 0
      place += 1
    }
    if place == steps { return }
  }
}

/// Neighbours that repeat merged, then blanks removed.
func spelling(_ path: [Int], blank: Int) -> [Int] {
  path.indices.filter { ($0 == 0 || path[$0] != path[$0 - 1]) && path[$0] != blank }
    .map { path[$0] }
}
