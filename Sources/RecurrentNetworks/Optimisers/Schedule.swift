import Glibc

/// The learning rate of each step: the base rate times what the schedule says.
public struct Schedule: Sendable, Equatable {
  /// The rule and its numbers.
  public let configuration: ScheduleConfiguration
  /// Steps of the whole run, which the cosine spans; nil where the run has no end.
  public let totalSteps: Int?
  /// What the plateau rule remembers.
  public var plateau = Plateau()

  /// What the plateau rule knows of the validations so far.
  public struct Plateau: Sendable, Equatable, Codable {
    /// What the base rate is multiplied by.
    public var factor = 1.0
    /// Lowest loss so far; nil before the first validation.
    public var best: Double?
    /// Validations in a row without improvement.
    public var waited = 0

    public init() {}
  }

  /// A schedule that has seen no validation yet.
  public init(_ configuration: ScheduleConfiguration, totalSteps: Int?) {
    self.configuration = configuration
    self.totalSteps = totalSteps
  }

  /// The learning rate of a step, counted from 1.
  public func rate(base: Double, step: Int) -> Double {
    var rate = base
    switch configuration.name {
    case .constant: break
    case .step:
      let times = (step - 1) / max(1, configuration.every)
      for _ in 0..<min(times, Self.singly) { rate *= configuration.factor }
      if times > Self.singly { rate *= power(configuration.factor, times - Self.singly) }
    case .cosine:
      if let totalSteps, totalSteps > 0 {
        let done = min(1, Double(step - 1) / Double(totalSteps))
        rate =
          configuration.minimum + (base - configuration.minimum) * (1 + cos(.pi * done)) / 2
      }
    case .plateau: rate *= plateau.factor
    }
    if configuration.warmUp > 0, step <= configuration.warmUp {
      rate *= Double(step) / Double(configuration.warmUp)
    }
    return rate
  }

  /// So many times the rate is multiplied one by one; more, as a file may ask for, would take for
  /// ever.
  private static let singly = 1 << 20

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, max(0, exponent))
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// Tells the plateau rule of a validation loss.
  /// - Returns: whether the rate was lowered.
  public mutating func validated(loss: Double) -> Bool {
    guard configuration.name == .plateau else { return false }
    if loss < (plateau.best ?? .infinity) * (1 - 1e-4) {
      plateau.best = loss
      plateau.waited = 0
      return false
    }
    plateau.waited += 1
    guard plateau.waited > configuration.patience else { return false }
    plateau.waited = 0
    plateau.factor *= configuration.factor
    return true
  }
}
