import CAllocationCounter
import LinearAlgebra
import RecurrentNetworks
import Testing

/// Once the largest batch has been seen, a training step asks for no memory: its time does not
/// depend on the allocator, and its threads do not wait for each other there.
@Suite(.enabled(if: allocation_counter_is_available() != 0)) struct AllocationTests {
  @Test func theCounterCounts() {
    #expect(count { withExtendedLifetime([Int](repeating: 1, count: 2)) {} } == 1)
    #expect(count {} == 0)
  }

  @Test(arguments: GradientCheckCase.all.map(\.name))
  func aSteadyStepAllocatesNothing(_ name: String) throws {
    let check = try #require(GradientCheckCase.all.first { $0.name == name })
    let subject = check.subject()
    let training = Training(subject)
    // The arena grows in the first step, and is one block from the second on.
    for _ in 0..<3 { training.step() }
    // The least of a few: the runtime looks some types up late, once for the whole program.
    #expect((0..<3).map { _ in count { training.step() } }.min() == 0, "\(name)")
  }

  /// In an unoptimised build the standard library's generic code keeps frames of 40 bytes on the
  /// heap while it reads an element; the smallest array takes more.
  private static var frameSize: UInt {
    #if DEBUG
      40
    #else
      0
    #endif
  }

  private func count(_ body: () -> Void) -> Int {
    allocation_counter_start(Self.frameSize)
    body()
    return allocation_counter_stop()
  }

  /// What a trainer does in a step, from the packing of a batch to the update.
  private struct Training {
    let subject: GradientCheck.Subject
    let lengths: [Int]
    let targetLengths: [Int]
    let gradient: ParameterVector<Double>
    let optimiser: Optimiser<Double>
    let arena = Arena<Double>()
    let weightCache = PackedWeightCache<Double>(smallestShared: 1)

    init(_ subject: GradientCheck.Subject) {
      self.subject = subject
      let steps = subject.batch.steps
      lengths = steps.places.map { steps.lengths[$0] }
      let targetSteps = subject.batch.targetSteps
      targetLengths = targetSteps.places.map { targetSteps.lengths[$0] }
      gradient = ParameterVector(subject.model.layout)
      optimiser = Optimiser(OptimizerConfiguration(), layout: subject.model.layout)
    }

    func step() {
      subject.batch.steps.assign(lengths: lengths)
      if !targetLengths.isEmpty { subject.batch.targetSteps.assign(lengths: targetLengths) }
      arena.reset()
      gradient.fill(0)
      weightCache.weightsChanged()
      let pass = Pass(
        parameters: subject.parameters, gradient: gradient, arena: arena,
        dropout: subject.dropout, teacherForcing: subject.teacherForcing, weightCache: weightCache)
      let outputs = subject.model.outputs(subject.batch, pass)
      let targets = subject.objective.targetCount(
        subject.batch, outputWidth: outputs.columns)
      _ = subject.objective.evaluate(
        outputs, subject.batch, scale: 1 / Double(max(1, targets)))
      subject.model.backward(outputs, subject.batch, pass)
      optimiser.update(
        subject.parameters, gradient: gradient,
        scale: GradientClipping.factor(norm: gradient.norm, limit: 1), learningRate: 0.001)
    }
  }
}
