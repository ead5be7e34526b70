import Foundation
import LinearAlgebra
import Testing

@testable import RecurrentNetworks

@Suite struct LabelSmoothingTests {
  private static let classes = 4
  private static let smoothing = 0.3

  /// Sequences of mixed lengths with gaps between targets, read by an LSTM.
  private static func subject() -> GradientCheck.Subject {
    var checked = CheckedBatch(CheckedLengths.mixed.values)
    checked.vectors(width: 2)
    checked.classes(classes, rows: checked.batch.steps.rowCount, withGaps: true)
    return GradientCheck.Subject(
      EveryStepOutput<Double>(
        .checked(.lstm, layers: 2), sizes: ModelSizes(width: 2, outputs: classes)),
      objective: .crossEntropy, batch: checked.batch)
  }

  /// The mean of −Σ q log ŷ over real targets, with q the smoothed labels, from the outputs alone.
  private static func smoothedLoss(
    _ subject: GradientCheck.Subject, _ arena: Arena<Double>
  ) -> Double {
    arena.reset()
    let outputs = subject.model.outputs(
      subject.batch, Pass(parameters: subject.parameters, arena: arena))
    var (sum, count) = (0.0, 0.0)
    for r in 0..<outputs.rows where subject.batch.targets[r] >= 0 {
      let row = (0..<classes).map { outputs[r, $0] }
      let total = row.reduce(0) { $0 + exp($1) }
      for k in 0..<classes {
        let label = k == Int(subject.batch.targets[r]) ? 1 - smoothing : 0
        sum -= (label + smoothing / Double(classes)) * (row[k] - log(total))
      }
      count += 1
    }
    return sum / count
  }

  /// The gradient of all weights is that of the smoothed loss, by differences of it; what is told of
  /// losses is plain cross-entropy.
  @Test func theGradientIsThatOfSmoothedLabels() {
    let subject = Self.subject()
    let arena = Arena<Double>()
    let gradient = ParameterVector<Double>(subject.model.layout)
    func evaluate(_ smoothing: Double) -> LossTotal {
      arena.reset()
      gradient.fill(0)
      let pass = Pass(parameters: subject.parameters, gradient: gradient, arena: arena)
      let outputs = subject.model.outputs(subject.batch, pass)
      let targets = subject.objective.targetCount(subject.batch, outputWidth: Self.classes)
      let total = subject.objective.evaluate(
        outputs, subject.batch, scale: 1 / Double(targets), smoothing: smoothing)
      subject.model.backward(outputs, subject.batch, pass)
      return total
    }
    let plain = evaluate(0)
    let plainNorm = gradient.norm
    #expect(evaluate(Self.smoothing) == plain)
    #expect(abs(gradient.norm - plainNorm) > 1e-3)
    let step = 1e-5
    for parameter in subject.model.layout.parameters {
      for i in 0..<parameter.count {
        let weight = subject.parameters.base + parameter.offset + i
        let value = weight.pointee
        weight.pointee = value + step
        let above = Self.smoothedLoss(subject, arena)
        weight.pointee = value - step
        let below = Self.smoothedLoss(subject, arena)
        weight.pointee = value
        let difference = (above - below) / (2 * step)
        #expect(abs(gradient.base[parameter.offset + i] - difference) < 1e-8)
      }
    }
  }
}
