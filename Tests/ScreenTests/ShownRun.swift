import Foundation
import SequenceData
import TerminalGraphics
import Training
import TrainingEvents

@testable import Dashboard

/// A short run of a preset on small data, as the dashboard saw it: real training, every frame, and the
/// alerts that are raised of it.
enum ShownRun {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  /// Small stand-ins for data that is large or must be fetched, then what comes with the program.
  private static let directories = [
    folder.appendingPathComponent("Data").path,
    folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("presets/data").path,
  ]

  /// Steps trained, in stretches with a look inside after each.
  static let steps = 200
  private static let stretches = 4

  /// Bytes that the program is said to hold.
  static let memory = 38 << 20

  /// What keeps an unoptimised build quick. Nothing that a panel goes by is among it: cell, variant
  /// and task are the preset's.
  private static func shrink(_ preset: inout Preset) throws {
    try preset.set("training.steps", to: "\(steps)")
    guard preset.task.kind != .handBuilt else { return }
    let isSynthetic = preset.task.data.length != nil && preset.task.kind != .forecasting
    try preset.set("network.hidden", to: "8")
    try preset.set("training.batch", to: "4")
    try preset.set("training.validate-every", to: "\(steps / 5)")
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
      interests: [
        .hiddenStates, .gradientByLag, .statistics, .stateNorms, .passage, .samples, .task,
        .dynamics, .landscape,
      ], columns: 100)
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

  /// The run as it was told, and the dashboard after it.
  static func run(of name: String, seed: UInt64) async throws -> ToldRun {
    ToldRun(try await events(of: name, seed: seed))
  }
}

/// What a run told, and the dashboard that it was told to.
struct ToldRun {
  let state: DashboardState
  private(set) var description: RunDescription?
  private(set) var records: [StepRecord] = []
  private(set) var validations: [ValidationRecord] = []
  private(set) var frames = FrameStore()
  private(set) var snapshot: SnapshotRecord?
  /// Kinds of the alerts that were raised.
  private(set) var alerts: Set<String> = []

  var last: StepRecord? { records.last }
  var best: ValidationRecord? { validations.min { $0.loss < $1.loss } }
  var statistics: NetworkStatistics? { frames.newest() }
  /// Whether the task's own panel is a chart of a series.
  var hasForecast: Bool {
    if case .forecast? = frames.newest(TaskFrame.self) { true } else { false }
  }

  init(_ events: [TrainingEvent]) {
    var (state, watch) = (DashboardState(), AlertWatch())
    var all: [TrainingEvent] = []
    for event in events {
      all += [event] + watch.observe(event)
      // Somebody writes what the engine hands out.
      if case .checkpoint(let record) = event {
        all.append(
          .snapshot(
            SnapshotRecord(
              step: record.step, path: "runs/1/step-\(record.step)", bytes: 12_345,
              reason: record.reason)))
      }
    }
    for event in all { state.apply(event) }
    state.note(memoryBytes: ShownRun.memory)
    state.advance(to: 100)
    self.state = state
    for event in all {
      switch event {
      case .started(let description): self.description = description
      case .steps(let batch): records += batch.records
      case .validation(let record): validations.append(record)
      case .frame(let frame): frames.keep(frame)
      case .snapshot(let record) where record.reason != .best: snapshot = record
      case .warning(let record) where Alert(rawValue: record.kind) != nil:
        alerts.insert(record.kind)
      default: break
      }
    }
  }
}

/// One screen of a run, with what stands in each panel.
struct ShownScreen {
  struct Part {
    var panel: PanelKind
    var size: Size
    /// With its border.
    var rows: [String]
    /// Why there is nothing to show.
    var absence: String?
    var text: String { rows.joined(separator: "\n") }
  }

  let run: ToldRun
  let state: DashboardState
  let buffer: CellBuffer
  let parts: [Part]

  /// - Parameter changes: what a person changed before
  init(
    _ run: ToldRun, _ view: ViewKind, _ size: Size,
    changes: (inout DashboardState) -> Void = { _ in }
  ) {
    self.run = run
    var state = run.state
    state.resize(size)
    state.show(view: view)
    changes(&state)
    self.state = state
    let buffer = state.render(
      size: size, appearance: Appearance(theme: .monochrome, hasColor: false))
    self.buffer = buffer
    parts = state.placements(in: size).map { placement in
      Part(
        panel: placement.panel, size: placement.rect.size,
        rows: Self.rows(of: placement.rect, in: buffer),
        absence: placement.panel.drawing.absence(in: state))
    }
  }

  var text: String { buffer.lines.joined(separator: "\n") }

  /// The panel with the focus has a heavier border.
  private static func rows(of rect: Rect, in buffer: CellBuffer) -> [String] {
    (rect.y..<rect.bottom).map { y in
      String(
        String.UnicodeScalarView(
          (rect.x..<rect.right).map { buffer[$0, y].glyph }
            .filter { $0 != "\0" }.map { $0 == "┃" ? "│" : $0 }))
    }
  }
}
