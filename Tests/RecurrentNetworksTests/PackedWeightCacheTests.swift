import Dispatch
import LinearAlgebra
import Synchronization
import Testing

@testable import RecurrentNetworks

/// Copies of weights that parts of a batch make together.
@Suite struct PackedWeightCacheTests {
  /// Parts that share every packed matrix compute what one by itself computes, to the last bit, and
  /// again after the weights have changed.
  @Test(arguments: GradientCheckCase.all.map(\.name))
  func sharingChangesNoGradient(_ name: String) throws {
    let check = try #require(GradientCheckCase.all.first { $0.name == name })
    let subject = check.subject()
    let weightCache = PackedWeightCache<Double>(smallestShared: 1)
    let carried = subject.batch.carried?.values
    let before = carried?.elements ?? []
    defer { withExtendedLifetime(subject) {} }
    func gradient(_ weightCache: PackedWeightCache<Double>?) -> [Double] {
      // A pass leaves states behind for the next chunk; all begin where the first one did.
      for (i, value) in before.enumerated() { carried?.base[i] = value }
      return self.gradient(of: subject, weightCache)
    }
    for round in 0..<2 {
      weightCache.weightsChanged()
      let alone = gradient(nil)
      #expect(alone.contains { $0 != 0 })
      // The second one finds everything made.
      #expect(gradient(weightCache) == alone, "round \(round)")
      #expect(gradient(weightCache) == alone, "round \(round), second part")
      for i in 0..<subject.parameters.count { subject.parameters.base[i] *= 0.9 }
    }
    #expect(weightCache.bytes > 0)
  }

  @Test func everyChunkIsMadeOnceAndNobodyReadsBeforeAllAre() {
    let arena = Arena<Float>()
    let weightCache = PackedWeightCache<Float>(smallestShared: 1)
    let (threads, chunks) = (4, 50)
    for round in 1...200 {
      weightCache.weightsChanged()
      let made = Mutex([Int](repeating: 0, count: chunks))
      let wrong = Atomic<Int>(0)
      let key = PackedWeightCache<Float>.Key(
        .table, of: arena.random(10, 10), rows: 10, columns: 10)
      let shared = Unchecked(weightCache)
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        let entry = shared.value.entry(key, count: chunks, chunks: chunks) { storage, chunk in
          made.withLock { $0[chunk] += 1 }
          // The first chunk takes long: the others look for the end before it is written.
          if chunk == 0 { for _ in 0..<20_000 { FloatingPointMode.spinPause() } }
          storage[chunk] = Float(round + chunk)
        }
        for chunk in 0..<chunks where entry[chunk] != Float(round + chunk) {
          wrong.wrappingAdd(1, ordering: .relaxed)
        }
      }
      #expect(made.withLock { $0 } == [Int](repeating: 1, count: chunks))
      #expect(wrong.load(ordering: .relaxed) == 0)
    }
  }

  /// An entry in many chunks, and matrices that begin at the same weight.
  @Test func chunksMakeUpTheWholeAndShapesAreToldApart() {
    let arena = Arena<Float>()
    let alone = Pass(parameters: ParameterVector<Float>(ParameterLayout()), arena: arena)
    var sharing = alone
    sharing.weightCache = PackedWeightCache(smallestShared: 1)
    let whole = arena.random(96, 700)
    for b in [whole, whole.columns(0, 690), whole.columns(0, 691), whole.rows(0, 90)] {
      let (a, c) = (arena.random(5, b.rows), arena.matrix(5, b.columns))
      c.product(a, alone.packed(b))
      let expected = c.elements
      c.product(a, sharing.packed(b))
      #expect(c.elements == expected)

      let (d, e) = (arena.random(5, b.columns), arena.matrix(5, b.rows))
      e.product(d, alone.packed(transposed: b))
      let expectedOfTransposed = e.elements
      e.product(d, sharing.packed(transposed: b))
      #expect(e.elements == expectedOfTransposed)

      #expect(sharing.transposed(b).elements == alone.transposed(b).elements)
      #expect(alone.transposed(b).row(3)[2] == b.row(2)[3])
      let embedding = arena.random(41, b.columns)
      #expect(
        sharing.product(embedding, transposed: b).elements
          == alone.product(embedding, transposed: b).elements)
      #expect(alone.product(embedding, transposed: b).rows == 41)
    }
  }

  private func gradient(
    of subject: GradientCheck.Subject, _ weightCache: PackedWeightCache<Double>?
  ) -> [Double] {
    let gradient = ParameterVector<Double>(subject.model.layout)
    let pass = Pass(
      parameters: subject.parameters, gradient: gradient, arena: Arena<Double>(),
      dropout: subject.dropout, teacherForcing: subject.teacherForcing, weightCache: weightCache)
    let outputs = subject.model.outputs(subject.batch, pass)
    _ = subject.objective.evaluate(outputs, subject.batch, scale: 1)
    subject.model.backward(outputs, subject.batch, pass)
    return (0..<gradient.count).map { gradient.base[$0] }
  }
}

extension Arena<Float> {
  fileprivate func random(_ rows: Int, _ columns: Int) -> Matrix<Float> {
    let result = matrix(rows, columns)
    var random = SeededRandom(seed: UInt64(rows * columns))
    for i in 0..<rows * columns { result.base[i] = Float(random.uniform(-1, 1)) }
    return result
  }
}

/// Safe to send: entries may be asked for by many threads at a time, which is what is tested.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
