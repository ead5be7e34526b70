import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// Runs of networks that were built by hand: nothing is learned, everything is right.
@Suite struct HandBuiltTests {
  private func load(_ grammar: String, steps: Int) throws -> (Preset, TaskData) {
    var preset = try PresetLibrary.preset(grammar)
    try preset.set("training.steps", to: "\(steps)")
    try preset.set("training.validate-every", to: "\(steps)")
    return (preset, try TaskLoader.load(preset.task, seed: 1, dataDirectories: []))
  }

  /// Nobody can read a new string sooner than every two seconds; who asks gets one at once.
  @Test func stringsComeAtAReadablePace() throws {
    let (preset, task) = try load("brackets", steps: 60)
    let workload = try HandBuiltWorkload(preset: preset, task: task)
    let request = ProbeRequest(interests: [.task, .hiddenStates])
    var probe = HandBuiltProbe()
    func frames(_ now: Double, force: Bool = false) -> Int {
      probe.look(workload, request, now: now, force: force).count
    }
    #expect(frames(10) == 2)
    #expect(frames(11.9) == 0 && frames(11.9, force: true) == 2)
    #expect(frames(13.8) == 0 && frames(13.9) == 2)
  }

  @Test(arguments: ["brackets", "anbn", "two-brackets"])
  func everyVerdictIsRightAndShown(grammar: String) async throws {
    let (preset, task) = try load(grammar, steps: 60)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.watch(ProbeRequest(interests: [.task, .hiddenStates, .trace])))
    await engine.start()
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    let records = events.flatMap(\.records)
    #expect(
      records.count == 60
        && records.allSatisfy { $0.loss == 0 && $0.gradientNorm == nil && $0.learningRate == nil })
    let validation = events.compactMap { if case .validation(let it) = $0 { it } else { nil } }
    #expect(validation.last?.metric == 100)
    let stack = try #require(
      events.compactMap { if case .frame(.task(.stack(let it))) = $0 { it } else { nil } }.last)
    let language = try #require(FormalLanguage(rawValue: grammar))
    var read: [Int32] = []
    for row in stack.rows {
      read.append(Int32(try #require(language.alphabet.firstIndex(of: row.symbol))))
      #expect(row.accepted == language.accepts(read))
      #expect(row.units.count == stack.unitNames.count)
    }
    #expect(!stack.rows.isEmpty && stack.caution == nil)
    let states = try #require(
      events.compactMap { if case .frame(.hiddenStates(let it)) = $0 { it } else { nil } }.last)
    #expect(!stack.unitNames.isEmpty && states.maps.map(\.unitNames) == [stack.unitNames])
    let trace = try #require(
      events.compactMap { if case .frame(.trace(let it)) = $0 { it } else { nil } }.last)
    #expect(trace.columns.map(\.input) == stack.rows.map(\.symbol))
    #expect(trace.nodes.count == stack.rows.count + 1 && trace.nodes.last?.place == .output)
    for (node, row) in zip(trace.nodes, stack.rows) {
      #expect(node.terms.map(\.value) == row.units && node.direction == .forward)
    }
    let last = try #require(events.compactMap(\.checkpoint).last)
    #expect(last.parameters.contains { $0.name == "rnn.weight_hh_l0" })
  }

  /// A language's symbols are the network's inputs, one by one.
  @Test(arguments: FormalLanguage.allCases)
  func aLanguageAndItsNetworkHaveTheSameAlphabet(language: FormalLanguage) {
    #expect(language.design.alphabet.map { String($0) } == language.alphabet)
  }

  @Test func aStoppedRunGoesOnWithTheStringsThatFollow() async throws {
    let (preset, task) = try load("brackets", steps: 30)
    func frames(from checkpoint: Checkpoint?, until limit: RunLimit) async throws -> (
      StackFrame?, Checkpoint?
    ) {
      let engine = try TrainingEngine(
        preset: preset, task: task, threads: 1, checkpoint: checkpoint)
      await engine.perform(.watch(ProbeRequest(interests: [.task])))
      await engine.perform(.run(until: limit))
      let events = await TinyRun.events(of: engine) { $0 == .state(.paused) || $0.isFinish }
      await engine.perform(.snapshot)
      let frames = events + (await TinyRun.rest(of: engine))
      let stacks = frames.compactMap {
        if case .frame(.task(.stack(let it))) = $0 { it } else { nil }
      }
      return (stacks.last, frames.compactMap(\.checkpoint).last)
    }
    let (straight, _) = try await frames(from: nil, until: .step(20))
    let (_, half) = try await frames(from: nil, until: .step(11))
    #expect(half?.state.step == 11)
    let (resumed, _) = try await frames(from: half, until: .step(20))
    #expect(resumed == straight && straight?.step == 20)
  }

  @Test func aTypedStringIsDecidedAndHyperparametersAreRefused() async throws {
    let (preset, task) = try load("two-brackets", steps: 10)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.read(text: "([])"))
    await engine.perform(.read(text: "([)]"))
    await engine.perform(.read(text: String(repeating: "[", count: 80)))
    await engine.perform(.read(text: "x"))
    await engine.perform(.scaleLearningRate(by: 2))
    await engine.perform(.stop)
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    let answers = events.compactMap { if case .reading(let it) = $0 { it.answer } else { nil } }
    #expect(answers.prefix(2) == ["accepted", "rejected"])
    #expect(answers.count == 3)
    #expect(answers.last?.prefix(9) == "not known")
    #expect(events.count { if case .refused = $0 { true } else { false } } == 2)
  }
}
