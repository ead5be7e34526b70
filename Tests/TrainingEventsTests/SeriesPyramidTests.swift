import Testing

@testable import TrainingEvents

@Suite struct SeriesPyramidTests {
  /// A list with ordinary values, spikes and gaps, always the same.
  static func values(_ count: Int) -> [Float] {
    var random: UInt64 = 42
    return (0..<count).map { index in
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if index % 97 == 13 { return .nan }
      return Float(random >> 40) / 1000 - (index % 511 == 7 ? 90_000 : 0)
    }
  }

  static func bruteForce(_ values: ArraySlice<Float>) -> SeriesSummary {
    let finite = values.filter(\.isFinite)
    return SeriesSummary(
      minimum: finite.min() ?? .nan, maximum: finite.max() ?? .nan,
      mean: finite.isEmpty
        ? .nan : Float(finite.reduce(0.0) { $0 + Double($1) } / Double(finite.count)),
      count: finite.count, samples: values.count)
  }

  @Test func anyRangeEqualsBruteForce() {
    let values = Self.values(5_000)
    var pyramid = SeriesPyramid()
    for value in values { pyramid.append(value) }
    var random: UInt64 = 7
    for _ in 0..<2_000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1
      let start = Int(random >> 33) % 5_000
      let length = Int(random >> 13 & 0xFFF) % (5_000 - start) + 1
      let got = pyramid.summary(of: start..<start + length)
      let want = Self.bruteForce(values[start..<start + length])
      #expect(got.minimum == want.minimum && got.maximum == want.maximum)
      #expect(got.count == want.count && got.samples == want.samples)
      #expect(abs(got.mean - want.mean) <= 1e-3 * max(1, abs(want.mean)))
    }
  }

  @Test func neighbouringRangesMissNothing() {
    let values = Self.values(3_333)
    var pyramid = SeriesPyramid()
    for value in values { pyramid.append(value) }
    let boundaries = (0...200).map { $0 * 3_333 / 200 }
    let summaries = pyramid.summaries(between: boundaries)
    #expect(summaries.count == 200)
    #expect(summaries.reduce(0) { $0 + $1.samples } == 3_333)
    #expect(summaries.map(\.minimum).filter(\.isFinite).min() == values.filter(\.isFinite).min())
  }

  @Test func aRangeOfGapsIsAGapAndAnEmptyOneIsNot() {
    var pyramid = SeriesPyramid()
    for value: Float in [1, .nan, .infinity, 2] { pyramid.append(value) }
    #expect(pyramid.summary(of: 1..<3).isGap)
    #expect(!pyramid.summary(of: 2..<2).isGap)
    #expect(pyramid.summary(of: -5..<99).count == 2)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 255, 256, 4_000])
  func truncatingForgetsExactlyTheRest(kept: Int) {
    let values = Self.values(4_200)
    var pyramid = SeriesPyramid()
    for value in values { pyramid.append(value) }
    pyramid.truncate(to: kept)
    #expect(pyramid.count == kept)
    for _ in 0..<300 { pyramid.append(-1) }
    let want = Self.bruteForce((values[..<kept] + Array(repeating: -1, count: 300))[...])
    let got = pyramid.summary(of: 0..<kept + 300)
    #expect(got.minimum == want.minimum && got.maximum == want.maximum)
    #expect(got.count == want.count)
  }

  @Test func chunksKeepTheirNumbersAcrossBorders() {
    var list = ChunkedFloats()
    let count = ChunkedFloats.chunkSize * 2 + 5
    for index in 0..<count { list.append(Float(index)) }
    #expect(list[ChunkedFloats.chunkSize] == Float(ChunkedFloats.chunkSize))
    #expect(list.firstIndex(notBelow: 20_000.5) == 20_001)
    list.truncate(to: ChunkedFloats.chunkSize)
    list.append(-3)
    #expect(list.count == ChunkedFloats.chunkSize + 1)
    #expect(list.last == -3 && list[count].isNaN)
  }
}
