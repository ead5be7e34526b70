import Testing
import Training
import TrainingEvents

/// Frames that are made for whoever looks back at a run later.
@Suite struct PastFrameTests {
  private func train(
    _ settings: [String: String], watching request: ProbeRequest? = nil
  ) async throws -> [TrainingEvent] {
    let (preset, task) = try TinyRun.preset(settings.merging(["training.steps": "60"]) { $1 })
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1, looks: .unlimited)
    if let request { await engine.perform(.watch(request)) }
    await engine.start()
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    return events
  }

  private func steps(_ kind: ProbeFrame.Kind, _ events: [TrainingEvent]) -> [Int] {
    events.compactMap {
      if case .frame(let frame) = $0, frame.kind == kind { frame.step } else { nil }
    }
  }

  @Test func statesAndSamplesAreMadeWhereNobodyWatches() async throws {
    let events = try await train([:])
    for kind in [ProbeFrame.Kind.hiddenStates, .samples] {
      let made = steps(kind, events)
      #expect(made == [10, 20, 30, 40, 50, 60], "\(kind) \(made)")
    }
  }

  @Test func ofWhatIsWatchedTheyAreTheSame() async throws {
    let request = ProbeRequest(interests: [.hiddenStates], columns: 3, sequence: 1)
    for case .frame(.hiddenStates(let frame)) in try await train([:], watching: request) {
      #expect(frame.symbols.count <= 3)
    }
  }

  /// Training never notices, whether or not they are made.
  @Test func lossesAndWeightsAreTheSameWithoutThem() async throws {
    let with = try await train([:])
    let without = try await train(["training.frame-megabytes": "0"])
    #expect(steps(.hiddenStates, without).isEmpty && steps(.samples, without).isEmpty)
    #expect(!steps(.hiddenStates, with).isEmpty)
    let losses = [with, without].map { $0.flatMap(\.records).map(\.loss) }
    #expect(losses[0].count == 60 && losses[0] == losses[1])
    let weights = [with, without].map { $0.compactMap(\.checkpoint).last?.parameters }
    #expect(weights[0] != nil && weights[0] == weights[1])
  }

  @Test func aPresetSaysWhatBecomesOfARunWithoutItsTerminal() throws {
    var (preset, _) = try TinyRun.preset([:])
    #expect(preset.training.onHangUp == nil && !preset.resolvedText.contains("on-hangup"))
    try preset.set("training.on-hangup", to: "detach")
    #expect(preset.training.onHangUp == .detach)
    #expect(preset.resolvedText.contains("on-hangup: detach"))
    do {
      try preset.set("training.on-hangup", to: "detatch")
      Issue.record("it was taken")
    } catch {
      #expect("\(error)".contains("detach") && "\(error)".contains("save"), "\(error)")
    }
  }

  @Test func theKeyIsAPresetsOwn() throws {
    var (preset, _) = try TinyRun.preset([:])
    #expect(
      preset.training.frameMegabytes == nil && !preset.resolvedText.contains("frame-megabytes"))
    try preset.set("training.frame-megabytes", to: "12.5")
    #expect(preset.training.frameMegabytes == 12.5)
    #expect(preset.resolvedText.contains("frame-megabytes: 12.5"))
    #expect(throws: PresetError.self) { try preset.set("training.frame-megabytes", to: "-1") }
  }
}
