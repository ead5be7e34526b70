import SequenceData
import Testing
import Training
import TrainingEvents

/// Which alerts a preset must and must not raise in its first steps, and what a loss does that leaves
/// all bounds. Longer courses are told by made-up events in `AlertWatchTests`.
@Suite struct AlertTableTests {
  struct Row: Sendable {
    var preset: String
    var settings: [String: String] = [:]
    var steps = 60
    var must: Set<String> = []
  }

  /// Only presets whose data the program makes itself: a test reads no large file.
  static let table = [
    Row(preset: "parity"), Row(preset: "oscillator"), Row(preset: "adding", steps: 40),
    Row(preset: "copy", steps: 40),
    Row(preset: "copy", settings: ["network.cell": "tanh"], steps: 80, must: ["vanishing"]),
    Row(preset: "parity", settings: ["network.teacher-forcing": "0.5"]),
    Row(preset: "brackets"), Row(preset: "anbn"), Row(preset: "two-brackets"),
    Row(
      preset: "parity",
      settings: [
        "training.optimizer.name": "sgd", "training.optimizer.learning-rate": "1e30",
        "training.clip-norm": "none",
      ], must: ["diverged"]),
  ]

  @Test(arguments: table.indices) func raisesWhatItMust(index: Int) async throws {
    let row = Self.table[index]
    var preset = try PresetLibrary.preset(row.preset)
    for (key, value) in row.settings { try preset.set(key, to: value) }
    try preset.set("training.steps", to: "\(row.steps)")
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start()
    let events = await TinyRun.events(of: engine) { event in
      if case .state(.diverged) = event { true } else { event.isFinish }
    }
    await engine.shutDown()
    var watch = AlertWatch()
    var raised: Set<String> = []
    for event in events {
      for case .warning(let record) in [event] + watch.observe(event) {
        if Alert(rawValue: record.kind) != nil { raised.insert(record.kind) }
      }
    }
    #expect(raised == row.must, "\(row.preset) \(row.settings)")
    if row.must == ["diverged"] {
      let bests = events.contains {
        if case .validation(let record) = $0 { record.isBest } else { false }
      }
      #expect(!bests && events.contains(.state(.diverged)))
    }
    // Gradients by lag and statistics are in the record though nobody watched.
    if preset.task.kind != .handBuilt, row.must != ["diverged"] {
      #expect(events.contains { if case .frame(.statistics) = $0 { true } else { false } })
      #expect(events.contains { if case .frame(.stateNorms) = $0 { true } else { false } })
    }
  }

  /// What is measured on the way leaves training alone, to the last bit.
  @Test func looksChangeNoWeight() async throws {
    var losses: [[Double]] = []
    for watched in [false, true] {
      let (preset, task) = try TinyRun.preset(["training.steps": "40"])
      let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
      if watched {
        await engine.perform(
          .watch(ProbeRequest(interests: [.gradientByLag, .statistics, .hiddenStates])))
      }
      await engine.start()
      let events = await TinyRun.events(of: engine)
      await engine.shutDown()
      losses.append(events.flatMap(\.records).map(\.loss))
    }
    #expect(losses[0].count == 40 && losses[0] == losses[1])
  }
}
