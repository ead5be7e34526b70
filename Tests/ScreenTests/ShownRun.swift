import Foundation
import SequenceData
import TerminalGraphics
import Training
import TrainingEvents

@testable import Dashboard

/// A short run of a preset on small data, as the dashboard saw it: real training, every frame.
enum ShownRun {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  /// Small stand-ins for data that is large or must be fetched, then what comes with the program.
  private static let directories = [
    folder.appendingPathComponent("Data").path,
    folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("presets/data").path,
  ]

  /// Steps trained, in stretches with a look inside after each.
  static let steps = 24
  private static let stretches = 4

  /// What keeps an unoptimised build quick. Nothing that a panel goes by is among it.
  private static func shrink(_ preset: inout Preset) throws {
    try preset.set("training.steps", to: "\(steps)")
    guard preset.task.kind != .handBuilt else { return }
    let isSynthetic = preset.task.data.length != nil && preset.task.kind != .forecasting
    try preset.set("network.hidden", to: "8")
    try preset.set("training.batch", to: "4")
    try preset.set("training.validate-every", to: "\(steps / 3)")
    if preset.network.embedding != nil { try preset.set("network.embedding", to: "4") }
    if preset.training.sequenceLength != nil {
      try preset.set("training.sequence-length", to: "16")
    }
    if isSynthetic { try preset.set("task.data.length", to: "12") }
  }

  /// Every event of a run of the preset, with frames of every kind after each stretch.
  static func events(of name: String, seed: UInt64) async throws -> [TrainingEvent] {
    var preset = try PresetLibrary.preset(name)
    try shrink(&preset)
    try preset.set("training.seed", to: "\(seed)")
    let task = try TaskLoader.load(preset.task, seed: seed, dataDirectories: directories)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    var request = ProbeRequest(
      interests: [.hiddenStates, .gradientByLag, .statistics, .samples, .task], columns: 100)
    await engine.perform(.watch(request))
    await engine.start(paused: true)
    var events: [TrainingEvent] = []
    for await event in engine.events {
      events.append(event)
      if case .finished = event { break }
      guard case .state(.paused) = event else { continue }
      // Another request is a look at once.
      request.columns += 1
      await engine.perform(.watch(request))
      await engine.perform(.step(count: steps / stretches))
    }
    await engine.shutDown()
    return events
  }

  /// The dashboard after the run.
  static func state(of name: String, seed: UInt64) async throws -> DashboardState {
    var state = DashboardState()
    for event in try await events(of: name, seed: seed) { state.apply(event) }
    state.advance(to: 100)
    return state
  }
}

/// One screen of a run, with what stands in each panel.
struct ShownScreen {
  let state: DashboardState
  let buffer: CellBuffer
  let placements: [PanelPlacement]

  init(_ state: DashboardState, _ view: ViewKind, _ size: Size) {
    var state = state
    state.resize(size)
    state.show(view: view)
    self.state = state
    buffer = state.render(
      size: size, appearance: Appearance(theme: .monochrome, hasColor: false))
    placements = state.placements(in: size)
  }

  var text: String { buffer.lines.joined(separator: "\n") }

  /// The rows of a panel with its border.
  func rows(of placement: PanelPlacement) -> [String] {
    let rect = placement.rect
    return (rect.y..<rect.bottom).map { y in
      String(
        String.UnicodeScalarView(
          (rect.x..<rect.right).map { buffer[$0, y].glyph }.filter { $0 != "\0" }))
    }
  }
}
