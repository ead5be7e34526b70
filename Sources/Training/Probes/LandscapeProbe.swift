import Dispatch
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Looks at the loss around the weights, beside training and with a network in double precision of
/// its own: how sharply it bends, how far the last update went, how noisy the gradient is.
final class LandscapeProbe {
  private let look = BackgroundLook<LandscapeFrame>("unfold loss landscape", share: 0.002)
  private let network: TaskNetwork
  private let seed: UInt64
  private let parts: Int
  private let isBounded: Bool
  /// The step of the frame that was told last.
  private var told: Int?
  /// When a look was asked for that begins behind the next step; nil while none is.
  private var askedAt: Double?
  private var rateTest: LandscapeFrame.RateTest?

  /// Seconds that the Hessian may take while the network trains on: then what was found so far counts.
  private static let longest = 0.5
  /// Time steps of the batch, about, that the Hessian is of: dozens of gradients are computed.
  private static let mostRows = 512

  /// - Parameters:
  ///   - network: what is trained
  ///   - parts: of a batch whose gradients are compared
  ///   - seed: of the direction that the search for the sharpest begins with
  ///   - isBounded: whether training bounds its memory
  init(_ network: TaskNetwork, parts: Int, seed: UInt64, isBounded: Bool = false) {
    (self.network, self.parts, self.seed) = (network, parts, seed)
    self.isBounded = isBounded
  }

  /// After going back, what was found later never was.
  func forget() {
    forgetWeights()
    (askedAt, rateTest) = (nil, nil)
  }

  /// What was found of weights that somebody changed since is true of others.
  func forgetWeights() {
    look.forget()
    told = nil
  }

  /// Whether the next update is to be measured.
  var wantsUpdate: Bool { askedAt != nil }

  /// What was found and not told yet. Asks for a look, where one is due: behind the next step, or at
  /// once where the network stands still.
  func frame(_ trainer: Trainer, now: Double, force: Bool) -> LandscapeFrame? {
    if force {
      begin(trainer, now: now, waits: true)
    } else if look.isDue(now: now) {
      askedAt = now
    }
    guard var newest = look.newest, force || newest.step != told else { return nil }
    told = newest.step
    newest.rateTest = rateTest
    return newest
  }

  /// What is known of the landscape, with what a range test found, which later frames have as well.
  func frame(with test: LandscapeFrame.RateTest) -> LandscapeFrame {
    rateTest = test
    var frame = look.newest ?? LandscapeFrame(step: test.step)
    frame.rateTest = test
    return frame
  }

  /// Begins the look that was asked for, behind the step that was measured for it.
  func beginAsked(_ trainer: Trainer) {
    guard let now = askedAt else { return }
    askedAt = nil
    begin(trainer, now: now, waits: false)
  }

  private func begin(_ trainer: Trainer, now: Double, waits: Bool) {
    let step = trainer.step
    guard trainer.batch.count > 0 else { return }
    look.look(now: now, waits: waits, isKnown: { $0.step == step }) {
      func copy(_ vector: ParameterVector<Float>) -> [Float] {
        (0..<vector.count).map { vector.base[$0] }
      }
      let (after, before) = (copy(trainer.parameters), trainer.weightsBeforeUpdate.map(copy))
      return { [network, parts, seed, isBounded, batch = trainer.batch] in
        let double = DoubleNetwork(network, isBounded: isBounded)
        var frame = LandscapeFrame(step: step)
        frame.batch = batch.count
        // The whole batch first, so that its parts' gradients are cheap to compare.
        Self.measureStep(double, batch, from: before, to: after, into: &frame)
        double.load(after)
        Self.measureNoise(double, batch, parts: parts, into: &frame)
        let end = DispatchTime.now() + Self.longest
        Self.measureSharpness(
          double, batch, seed: seed, into: &frame,
          isCancelled: { !waits && DispatchTime.now() > end })
        return frame
      }
    }
  }

  // MARK: Measures

  private static func measureStep(
    _ double: DoubleNetwork, _ batch: DataBatch, from before: [Float]?, to after: [Float],
    into frame: inout LandscapeFrame
  ) {
    guard let before else { return }
    double.pack(batch, sequences: 0..<batch.count)
    func measure(_ weights: [Float]) -> (loss: Double, slope: Double) {
      double.load(weights)
      let (loss, gradient) = double.lossGradient()
      let slope = double.model.layout.parameters.reduce(0.0) { sum, parameter in
        (parameter.offset..<parameter.offset + parameter.count).reduce(sum) {
          $0 + gradient.base[$1] * (Double(after[$1]) - Double(before[$1]))
        }
      }
      return (loss, slope)
    }
    let (start, end) = (measure(before), measure(after))
    let parabola = LossParabola(
      before: start.loss, after: end.loss, slopeBefore: start.slope, slopeAfter: end.slope)
    guard parabola.slope.isFinite else { return }
    (frame.slope, frame.relativeStep) = (parabola.slope, parabola.relativeStep)
  }

  private static func measureNoise(
    _ double: DoubleNetwork, _ batch: DataBatch, parts: Int, into frame: inout LandscapeFrame
  ) {
    let count = min(parts, batch.count)
    frame.parts = count
    guard count > 1 else { return }
    var collected = GradientNoiseScale.Parts()
    for part in 0..<count {
      let sequences = Array(stride(from: part, to: batch.count, by: count))
      double.pack(batch, sequences: sequences)
      collected.add(double.lossGradient().gradient, examples: sequences.count)
    }
    frame.noiseScale = collected.noise?.batchSize
  }

  private static func measureSharpness(
    _ double: DoubleNetwork, _ batch: DataBatch, seed: UInt64, into frame: inout LandscapeFrame,
    isCancelled: () -> Bool
  ) {
    var (sequences, rows) = (0, 0)
    while sequences < batch.count, rows < mostRows {
      rows += max(1, batch.inputLengths[sequences])
      sequences += 1
    }
    double.pack(batch, sequences: 0..<sequences)
    guard let found = double.sharpness(seed: seed, isCancelled: isCancelled) else { return }
    (frame.sharpness, frame.sharpnessResidual) = (found.eigenvalue, found.residual)
    frame.sharpnessSequences = sequences
  }
}
