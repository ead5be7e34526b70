import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// Every update rule and schedule against PyTorch's, step by step.
@Suite struct OptimiserParityTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      var name: String
      var weightDecay: Double
      var momentum: Double?
      var weights: [[Double]]
    }

    var learningRate: Double
    var start: [Double]
    var gradients: [[Double]]
    var cases: [Case]
  }

  struct Rates: Decodable {
    struct Plateau: Decodable {
      var losses: [Double]
      var rates: [Double]
    }

    var base: Double
    var constant: [Double]
    var step: [Double]
    var cosine: [Double]
    var warmUp: [Double]
    var plateau: Plateau
  }

  static func load<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
    let url = try #require(Bundle.module.resourceURL)
    return try JSONDecoder().decode(
      type, from: Data(contentsOf: url.appendingPathComponent("Fixtures/\(name).json")))
  }

  @Test func twentyStepsOfEveryRuleAgreeInDouble() throws {
    try check(Double.self, tolerance: 1e-12)
  }

  @Test func twentyStepsOfEveryRuleAgreeInFloat() throws {
    try check(Float.self, tolerance: 1e-5)
  }

  func check<Scalar: NetworkScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let reference = try Self.load("optimisers", as: Reference.self)
    #expect(
      Set(reference.cases.map(\.name)) == Set(OptimizerConfiguration.Name.allCases.map(\.rawValue)))
    for expected in reference.cases {
      var configuration = OptimizerConfiguration()
      configuration.name = try #require(OptimizerConfiguration.Name(rawValue: expected.name))
      configuration.weightDecay = expected.weightDecay
      if let momentum = expected.momentum { configuration.momentum = momentum }
      var layout = ParameterLayout()
      let handle = layout.vector("w", symbol: "w", reference.start.count, start: .zero)
      let optimiser = Optimiser<Scalar>(configuration, layout: layout)
      let weights = ParameterVector<Scalar>(layout)
      let gradient = ParameterVector<Scalar>(layout)
      for (i, value) in reference.start.enumerated() { weights.row(handle)[0, i] = Scalar(value) }
      #expect(expected.weights.count == 20)
      for (step, after) in expected.weights.enumerated() {
        // Half the gradient and twice the scale: the clipping factor must act before the rule.
        for (i, value) in reference.gradients[step].enumerated() {
          gradient.row(handle)[0, i] = Scalar(value / 2)
        }
        optimiser.update(
          weights, gradient: gradient, scale: 2, learningRate: reference.learningRate)
        let found = weights.row(handle).elements.map { Double($0) }
        #expect(
          relativeError(found, after) <= tolerance,
          "\(expected.name), decay \(expected.weightDecay), step \(step + 1)")
      }
    }
  }

  @Test func schedulesAgree() throws {
    let reference = try Self.load("schedules", as: Rates.self)
    func expectRates(_ expected: [Double], _ change: (inout ScheduleConfiguration) -> Void) {
      var configuration = ScheduleConfiguration()
      change(&configuration)
      let schedule = Schedule(configuration, totalSteps: expected.count)
      let found = (1...expected.count).map { schedule.rate(base: reference.base, step: $0) }
      #expect(relativeError(found, expected) < 1e-14, "\(configuration.name)")
    }
    expectRates(reference.constant) { _ in }
    expectRates(reference.step) { ($0.name, $0.every, $0.factor) = (.step, 7, 0.6) }
    expectRates(reference.cosine) { ($0.name, $0.minimum) = (.cosine, 0.01) }
    expectRates(reference.warmUp) { $0.warmUp = 8 }
  }

  @Test func thePlateauRuleAgrees() throws {
    let reference = try Self.load("schedules", as: Rates.self)
    var configuration = ScheduleConfiguration()
    (configuration.name, configuration.factor, configuration.patience) = (.plateau, 0.3, 2)
    var schedule = Schedule(configuration, totalSteps: nil)
    var rates: [Double] = []
    var lowered = 0
    for loss in reference.plateau.losses {
      if schedule.validated(loss: loss) { lowered += 1 }
      rates.append(schedule.rate(base: reference.base, step: 1))
    }
    #expect(relativeError(rates, reference.plateau.rates) < 1e-14)
    #expect(lowered == Set(reference.plateau.rates).count - 1 && lowered > 1)
  }
}
