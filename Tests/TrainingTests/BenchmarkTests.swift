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
    tried.length = 3
    let readOut = 3.0 * 6 * 4 * 5
    for (cell, w) in [(CellKind.tanh, 16.0), (.lstm, 64), (.gru, 48), (.mingru, 0)] {
      tried.cell = cell
      tried.task = .labelling
      #expect(tried.productOperations == 2 * (w * (3 * 6 - 2) + readOut), "\(cell)")
      tried.task = .sampling
      #expect(tried.productOperations == 2 * (w + 20), "\(cell)")
    }
    (tried.cell, tried.task, tried.inputs) = (.lstm, .labelling, .embedding)
    // Five symbols are fewer than six rows.
    #expect(
      tried.productOperations == 2 * (64.0 * 16 + readOut + 3 * 5 * 16 * 4))
  }

  /// Counted by hand, for two units and one sequence of two steps. The decoder has four units: W 16,
  /// U c 16, a query 8 and V 12 multiplications a step, a key 8, and each pair of steps an energy of 2
  /// and a mean of 4.
  @Test func productsOfAttentionAreCountedByWhatLooksAtWhat() {
    var tried = BenchmarkCase()
    (tried.hidden, tried.batch, tried.vocabulary, tried.length) = (2, 1, 3, 2)
    tried.task = .attention
    let (encoder, decoder, looks) = (2.0 * 4 * 5, 3.0 * 2 * (52 + 8), 4.0 * (2 * 2 + 3 * 4))
    #expect(tried.productOperations == 2 * (encoder + decoder + looks))
    // The encoder's W twice and the keys, for each source step.
    let source = 2.0 * (2 * 4 + 8)
    tried.task = .greedy
    #expect(tried.productOperations == 2 * (source + 2 * 52 + 4 * 6))
    // One hypothesis writes the first symbol and five the second; U h of the source is shared.
    tried.task = .beam
    #expect(tried.productOperations == 2 * (source + 6 * 36 + 2 * 16 + 12 * 6))
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
    #expect(result.medianMilliseconds > 0)
    let trains = ![.sampling, .greedy, .beam].contains(task)
    #expect(trains == (result.gradientBytes.map { $0 > 0 } ?? false))
    #expect(trains == (result.stateBytes.map { $0 > 0 } ?? false))
    let steps = tried.lengths.reduce(0, +)
    #expect(result.tokens == (task == .sampling ? 1 : task == .grid ? 24 : steps))
    // What is not counted is not told.
    #expect((result.gigaflops == nil) == (task == .grid))
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

  /// Threads share the products of a network this large.
  @Test(arguments: ["gru", "lstm"]) func aTextDoesNotDependOnThreads(_ cell: String) throws {
    let (preset, task) = try TinyRun.preset([
      "network.hidden": "512", "network.cell": cell, "training.optimizer.learning-rate": "0.01",
    ])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    for _ in 0..<3 { _ = trainer.advance() }
    let texts = try [1, 2, 3].map { threads in
      let generator = try #require(
        try TextGenerator(network: trainer.network, task: task, threads: threads))
      var random = SeededRandom(seed: 4)
      return generator.text(
        trainer.parameters, length: 60, temperature: 1, prompt: [], random: &random)
    }
    #expect(Set(texts).count == 1 && Set(texts[0]).count > 2)
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
