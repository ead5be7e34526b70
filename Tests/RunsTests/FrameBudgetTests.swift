import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// What a record takes of the frames that it is offered.
@Suite struct FrameBudgetTests {
  /// Frames that come once a second in a run of a thousand steps a second.
  private static let sizes: [(kind: ProbeFrame, bytes: Int)] = [
    (.hiddenStates(HiddenStateFrame(step: 0, symbols: [], maps: [])), 400_000),
    (.samples(SampleFrame(step: 0, temperature: 1, lines: [])), 700),
    (.gradientByLag(GradientByLag(step: 0, curves: [])), 3_000),
    (.task(.stack(StackFrame(step: 0, language: "", unitNames: [], rows: []))), 20_000),
  ]

  private static func at(_ step: Int, _ frame: ProbeFrame) -> ProbeFrame {
    switch frame {
    case .hiddenStates(var content):
      content.step = step
      return .hiddenStates(content)
    case .samples(var content):
      content.step = step
      return .samples(content)
    case .gradientByLag(var content):
      content.step = step
      return .gradientByLag(content)
    default:
      return .task(.stack(StackFrame(step: step, language: "", unitNames: [], rows: [])))
    }
  }

  /// What is taken of frames that come every `pace` steps of a million, with the steps of each kind.
  private static func millionSteps(
    _ budget: FrameBudget, every pace: Int = 100
  ) -> (bytes: Int, steps: [ProbeFrame.Kind: [Int]]) {
    var budget = budget
    var (bytes, steps): (Int, [ProbeFrame.Kind: [Int]]) = (0, [:])
    for step in stride(from: pace, through: 1_000_000, by: pace) {
      budget.note(steps: pace)
      let now = UInt64(step) * 1_000_000
      for (kind, size) in sizes {
        let frame = at(step, kind)
        guard budget.lets(frame, at: now),
          budget.take(frame, bytes: size, nanoseconds: UInt64(size) * 10)
        else { continue }
        bytes += size
        steps[frame.kind, default: []].append(step)
      }
    }
    return (bytes, steps)
  }

  @Test func aMillionStepsTakeFiftyMegabytesSpreadOverTheWholeRun() throws {
    let (bytes, steps) = Self.millionSteps(FrameBudget())
    #expect(bytes <= 50_000_000)
    let states = try #require(steps[.hiddenStates])
    // Twelve thousand steps earn a frame of this size; nearly all that may be spent is.
    #expect(states.count >= 60 && states.count <= 75, "\(states.count)")
    let gaps = zip(states.dropFirst(), states).map { $0 - $1 }
    #expect(try #require(gaps.max()) <= 20_000, "\(gaps)")
    #expect(try #require(states.last) > 980_000)
    // Also at the beginning, where a network changes fastest.
    #expect(try #require(states.first) <= 200)
    #expect(states.count { $0 <= 100_000 } >= 12, "\(states.prefix(20))")
    // A large kind leaves small ones their room.
    for kind in [ProbeFrame.Kind.samples, .gradientByLag, .task] {
      #expect(steps[kind]?.count ?? 0 > 200, "\(kind)")
    }
  }

  @Test func thePresetSaysHowMuch() {
    #expect(Self.millionSteps(FrameBudget(megabytes: 5)).bytes <= 5_000_000)
    #expect(Self.millionSteps(FrameBudget(megabytes: 0)).bytes == 0)
    #expect(Self.millionSteps(FrameBudget(megabytes: -1)).bytes == 0)
  }

  @Test func aFiftiethOfTheTimeIsSpentAtMost() {
    var budget = FrameBudget()
    budget.note(steps: 1_000_000)
    var spent: UInt64 = 0
    for tick in 1...1000 {
      let frame = Self.at(tick, Self.sizes[1].kind)
      guard budget.lets(frame, at: UInt64(tick) * 10_000_000) else { continue }
      // Each takes a tenth of a second to write.
      if budget.take(frame, bytes: 700, nanoseconds: 100_000_000) { spent += 100_000_000 }
    }
    #expect(spent > 0 && Double(spent) <= 0.02 * 10e9 + 0.12e9, "\(spent)")
  }

  @Test func aStepIsRecordedOnceAndAgainAfterGoingBack() {
    var budget = FrameBudget()
    budget.note(steps: 1000)
    let (late, early) = (Self.at(900, Self.sizes[1].kind), Self.at(500, Self.sizes[1].kind))
    for (frame, isNew) in [(late, true), (late, false), (early, true), (late, true)] {
      let isLet = budget.lets(frame, at: 1)
      #expect(isLet == isNew)
      guard isNew else { continue }
      let isTaken = budget.take(frame, bytes: 700, nanoseconds: 1)
      #expect(isTaken)
    }
  }

  /// A frame whose size was not known is measured, and leaves nothing in the record.
  @Test func whatIsTooLargeIsLeftOut() throws {
    let place = try TemporaryDirectory()
    let run = try RunDirectory.create(at: place.path + "/run", preset: "")
    let recorder = RunRecorder(run, frameMegabytes: 0.01) { _ in }
    recorder.record(.steps(StepBatch((1...20).map(Example.step))))
    let huge = HiddenStateFrame(
      step: 20, symbols: [],
      maps: [StateMap(name: "layer 1", units: 100, values: .init(repeating: 0.125, count: 10_000))])
    recorder.record(.frame(.hiddenStates(huge)))
    recorder.record(.steps(StepBatch([Example.step(21)])))
    recorder.close()
    let text = try String(contentsOfFile: run.eventsPath, encoding: .utf8)
    #expect(!text.contains("hiddenStates") && text.contains("\"step\":21,"))
  }

  /// What earlier sessions recorded is spent: who goes on again and again gets nothing for it.
  @Test func aRunThatGoesOnHasSpentWhatItsRecordHolds() throws {
    let place = try TemporaryDirectory()
    let path = place.path + "/run"
    let states = HiddenStateFrame(
      step: 0, symbols: [],
      maps: [StateMap(name: "layer 1", units: 50, values: .init(repeating: 0.125, count: 5_000))])
    func record(_ session: Int) throws {
      let directory =
        try session == 0 ? RunDirectory.create(at: path, preset: "") : RunDirectory.open(path)
      let recorder = RunRecorder(directory, frameMegabytes: 4) { _ in }
      recorder.flush()
      for step in (20 * session + 1)...(20 * session + 20) {
        recorder.record(.steps(StepBatch([Example.step(step)])))
        var states = states
        states.step = step
        recorder.record(.frame(.hiddenStates(states)))
      }
      recorder.close()
    }
    for session in 0..<4 { try record(session) }
    let lines = try String(contentsOfFile: path + "/events.jsonl", encoding: .utf8)
      .split(separator: "\n").filter { $0.contains("hiddenStates") }
    // 0.6 of 4 MB · (0.16 · ln 9 / ln 10001 + 0.84 · 80 / 10⁶): nearly three of 31 KB.
    #expect(lines.count == 2 || lines.count == 3, "\(lines.count)")
  }
}
