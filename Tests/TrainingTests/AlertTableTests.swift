import Foundation
import SequenceData
import TestTables
import Testing
import Training
import TrainingEvents

/// Which alerts a preset must raise in its first steps, and that it raises no other; and what a loss
/// does that leaves all bounds. Longer courses are told by made-up events in `MadeUpRunTests`.
///
/// Looks happen at their steps whatever they cost, so that the table holds on any machine.
@Suite struct AlertTableTests {
  struct Row: Sendable {
    var preset: String
    var settings: [String: String] = [:]
    var steps = 60
    var must: Set<String> = []
  }

  /// Every preset at the size that it is shipped with. Without optimisation, those with many units
  /// take tenths of a second a step: they get as many steps as an alert needs for three looks that
  /// agree, and a batch of eight, which changes how noisy a gradient is and not what it is.
  private static let large = [
    "words", "shakespeare", "copy", "sentiment", "speakers", "connected-digits", "spoken-digits",
    "pronounce", "translate", "fashion", "caption-hangul",
  ]

  static let shipped = PresetLibrary.names.map { name in
    Row(
      preset: name, settings: large.contains(name) ? ["training.batch": "8"] : [:],
      steps: large.contains(name) ? 30 : 80, must: PresetAlerts.raised(by: name))
  }

  static let changed = [
    Row(preset: "copy", settings: ["network.cell": "tanh"], steps: 80, must: ["vanishing"]),
    Row(preset: "parity", settings: ["network.teacher-forcing": "0.5"]),
    Row(
      preset: "parity",
      settings: [
        "training.optimizer.name": "sgd", "training.optimizer.learning-rate": "1e30",
        "training.clip-norm": "none",
      ], must: ["diverged"]),
  ]

  /// What comes with the program, then small stand-ins for data that must be fetched.
  private static let directories: [String] = {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    return [
      tests.deletingLastPathComponent().appendingPathComponent("presets/data").path,
      tests.appendingPathComponent("ScreenTests/Data").path,
    ]
  }()

  private func events(_ row: Row) async throws -> [TrainingEvent] {
    var preset = try PresetLibrary.preset(row.preset)
    for (key, value) in row.settings where preset.task.kind != .handBuilt {
      try preset.set(key, to: value)
    }
    try preset.set("training.steps", to: "\(row.steps)")
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: Self.directories)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1, looks: .unlimited)
    await engine.start()
    let events = await TinyRun.events(of: engine) { event in
      if case .state(.diverged) = event { true } else { event.isFinish }
    }
    await engine.shutDown()
    return events
  }

  @Test(arguments: shipped + changed) func raisesWhatItMust(row: Row) async throws {
    let events = try await events(row)
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
      return
    }
    // Gradients by lag and statistics are in the record though nobody watched, of every step that a
    // look was due at, however late somebody reads.
    guard try PresetLibrary.preset(row.preset).task.kind != .handBuilt else { return }
    let due = Array(stride(from: 10, through: row.steps, by: 10))
    for kind in [ProbeFrame.Kind.gradientByLag, .statistics, .stateNorms] {
      let steps = events.compactMap { event -> Int? in
        if case .frame(let frame) = event, frame.kind == kind { frame.content.step } else { nil }
      }
      #expect(steps == due, "\(kind)")
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
