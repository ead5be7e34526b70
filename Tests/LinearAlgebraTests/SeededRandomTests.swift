import Foundation
import Testing

@testable import LinearAlgebra

struct SeededRandomTests {
  /// The first numbers from state (1, 2, 3, 4), as the authors' C program prints them.
  @Test func agreesWithXoshiro256PlusPlus() {
    var random = SeededRandom(state: .init(1, 2, 3, 4))
    let expected: [UInt64] = [
      41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
      9_228_616_714_210_784_205, 9_973_669_472_204_895_162, 14_011_001_112_246_962_877,
      12_406_186_145_184_390_807, 15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test func agreesWithSplitMix64() {
    var filler = SplitMix64(state: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in filler.next() } == expected)
  }

  @Test func restoredStateContinuesTheSequence() throws {
    var random = SeededRandom(seed: 7)
    for _ in 0..<5 { _ = random.normal() }
    var restored = SeededRandom(state: random.state)
    var decoded = try JSONDecoder().decode(
      SeededRandom.self, from: try JSONEncoder().encode(random))
    for _ in 0..<100 {
      let expected = random.next()
      #expect(restored.next() == expected)
      #expect(decoded.next() == expected)
    }
  }

  @Test func seedsAndStreamsDiffer() {
    var (one, two) = (SeededRandom(seed: 1), SeededRandom(seed: 2))
    #expect(one.next() != two.next())
    var (first, second) = (SeededRandom(seed: 1, stream: 0), SeededRandom(seed: 1, stream: 1))
    #expect(first.next() != second.next())
  }

  @Test func zeroStateIsNotAFixedPoint() {
    var random = SeededRandom(state: .init(0, 0, 0, 0))
    #expect(random.next() != random.next())
  }

  @Test func uniformFillsTheUnitInterval() {
    var random = SeededRandom(seed: 3)
    let values = (0..<20_000).map { _ in random.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - 0.5) < 0.01)
    #expect((0..<1000).allSatisfy { _ in (-2.0..<3.0).contains(random.uniform(-2, 3)) })
  }

  @Test func normalHasUnitVariance() {
    var random = SeededRandom(seed: 4)
    let values = (0..<20_000).map { _ in random.normal() }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    #expect(values.allSatisfy { $0.isFinite })
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.05)
  }

  @Test func indexReachesEveryValueEvenly() {
    var random = SeededRandom(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<14_000 { counts[random.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 2000) < 250 })
    #expect(random.index(below: 1) == 0)
    #expect(random.index(below: 0) == 0)
    #expect(random.index(below: -3) == 0)
  }

  @Test func shuffleIsAPermutationAndRepeats() {
    var (one, two) = (SeededRandom(seed: 6), SeededRandom(seed: 6))
    var (first, second) = (Array(0..<100), Array(0..<100))
    one.shuffle(&first)
    two.shuffle(&second)
    #expect(first == second)
    #expect(first != Array(0..<100))
    #expect(first.sorted() == Array(0..<100))
    var nothing: [Int] = []
    one.shuffle(&nothing)
    #expect(nothing.isEmpty)
  }
}
