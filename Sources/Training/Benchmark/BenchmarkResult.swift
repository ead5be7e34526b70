import LinearAlgebra

/// What a training step costs: batch, forward, loss, backward, sum of the parts' gradients,
/// clipping and update.
public struct BenchmarkResult: Sendable {
  /// What was timed.
  public let measured: BenchmarkCase
  /// Median of one whole training step, in milliseconds.
  public let medianMilliseconds: Double
  /// Memory of states and other intermediate results, in bytes.
  public let stateBytes: Int
  /// Memory of weight gradients, one set for each part of a batch, in bytes.
  public let gradientBytes: Int

  /// Real steps of all sequences in a batch; nothing is padding.
  public var tokens: Int { measured.lengths.reduce(0, +) }
  /// Real steps of sequences trained on in a second.
  public var tokensPerSecond: Double { Double(tokens) / medianMilliseconds * 1e3 }
  /// Thousand million operations of matrix products a second.
  public var gigaflops: Double {
    measured.productOperations(rows: tokens) / medianMilliseconds / 1e6
  }

  /// Times steps for about `seconds`, after some that are not counted.
  ///
  /// - Throws: `PresetError` when no network can have these sizes.
  public static func measure(
    _ measured: BenchmarkCase, seconds: Double = 1
  ) throws(PresetError) -> BenchmarkResult {
    FloatingPointMode.useOneBLASThread()
    let trainer = try Trainer(
      preset: measured.preset, task: measured.task(), threads: measured.threads)
    return FloatingPointMode.flushingDenormals { time(trainer, measured, seconds: seconds) }
  }

  private static func time(
    _ trainer: Trainer, _ measured: BenchmarkCase, seconds: Double
  ) -> BenchmarkResult {
    let clock = ContinuousClock()
    var start = clock.now
    for done in 1... {
      _ = trainer.advance()
      if done >= 3, start.duration(to: clock.now) > .seconds(seconds / 5) { break }
    }
    var times: [Duration] = []
    times.reserveCapacity(1 << 16)
    start = clock.now
    var now = start
    while times.count < 5 || start.duration(to: now) < .seconds(seconds) {
      _ = trainer.advance()
      let end = clock.now
      times.append(now.duration(to: end))
      now = end
    }
    times.sort()
    return BenchmarkResult(
      measured: measured, medianMilliseconds: times[times.count / 2] / .milliseconds(1),
      stateBytes: trainer.stateBytes, gradientBytes: trainer.gradientBytes)
  }
}
