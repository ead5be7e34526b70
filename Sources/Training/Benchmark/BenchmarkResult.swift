import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// What a training step costs: batch, forward, loss, backward, sum of the parts' gradients,
/// clipping and update; or what a symbol costs that is drawn, or a batch of sources that is answered.
public struct BenchmarkResult: Sendable {
  /// What was timed.
  public let measured: BenchmarkCase
  /// Median of one whole training step, of one symbol drawn, or of one batch answered, in
  /// milliseconds.
  public let medianMilliseconds: Double
  /// Memory of states and other intermediate results of a training step, in bytes; nil where none is
  /// done.
  public let stateBytes: Int?
  /// Memory of weight gradients, one set for each part of a batch, in bytes; nil where there are none.
  public let gradientBytes: Int?

  /// Real time steps of all sequences in a batch, of images their rows; nothing is padding. Of
  /// sampling, the one symbol.
  public var tokens: Int {
    measured.task == .sampling ? 1 : measured.lengths.reduce(0, +)
  }
  /// Real time steps of sequences trained on in a second, or symbols written.
  public var tokensPerSecond: Double { Double(tokens) / medianMilliseconds * 1e3 }
  /// Thousand million operations of matrix products a second; nil where they are not counted.
  public var gigaflops: Double? {
    measured.productOperations.map { $0 / medianMilliseconds / 1e6 }
  }

  /// Times steps for about `seconds`, after some that are not counted.
  ///
  /// - Throws: `PresetError` when no network can have these sizes.
  public static func measure(
    _ measured: BenchmarkCase, seconds: Double = 1
  ) throws(PresetError) -> BenchmarkResult {
    FloatingPointMode.useOneBLASThread()
    let data = measured.data()
    let trainer = try Trainer(preset: measured.preset, task: data, threads: measured.threads)
    let step: () -> Int
    if measured.task == .sampling {
      guard
        let generator = try TextGenerator(
          network: trainer.network, task: data, threads: measured.threads)
      else {
        throw PresetError(description: "no language model can have these sizes")
      }
      var random = SeededRandom(seed: 1)
      step = {
        _ = generator.text(
          trainer.parameters, length: measured.length, temperature: 1, prompt: [],
          random: &random)
        return measured.length
      }
    } else if let width = measured.beamWidth {
      step = answering(data, width, trainer, measured)
    } else {
      step = {
        _ = trainer.advance()
        return 1
      }
    }
    let median = FloatingPointMode.flushingDenormals { time(step, seconds: seconds) }
    let trains = measured.trains
    return BenchmarkResult(
      measured: measured, medianMilliseconds: median,
      stateBytes: trains ? trainer.stateBytes : nil,
      gradientBytes: trains ? trainer.gradientBytes : nil)
  }

  /// Answers all sources once, each thread its share of them.
  private static func answering(
    _ data: TaskData, _ beamWidth: Int, _ trainer: Trainer, _ measured: BenchmarkCase
  ) -> () -> Int {
    guard case .examples(let examples) = data.train else { return { 1 } }
    let batches = BatchedExamples(
      network: trainer.network, parameters: trainer.parameters,
      pool: WorkerPool(threads: measured.threads),
      batchSize: (examples.count + measured.threads - 1) / measured.threads)
    var options = DecodingOptions()
    options.beamWidth = beamWidth
    return {
      _ = batches.results(examples) { worker in
        var options = options
        options.maximumLengths = worker.examples.map { $0.input.steps }
        return worker.written(trainer.network.objective, options)
      }
      return 1
    }
  }

  /// Median milliseconds of one of the pieces of which each call does some.
  private static func time(_ work: () -> Int, seconds: Double) -> Double {
    let clock = ContinuousClock()
    var start = clock.now
    for done in 1... {
      _ = work()
      if done >= 3, start.duration(to: clock.now) > .seconds(seconds / 5) { break }
    }
    var times: [Double] = []
    times.reserveCapacity(1 << 16)
    start = clock.now
    var now = start
    while times.count < 5 || start.duration(to: now) < .seconds(seconds) {
      let pieces = work()
      let end = clock.now
      times.append(now.duration(to: end) / .milliseconds(1) / Double(pieces))
      now = end
    }
    times.sort()
    return times[times.count / 2]
  }
}
