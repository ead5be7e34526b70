import LinearAlgebra

/// A gradient technique on top of backpropagation: how weights follow from gradients. Every rule
/// is PyTorch's, so that losses agree step by step.
public final class Optimiser<Scalar: NetworkScalar> {
  /// Its numbers may change between two updates, its rule may not.
  public var configuration: OptimizerConfiguration
  /// Mean of gradients (momentum, Adam); nil where the rule keeps none.
  public let mean: ParameterVector<Scalar>?
  /// Mean or sum of squared gradients (Adam, RMSProp, AdaGrad); nil where the rule keeps none.
  public let square: ParameterVector<Scalar>?
  /// Updates done.
  public var updates = 0

  /// Moments begin as zeros, laid out as the weights are.
  public init(_ configuration: OptimizerConfiguration, layout: ParameterLayout) {
    self.configuration = configuration
    switch configuration.name {
    case .sgd: (mean, square) = (nil, nil)
    case .momentum, .nesterov: (mean, square) = (ParameterVector(layout), nil)
    case .rmsprop, .adagrad: (mean, square) = (nil, ParameterVector(layout))
    case .adam, .adamw: (mean, square) = (ParameterVector(layout), ParameterVector(layout))
    }
  }

  /// Moves the weights once. `scale` multiplies the gradient first and is below 1 when it is clipped;
  /// `learningRate` is the rate of this update, after the schedule.
  public func update(
    _ weights: ParameterVector<Scalar>, gradient: ParameterVector<Scalar>, scale: Double,
    learningRate: Double
  ) {
    updates += 1
    update(
      weights, in: 0..<weights.count, gradient: gradient, scale: scale, learningRate: learningRate)
  }

  /// Does the part of an update that lies in a slice of the flat vector. Slices may be done side by
  /// side; `updates` must have been raised before.
  public func update(
    _ weights: ParameterVector<Scalar>, in range: Range<Int>, gradient: ParameterVector<Scalar>,
    scale: Double, learningRate: Double
  ) {
    weights.layout.forEachPart(of: range) { parameter, part in
      update(
        parameter, part, weights.base + part.lowerBound, gradient.base + part.lowerBound,
        Scalar(scale), learningRate)
    }
  }

  private func update(
    _ parameter: Parameter, _ part: Range<Int>, _ w: UnsafeMutablePointer<Scalar>,
    _ g: UnsafePointer<Scalar>, _ scale: Scalar, _ rate: Double
  ) {
    let count = part.count
    let times = Scalar(parameter.multiplicity)
    // A merged bias is the sum of two that decay each on its own.
    let decay =
      configuration.name == .adamw
      ? 0 : Scalar(configuration.weightDecay / Double(parameter.multiplicity))
    switch configuration.name {
    case .sgd:
      if decay != 0 { Scalar.scale(count, by: 1 - Scalar(rate) * times * decay, w) }
      Scalar.addScaled(count, -Scalar(rate) * times * scale, g, to: w)
    case .momentum, .nesterov:
      guard let mean else { return }
      Scalar.momentum(
        count, weights: w, gradient: g, mean: mean.base + part.lowerBound, scale: scale,
        decay: decay, momentum: Scalar(configuration.momentum),
        nesterov: configuration.name == .nesterov, rate: Scalar(rate), times: times)
    case .rmsprop, .adagrad:
      guard let square else { return }
      let isRunning = configuration.name == .rmsprop
      Scalar.rootScaled(
        count, weights: w, gradient: g, square: square.base + part.lowerBound, scale: scale,
        decay: decay, kept: isRunning ? Scalar(configuration.decay) : 1,
        added: isRunning ? Scalar(1 - configuration.decay) : 1, rate: Scalar(rate),
        epsilon: Scalar(configuration.epsilon ?? (isRunning ? 1e-8 : 1e-10)), times: times)
    case .adam, .adamw:
      guard let mean, let square else { return }
      if configuration.name == .adamw, configuration.weightDecay != 0 {
        Scalar.scale(count, by: Scalar(1 - rate * configuration.weightDecay), w)
      }
      let (beta1, beta2) = (configuration.beta1, configuration.beta2)
      Scalar.adam(
        count, weights: w, gradient: g, mean: mean.base + part.lowerBound,
        square: square.base + part.lowerBound, scale: scale, decay: decay, beta1: Scalar(beta1),
        beta2: Scalar(beta2), rate: Scalar(rate / (1 - beta1.raised(to: updates))),
        correction: Scalar(1 / (1 - beta2.raised(to: updates)).squareRoot()),
        epsilon: Scalar(configuration.epsilon ?? 1e-8), times: times)
    }
  }
}
