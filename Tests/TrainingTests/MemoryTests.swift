import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// What a network takes is known, and refused, before it is taken.
struct MemoryTests {
  private func memory(_ settings: [String: String]) throws -> (TrainingMemory, Trainer) {
    let (preset, task) = try TinyRun.preset(settings)
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    for _ in 0..<3 { _ = trainer.advance() }
    return (TrainingMemory(trainer.network, preset: preset, task: task), trainer)
  }

  @Test(arguments: [
    ["network.cell": "lstm", "network.hidden": "24"],
    ["network.cell": "gru", "network.layers": "3"],
    ["training.batch": "16", "training.sequence-length": "50", "network.hidden": "40"],
    ["training.optimizer.name": "sgd", "training.parts": "1"],
  ])
  func whatIsCountedIsTaken(_ settings: [String: String]) throws {
    let (memory, trainer) = try memory(settings)
    let weights = Double(trainer.parameters.count * 4)
    #expect(memory.weights == weights)
    let kept = [trainer.optimiser.mean, trainer.optimiser.square].compactMap { $0 }.count
    #expect(
      memory.parameters == weights * Double(1 + kept) + Double(trainer.gradientBytes))
    // No network that would fit is refused, and the guess is not idle either.
    #expect(memory.batch <= Double(trainer.stateBytes))
    #expect(memory.batch * 6 >= Double(trainer.stateBytes))
  }

  /// Steps and judgements take back what they took, however many come.
  @Test func memoryDoesNotGrowWithTheSteps() throws {
    let (_, trainer) = try memory([:])
    let taken = trainer.stateBytes
    for _ in 0..<5 { _ = trainer.advance() }
    #expect(trainer.stateBytes == taken)
    let part = Replica(model: trainer.network.makeModel(), layout: trainer.network.rows)
    part.carryStates(sequences: 4)
    var batch = DataBatch()
    trainer.source.next(into: &batch)
    part.packer.pack(batch, sequences: 0..<batch.count, into: part.batch)
    let used = (0..<5).map { _ in
      part.judge(trainer.parameters, objective: trainer.network.objective)
      return part.arena.usedBytes
    }
    #expect(used[1] > 0 && Set(used.dropFirst()).count == 1)
  }

  /// A network that reads both ways holds twice the states.
  @Test func bothDirectionsAreCounted() throws {
    func batch(_ direction: String) throws -> Double {
      let (preset, task) = try TinyRun.synthetic([
        "task.kind": "sequence-labelling", "task.data.synthetic": "parity",
        "task.data.length": "6", "network.direction": direction,
      ])
      let network = try TaskNetwork(preset: preset, task: task)
      return TrainingMemory(network, preset: preset, task: task).batch
    }
    let (forward, both) = (try batch("forward"), try batch("bidirectional"))
    #expect(both > 1.5 * forward && both <= 2 * forward)
  }

  @Test func aNetworkBeyondTheMachineIsRefusedInOneLine() throws {
    var (preset, task) = try TinyRun.preset(["network.cell": "lstm"])
    (preset.network.hidden, preset.network.layers) = (16_384, 64)
    let error = #expect(throws: PresetError.self) {
      try TrainingEngine(preset: preset, task: task, threads: 1)
    }
    let text = error?.description ?? ""
    #expect(text.contains("545 GB") && text.contains("network.hidden: 16384"))
    #expect(text.contains("lower network.hidden or network.layers") && !text.contains("\n"))
  }

  @Test func aBatchBeyondTheMachineIsRefused() throws {
    let (preset, task) = try TinyRun.preset([
      "training.batch": "65536", "training.sequence-length": "100000",
    ])
    let memory = TrainingMemory(
      try TaskNetwork(preset: preset, task: task), preset: preset, task: task)
    try memory.check()
    let error = #expect(throws: PresetError.self) { try memory.check(limit: 100_000) }
    #expect(error?.description.contains("a batch takes") == true)
    #expect(error?.description.contains("lower training.batch") == true)
  }

  @Test func aLengthTurnedUpWhileTrainingIsCountedToo() throws {
    let (_, trainer) = try memory(["training.sequence-length": "6"])
    _ = try LiveHyperparameters.change(key: "training.sequence-length", value: "40", in: trainer)
    #expect(trainer.source.sequenceLength == 40)
  }

  @Test func whatASnapshotHoldsJustifiesItsNetwork() throws {
    let (_, trainer) = try memory([:])
    var checkpoint = trainer.checkpoint(elapsed: 1, best: nil)
    _ = try TrainedNetwork(checkpoint, file: "x")
    var preset = trainer.preset
    preset.network.hidden = 16_384
    checkpoint.preset = preset.resolvedText
    #expect(throws: ParameterMismatch.self) { try TrainedNetwork(checkpoint, file: "x") }
    #expect(throws: ParameterMismatch.self) {
      try TrainingEngine(preset: preset, task: trainer.task, threads: 1, checkpoint: checkpoint)
    }
  }

  @Test func bytesInWords() {
    #expect(MachineMemory.words(0) == "0 B" && MachineMemory.words(999) == "999 B")
    #expect(MachineMemory.words(545_456_000_000) == "545 GB")
    #expect(MachineMemory.words(2.346e12) == "2.35 TB" && MachineMemory.words(1e18) == "1000000 TB")
    #expect(MachineMemory.bytes > 1 << 20)
  }
}

struct PresetBoundsTests {
  /// Aliases of aliases, behind every character that YAML takes for a blank or a line's end.
  @Test(arguments: [" ", "\u{85}", "\u{2028}", "\u{2029}", "\n    "])
  func aliasesOfAliasesAreCounted(_ blank: String) {
    var yaml = "a0: &a0 [x, x]\n"
    for level in 1..<28 {
      let alias = "\(blank)*a\(level - 1)"
      yaml += "a\(level): &a\(level)\n  ? [\(alias),\(alias)]\n  : 1\n"
    }
    let error = #expect(throws: PresetError.self) {
      try Preset(yaml: yaml, file: "x.yaml", name: "x")
    }
    #expect(error?.description.contains("too many values once aliases are followed") == true)
  }

  @Test(arguments: ["[", "{a: "])
  func depthIsBounded(_ opening: String) {
    let closing = opening == "[" ? "]" : "}"
    let yaml =
      "a: " + String(repeating: opening, count: 40) + String(repeating: closing, count: 40)
    let error = #expect(throws: PresetError.self) {
      try Preset(yaml: yaml, file: "x.yaml", name: "x")
    }
    #expect(error?.description.hasPrefix("x.yaml:1: nested too deeply") == true)
  }

  @Test func aFewAliasesAndWordsBetweenAsterisksPass() throws {
    let stars = String(repeating: "*bold* ", count: 40)
    let preset = try Preset(
      yaml: "title: \"\(stars)\"\ntraining: { batch: &n 7, steps: *n }\n", file: "x", name: "x")
    #expect(preset.training.batch == 7 && preset.training.steps == 7)
  }

  @Test func ratesOfAbsurdStepsAreKnownAtOnce() {
    var schedule = ScheduleConfiguration()
    (schedule.name, schedule.every, schedule.factor) = (.step, 1, 0.999_999_999_999)
    let rate = Schedule(schedule, totalSteps: nil).rate(base: 1, step: 1 << 40)
    #expect(abs(rate - 0.333) < 0.001)
  }
}
