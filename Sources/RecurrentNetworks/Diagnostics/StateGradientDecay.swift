import Glibc
import LinearAlgebra

/// ‖∂L(τ)/∂s(t)‖ against the lag τ − t, for one late loss term: how far back a loss reaches.
///
/// The total ∇s(t) receives a loss at every step, which would hide that gradients vanish; so one
/// backward pass is made from the last loss term of each sequence alone. Norms at the same lag are
/// averaged over sequences as root mean squares.
public struct StateGradientDecay: Sendable, Equatable {
  /// The layer, such as `layer 1` or `encoder layer 1 backward`.
  public var title: String
  /// One norm a lag, from lag 0 on.
  public var norms: [Double]

  public init(title: String, norms: [Double]) {
    self.title = title
    self.norms = norms
  }

  /// Runs the network forward and backward once, and returns a curve for each layer and direction
  /// through which the loss term can look back. Of a network in both directions that has an output
  /// at every step, that is the forward one: the other reads the future. Takes arena memory; adds
  /// no weight gradients.
  public static func measure<Scalar>(
    _ model: any SequenceModel<Scalar>, objective: Objective, rows: TargetRows,
    batch: SequenceBatch<Scalar>, parameters: ParameterVector<Scalar>, arena: Arena<Scalar>,
    truncation: Int? = nil
  ) -> [StateGradientDecay] {
    let pass = Pass(parameters: parameters, arena: arena, truncation: truncation)
    let outputs = model.outputs(batch, pass)
    let last = lastTargets(objective, rows, batch, width: outputs.columns)
    _ = objective.evaluate(outputs, batch, scale: 1)
    keep(last, rows, batch, of: outputs)
    model.backward(outputs, batch, pass)
    return model.stacks.flatMap { stack in
      zip(stack.stateGradients, stack.directionsAreReversed).compactMap { view, isReversed in
        let isSource = rows == .targetSteps && stack.part == .encoder
        let steps = rows == .targetSteps && !isSource ? batch.targetSteps : batch.steps
        guard view.values.rows == steps.rowCount else { return nil }
        if isReversed, rows == .steps { return nil }
        let norms = norms(view.values, steps) { k, t in
          let length = steps.lengths[k]
          let back = isReversed ? t : length - 1 - t
          switch rows {
          case .sequences: return back
          case .steps: return last[steps.order[k]] - t
          case .targetSteps:
            let end = last[steps.order[k]]
            return isSource ? end + 1 + back : end - t
          }
        }
        return StateGradientDecay(title: stack.title(of: view), norms: norms)
      }
    }
  }

  /// The last step with a real target, by original index; −1 where there is none.
  private static func lastTargets<Scalar>(
    _ objective: Objective, _ rows: TargetRows, _ batch: SequenceBatch<Scalar>, width: Int
  ) -> [Int] {
    let steps = rows == .targetSteps ? batch.targetSteps : batch.steps
    var last = steps.lengths.map { $0 - 1 }
    if rows == .steps || rows == .targetSteps {
      for k in last.indices {
        while last[k] >= 0,
          !objective.hasTarget(
            batch, row: steps.row(step: last[k], sequence: k), outputWidth: width)
        {
          last[k] -= 1
        }
      }
    }
    return steps.places.map { last[$0] }
  }

  /// Clears the gradients of all outputs but each sequence's last one.
  private static func keep<Scalar>(
    _ last: [Int], _ rows: TargetRows, _ batch: SequenceBatch<Scalar>, of outputs: Matrix<Scalar>
  ) {
    if rows == .sequences { return }
    let steps = rows == .targetSteps ? batch.targetSteps : batch.steps
    for t in 0..<steps.stepCount {
      for k in 0..<steps.active[t] where t != last[steps.order[k]] {
        outputs.rows(steps.row(step: t, sequence: k), 1).fill(0)
      }
    }
  }

  private static func norms<Scalar>(
    _ gradients: Matrix<Scalar>, _ steps: PackedSteps, lag: (_ k: Int, _ t: Int) -> Int
  ) -> [Double] {
    var (sums, counts): ([Double], [Double]) = ([], [])
    for k in 0..<steps.sequenceCount {
      for t in 0..<steps.lengths[k] {
        let lag = lag(k, t)
        guard lag >= 0 else { continue }
        while sums.count <= lag {
          sums.append(0)
          counts.append(0)
        }
        let norm = gradients.rows(steps.row(step: t, sequence: k), 1).norm
        sums[lag] += norm * norm
        counts[lag] += 1
      }
    }
    return zip(sums, counts).map { ($0 / max(1, $1)).squareRoot() }
  }

  /// The factor by which the norm changes over one step back in time: the slope of a straight line
  /// through log norms, down to where single precision ends. 1 where there is nothing to measure,
  /// 0 where nothing gets even one step back.
  public var factorPerStep: Double {
    let known = norms.enumerated().drop { $0.element == 0 }
    guard let start = known.first?.element, start > 0 else { return 1 }
    let points = known.prefix { $0.element > start * 1e-12 }
      .map { (Double($0.offset), log($0.element)) }
    guard points.count > 1 else { return known.count > 1 ? 0 : 1 }
    let count = Double(points.count)
    let meanLag = points.reduce(0) { $0 + $1.0 } / count
    let meanLog = points.reduce(0) { $0 + $1.1 } / count
    let above = points.reduce(0) { $0 + ($1.0 - meanLag) * ($1.1 - meanLog) }
    let below = points.reduce(0) { $0 + ($1.0 - meanLag) * ($1.0 - meanLag) }
    return exp(above / below)
  }
}

extension Objective {
  /// Whether an output row has a target. For CTC, whose targets stand over other steps, each has.
  func hasTarget<Scalar>(_ batch: SequenceBatch<Scalar>, row: Int, outputWidth: Int) -> Bool {
    switch self {
    case .crossEntropy: batch.targets[row] >= 0
    case .binaryCrossEntropy, .squaredError: !batch.targetValues[row * outputWidth].isNaN
    case .connectionistTemporalClassification: true
    }
  }
}
