import Foundation
import Testing
import TrainingEvents

/// Rate and reach come from one fit: whoever computes one from the other finds the curve again.
@Suite struct LagFitTests {
  static func curve(_ count: Int, _ norm: (Int) -> Double) -> [Float] {
    (0..<count).map { Float(norm($0)) }
  }

  /// What the words predict for a lag, from their numbers alone.
  static func predicted(_ rate: String, lag: Double) throws -> Double {
    let numbers = rate.split { !"0123456789.e−".contains($0) }.compactMap { part -> Double? in
      Double(part.split(separator: "−").joined(separator: "-"))
    }
    if rate.contains("then") {
      // ×a in the first n steps, then ×b per step; `in the first step` has no number.
      let steps = numbers.count > 2 ? numbers[1] : 1
      let (early, late) = (numbers[0], numbers[numbers.count - 1])
      return lag <= steps ? pow(early, lag / steps) : early * pow(late, lag - steps)
    }
    return pow(try #require(numbers.first), lag)
  }

  static let curves: [(name: String, norms: [Float])] = {
    var curves: [(String, [Float])] = []
    for factor in [0.005, 0.05, 0.3, 0.46, 0.65, 0.86, 0.93, 0.97, 0.984, 0.995, 1, 1.02, 1.3] {
      curves.append(("×\(factor)", curve(80) { pow(factor, Double($0)) }))
      curves.append(
        ("×\(factor), uneven", curve(80) { pow(factor, Double($0)) * (1 + 0.15 * sin(Double($0))) })
      )
    }
    for (early, steps, late) in [(0.1, 3, 0.9), (0.3, 1, 0.95), (0.02, 10, 0.99), (3, 4, 0.7)] {
      curves.append(
        (
          "\(early) in \(steps), then \(late)",
          curve(80) {
            $0 <= steps
              ? pow(early, Double($0) / Double(steps)) : early * pow(late, Double($0 - steps))
          }
        ))
    }
    curves.append(("hump", curve(60) { exp(-pow(Double($0) - 20, 2) / 30) + 1e-3 }))
    curves.append(("one over", curve(60) { 1 / (1 + Double($0)) }))
    curves.append(("dips and returns", curve(40) { $0 % 7 == 3 ? 0.001 : pow(0.97, Double($0)) }))
    curves.append(("starts late", [0, 0, 0] + curve(40) { pow(0.8, Double($0)) }))
    curves.append(("dies", curve(20) { $0 < 2 ? 1 : 0 }))
    return curves
  }()

  @Test(arguments: curves.indices) func wordsAgreeWithTheCurve(index: Int) throws {
    let (name, norms) = Self.curves[index]
    let fit = LagFit(norms)
    let known = norms.drop { $0 == 0 }.map(Double.init)
    let start = try #require(known.first)
    if let lag = fit.hundredthAt {
      #expect(known[lag...].allSatisfy { $0 < start / 100 }, "\(name)")
      #expect(known[lag - 1] >= start / 100, "\(name)")
    } else {
      #expect((known.last ?? 0) >= start / 100, "\(name)")
    }
    guard let rate = fit.rate() else { return }
    // Every norm down to a hundredth is what the words say, within a factor of 1.6.
    let bound = fit.hundredthAt ?? known.count
    for lag in 1..<max(2, min(bound, known.count)) {
      let words = try Self.predicted(rate, lag: Double(lag))
      let ratio = words / (known[lag] / start)
      #expect(ratio > 0.62 && ratio < 1.6, "\(name): \(rate), lag \(lag)")
    }
    // And the lag at which the words reach a hundredth is the one that stands beside them.
    if let lag = fit.hundredthAt {
      let first = try (1..<10_000).first { try Self.predicted(rate, lag: Double($0)) < 0.01 }
      let off = abs((first ?? 10_000) - lag)
      #expect(off <= max(1, lag / 5), "\(name): \(rate), \(lag), words \(first ?? -1)")
    }
  }

  @Test func singleExponentialsAndPairsAreFound() {
    #expect(LagFit(Self.curve(40) { pow(0.86, Double($0)) }).rate() == "×0.86 per time step")
    #expect(LagFit(Self.curve(40) { pow(0.86, Double($0)) }).hundredthAt == 31)
    let pair = LagFit(
      Self.curve(60) { $0 <= 3 ? pow(0.1, Double($0) / 3) : 0.1 * pow(0.9, Double($0 - 3)) })
    #expect(pair.rate() == "×0.10 in the first 3 time steps, then ×0.90 per time step")
    #expect(pair.reach(unit: "character") == "1 % is left after 25 characters")
    #expect(LagFit(Self.curve(300) { pow(0.984, Double($0)) }).rate() == "×0.984 per time step")
  }

  @Test func nothingThatGetsBackAndNothingMeasured() {
    let dead = LagFit([1, 0, 0, 0])
    #expect(dead.verdict == .vanishes && dead.hundredthAt == 1 && dead.rate() == nil)
    #expect(dead.reach() == "less than 1 % is left one time step back")
    for norms: [Float] in [[], [1], [0, 0], [.nan, .nan], [1, .nan]] {
      let fit = LagFit(norms)
      #expect(fit.verdict == .unknown && fit.rate() == nil && fit.reach() == nil)
    }
    #expect(LagFit([1, 1, 1]).verdict == .holds && LagFit([1, 2, 4]).verdict == .explodes)
  }
}
