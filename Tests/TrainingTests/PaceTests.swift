import Testing
import Training
import TrainingEvents

/// A pace holds steps back and changes nothing else.
@Suite struct PaceTests {
  private func engine(_ settings: [String: String]) throws -> TrainingEngine {
    let (preset, task) = try TinyRun.preset(settings)
    return try TrainingEngine(preset: preset, task: task, threads: 1)
  }

  @Test func aPacedRunTrainsTheSameMoreSlowly() async throws {
    var parameters: [Checkpoint] = []
    var losses: [[Double]] = []
    for pace in [nil, 50.0] {
      let engine = try engine(["training.steps": "12"])
      await engine.perform(.pace(pace))
      await engine.start()
      let events = await TinyRun.events(of: engine)
      let records = events.flatMap(\.records)
      losses.append(records.map(\.loss))
      parameters.append(try #require(events.compactMap(\.checkpoint).last))
      // Eleven waits of a fiftieth of a second; only the machine can make it longer.
      let elapsed = try #require(records.last?.elapsed)
      if pace != nil { #expect(elapsed > 0.2) }
      await engine.shutDown()
    }
    #expect(parameters[0].parameters == parameters[1].parameters && losses[0] == losses[1])
  }

  /// A step an hour: commands are answered at once all the same, and nobody waits for the wait.
  @Test(.timeLimit(.minutes(1))) func aWaitBlocksNoCommand() async throws {
    let engine = try engine(["training.steps": "12"])
    await engine.perform(.pace(1.0 / 3600))
    await engine.start()
    _ = await TinyRun.events(of: engine) { !$0.records.isEmpty }
    await engine.perform(.set(key: "training.clip-norm", value: "2"))
    _ = await TinyRun.events(of: engine) { if case .command = $0 { true } else { false } }
    await engine.perform(.pause)
    _ = await TinyRun.events(of: engine) { $0 == .state(.paused) }
    await engine.perform(.step(count: 1))
    let events = await TinyRun.events(of: engine) { $0 == .state(.paused) }
    #expect(events.flatMap(\.records).map(\.step) == [2])
    await engine.perform(.resume)
    _ = await TinyRun.events(of: engine) { $0.records.last?.step == 3 }
    await engine.perform(.pace(nil))
    let rest = await TinyRun.events(of: engine)
    #expect(rest.flatMap(\.records).map(\.step) == Array(4...12))
    await engine.shutDown()
  }

  @Test func aPresetSaysItsPace() throws {
    var preset = Preset()
    #expect(preset.training.pace == nil)
    try preset.set("training.pace", to: "12.5")
    #expect(preset.resolvedText.contains("pace: 12.5"))
    for wrong in ["0", "-1", "fast", "inf"] {
      #expect(throws: PresetError.self) { try preset.set("training.pace", to: wrong) }
    }
    for name in ["oscillator", "parity", "sunspots", "brackets", "anbn", "two-brackets"] {
      #expect(try PresetLibrary.preset(name).training.pace != nil, "\(name)")
    }
  }
}
