import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Testing

@testable import Training

@Suite struct BenchmarkTests {
  @Test func theGridTrainsALabelAtEachStep() {
    var tried = BenchmarkCase()
    tried.hidden = 24
    let preset = tried.preset
    #expect(preset.task.kind == .sequenceLabelling && preset.network.hidden == 24)
    #expect(preset.training.clipNorm == 5 && preset.network.embedding == nil)
  }

  /// Counted by hand: of each row W s and its two ways back, but for the first step; V s and its.
  @Test func productsAreCountedByGates() {
    var tried = BenchmarkCase()
    (tried.hidden, tried.batch, tried.vocabulary, tried.inputs) = (4, 2, 5, .oneHot)
    let readOut = 3.0 * 6 * 4 * 5
    for (cell, w) in [(CellKind.tanh, 16.0), (.lstm, 64), (.gru, 48), (.mingru, 0)] {
      tried.cell = cell
      tried.task = .labelling
      #expect(tried.productOperations(rows: 6) == 2 * (w * (3 * 6 - 2) + readOut), "\(cell)")
      tried.task = .sampling
      #expect(tried.productOperations(rows: 1) == 2 * (w + 20), "\(cell)")
    }
    (tried.cell, tried.task, tried.inputs) = (.lstm, .labelling, .embedding)
    // Five symbols are fewer than six rows.
    #expect(
      tried.productOperations(rows: 6) == 2 * (64.0 * 16 + readOut + 3 * 5 * 16 * 4))
  }

  @Test func theMachineMultipliesMatricesAtSomeSpeed() {
    let peak = MatrixProductPeak.measure(threads: 1, seconds: 0.02)
    #expect(peak.threads == 1 && peak.gigaflops > 0.01)
  }

  @Test(arguments: BenchmarkCase.Task.allCases, BenchmarkCase.Inputs.allCases)
  func everyTaskIsTimed(_ task: BenchmarkCase.Task, _ inputs: BenchmarkCase.Inputs) throws {
    var tried = BenchmarkCase()
    (tried.task, tried.inputs, tried.isVaried) = (task, inputs, true)
    (tried.vocabulary, tried.hidden, tried.batch, tried.length) = (5, 6, 3, 8)
    let result = try BenchmarkResult.measure(tried, seconds: 0.001)
    #expect(result.medianMilliseconds > 0 && result.gradientBytes > 0)
    let steps = tried.lengths.reduce(0, +)
    #expect(result.tokens == (task == .sampling ? 1 : task == .grid ? 24 : steps))
    // What is not counted is not told.
    #expect((result.gigaflops == nil) == [.attention, .grid, .greedy, .beam].contains(task))
  }

  @Test func aTaskHasTheTargetsItIsNamedFor() throws {
    var tried = BenchmarkCase()
    (tried.batch, tried.length) = (2, 9)
    let targets = try BenchmarkCase.Task.allCases.map { task in
      tried.task = task
      guard case .examples(let examples) = tried.data().train else { return -1 }
      return try #require(examples.first).target.steps
    }
    #expect(targets == [9, 9, 3, 1, 9, 9, 9])
  }

  /// Weights are laid out once for a text; those of the text before are none of its business.
  @Test func aTextIsWrittenWithTheWeightsAsTheyAre() throws {
    let (preset, task) = try TinyRun.preset(["training.optimizer.learning-rate": "0.3"])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    func write(_ generator: TextGenerator) -> [String] {
      var random = SeededRandom(seed: 4)
      let text = generator.text(
        trainer.parameters, length: 60, temperature: 1, prompt: [], random: &random)
      return [text]
        + generator.lines(
          trainer.parameters, count: 3, length: 20, temperature: 1, random: &random)
    }
    let generator = try #require(try TextGenerator(network: trainer.network, task: task))
    let before = write(generator)
    for _ in 0..<30 { _ = trainer.advance() }
    let after = write(generator)
    let anew = write(try #require(try TextGenerator(network: trainer.network, task: task)))
    #expect(after == anew && after != before)
  }
}
