import Testing

@testable import RecurrentNetworks

@Suite struct WeightAverageTests {
  private static func layout(_ count: Int) -> ParameterLayout {
    var layout = ParameterLayout()
    _ = layout.vector("w", symbol: "w", count, start: .zero)
    return layout
  }

  /// After n updates every weight is (1 − d) Σ dⁿ⁻ᵏ w(k) / (1 − dⁿ), which the first weights, those
  /// before an update, have no part in.
  @Test(arguments: [0, 0.5, 0.9, 0.999])
  func itIsTheDebiasedMean(decay: Double) {
    let layout = Self.layout(7)
    let weights = ParameterVector<Double>(layout)
    let average = WeightAverage<Double>(decay: decay, layout: layout)
    weights.fill(100)
    average.begin(with: weights)
    #expect(average.weights.base[6] == 100)
    var seen: [[Double]] = []
    for n in 1...40 {
      for i in 0..<7 { weights.base[i] = Double((n * (i + 3)) % 11) - 4 }
      seen.append((0..<7).map { weights.base[$0] })
      average.updates += 1
      average.add(weights, in: 0..<3)
      average.add(weights, in: 3..<7)
      for i in 0..<7 {
        var (sum, total) = (0.0, 0.0)
        for values in seen {
          (sum, total) = (decay * sum + values[i], decay * total + 1)
        }
        #expect(abs(average.weights.base[i] - sum / total) < 1e-10)
      }
    }
  }

  @Test func itBeginsAnew() {
    let layout = Self.layout(3)
    let (a, b) = (ParameterVector<Float>(layout), ParameterVector<Float>(layout))
    (a.base[1], b.base[1]) = (5, 7)
    let average = WeightAverage<Float>(decay: 0.9, layout: layout)
    average.updates = 4
    average.begin(with: a)
    #expect(average.updates == 0 && average.weights.base[1] == 5)
    average.updates += 1
    average.add(b, in: 0..<3)
    #expect(average.weights.base[1] == 7)
  }
}
