import LinearAlgebra
import RecurrentNetworks
import Testing

/// Recurrence through the output, forced and free, against PyTorch and by itself.
@Suite struct OutputRecurrenceTests {
  static let names = ["output-recurrence-free", "output-recurrence-teacher"]

  @Test(arguments: names) func agreesInDouble(_ name: String) throws {
    try check(name, Double.self, tolerance: 1e-10)
  }

  @Test(arguments: names) func agreesInFloat(_ name: String) throws {
    try check(name, Float.self, tolerance: 1e-4)
  }

  func check<Scalar: NetworkScalar>(
    _ name: String, _ type: Scalar.Type, tolerance: Double
  ) throws {
    let fixture = try Fixture.load(name)
    let (model, batch) = try Self.build(fixture, type)
    try expectAgreement(model, batch, with: fixture, tolerance: tolerance)
  }

  static func build<Scalar: NetworkScalar>(
    _ fixture: Fixture, _ type: Scalar.Type
  ) throws -> (OutputRecurrence<Scalar>, SequenceBatch<Scalar>) {
    var configuration = NetworkConfiguration()
    configuration.hidden = fixture.config.H
    configuration.recurrence = .output
    configuration.teacherForcing = fixture.config.teacher_forced == true ? 1 : 0
    let width = try #require(fixture.config.D)
    let batch = SequenceBatch<Scalar>()
    batch.steps.assign(lengths: Array(repeating: fixture.config.T, count: fixture.config.N))
    let inputs = try #require(fixture.batch.inputs)
    batch.width = width
    batch.vectors.assign(
      batch.packed(batch.steps) { inputs[$0][$1].map { Scalar($0) } }.flatMap { $0 })
    guard case .steps(let targets) = fixture.batch.targets else { throw MissingTargets() }
    batch.targets.assign(batch.packed(batch.steps) { Int32(targets[$0][$1]) })
    let model = OutputRecurrence<Scalar>(
      configuration, sizes: ModelSizes(width: width, outputs: fixture.config.K))
    return (model, batch)
  }

  struct MissingTargets: Error {}

  func model(hidden: Int, sizes: ModelSizes) -> OutputRecurrence<Double> {
    var configuration = NetworkConfiguration()
    configuration.hidden = hidden
    return OutputRecurrence(configuration, sizes: sizes)
  }

  @Test func eachStateSaysWhetherItsOutputIsHandedOn() throws {
    let batch = RandomBatch.vectors(lengths: [4, 6, 1], width: 2, classes: 5)
    var check = GradientCase(model(hidden: 3, sizes: ModelSizes(width: 2, outputs: 5)), batch)
    check.teacherForcing = TeacherForcing(share: 0, seed: 3)
    #expect(check.loss().isFinite)
    let layer = try #require(check.model.stacks.first?.layers.first)
    #expect(layer.fedBack?.ownIsHandedOn.count == 11)
  }

  @Test(arguments: [0.0, 0.5, 1.0]) func gradientsAreExactAtAnyShare(_ share: Double) {
    let batch = RandomBatch.vectors(lengths: [4, 6, 1], width: 2, classes: 5)
    var check = GradientCase(
      model(hidden: 3, sizes: ModelSizes(width: 2, outputs: 5)), batch)
    check.teacherForcing = TeacherForcing(share: share, seed: 3)
    #expect(check.worstError() < 1e-7)
  }

  @Test(arguments: [0.0, 0.4, 1.0]) func realOutputsAreFedBackExactly(_ share: Double) {
    let batch = RandomBatch.vectors(lengths: [5, 3], width: 1, classes: 2)
    var random = SeededRandom(seed: 4)
    batch.targetValues.assign((0..<batch.steps.rowCount * 2).map { _ in random.normal() })
    // A target that is not known is replaced by the network's own output.
    batch.targetValues[2] = .nan
    var check = GradientCase(
      model(hidden: 4, sizes: ModelSizes(width: 1, outputs: 2, targets: .values)), batch,
      objective: .squaredError)
    check.teacherForcing = TeacherForcing(share: share, seed: 5)
    #expect(check.worstError() < 1e-7)
    #expect(check.loss().isFinite)
  }

  @Test func aShareDrawsBothAndTheSameForTheSameSeed() {
    let batch = RandomBatch.vectors(lengths: [30], width: 2, classes: 3)
    var check = GradientCase(
      model(hidden: 3, sizes: ModelSizes(width: 2, outputs: 3)), batch)
    func outputs(_ share: Double, _ seed: UInt64) -> [Double] {
      check.teacherForcing = TeacherForcing(share: share, seed: seed)
      return check.outputs()
    }
    #expect(outputs(0.5, 1) == outputs(0.5, 1))
    #expect(outputs(0.5, 1) != outputs(0.5, 2))
    #expect(outputs(0.5, 1) != outputs(1, 1) && outputs(0.5, 1) != outputs(0, 1))
    #expect(outputs(1, 1) == outputs(1, 2) && outputs(0, 1) == outputs(0, 2))
  }

  @Test(arguments: [0.0, 1.0]) func outputsCrossFromChunkToChunk(_ share: Double) {
    let whole = RandomBatch.vectors(lengths: [6], width: 2, classes: 3)
    let network = model(hidden: 3, sizes: ModelSizes(width: 2, outputs: 3))
    var check = GradientCase(network, whole)
    check.teacherForcing = TeacherForcing(share: share)
    let expected = check.outputs()
    let chunk = SequenceBatch<Double>()
    chunk.steps.assign(lengths: [3])
    chunk.width = 2
    chunk.carried = CarriedState(sequences: 1, width: network.carriedWidth)
    var found: [Double] = []
    for start in [0, 3] {
      chunk.vectors.assign((start * 2..<(start + 3) * 2).map { whole.vectors[$0] })
      chunk.targets.assign((start..<start + 3).map { whole.targets[$0] })
      check.batch = chunk
      found += check.outputs()
    }
    #expect(relativeError(found, expected) < 1e-14)
  }
}
