import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// Frames of past steps, looked up in a record.
@Suite struct RecordedFrameTests {
  private let temporary: TemporaryDirectory
  private var path: String { temporary.path + "/events.jsonl" }

  init() throws { temporary = try TemporaryDirectory() }

  static func states(_ step: Int, _ value: Float = 0.5) -> TrainingEvent {
    .frame(
      .hiddenStates(
        HiddenStateFrame(
          step: step, symbols: ["a"],
          maps: [StateMap(name: "layer 1", units: 1, values: [value])])))
  }

  static func samples(_ step: Int, _ line: String = "abc") -> TrainingEvent {
    .frame(.samples(SampleFrame(step: step, temperature: 0.8, lines: [line])))
  }

  static func steps(_ range: ClosedRange<Int>) -> TrainingEvent {
    .steps(StepBatch(range.map(Example.step)))
  }

  static func undo(to step: Int) -> TrainingEvent {
    .command(CommandRecord(step: step, name: "undo", text: "went back", marker: "undo"))
  }

  private func write(_ events: [TrainingEvent], torn: String = "") throws {
    var bytes = EventLine.session(time: 1, process: 1)
    for event in events { EventLine.append(event, for: .record, to: &bytes) }
    try ExampleRecord.write(bytes + Array(torn.utf8), to: path)
  }

  private func append(_ events: [TrainingEvent]) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    for event in events { try file.write(contentsOf: EventLine.encode(event, for: .record)) }
    try file.close()
  }

  /// Kinds and steps of what is recorded of a step.
  private func found(_ recorded: RecordedFrames, _ step: Int) -> [String] {
    let past = recorded.past(step: step)
    #expect(past.step == step)
    return past.frames.map { "\($0.kind.rawValue) \($0.step)" }
  }

  @Test func theNewestAtAStepOrBeforeItIsFoundAsItWasWritten() throws {
    try write([
      .started(Example.run), Self.steps(1...10), Self.states(10, 0.1), Self.samples(10),
      Self.steps(11...50), Self.states(50, 0.2), Self.steps(51...90), Self.samples(90, "xyz"),
    ])
    let recorded = RecordedFrames(temporary.path)
    #expect(found(recorded, 9).isEmpty)
    #expect(found(recorded, 10) == ["hiddenStates 10", "samples 10"])
    #expect(found(recorded, 49) == ["hiddenStates 10", "samples 10"])
    #expect(found(recorded, 50) == ["hiddenStates 50", "samples 10"])
    #expect(found(recorded, 1_000_000) == ["hiddenStates 50", "samples 90"])
    #expect(
      recorded.past(step: 60).frames.map(TrainingEvent.frame) == [
        Self.states(50, 0.2), Self.samples(10),
      ])
    // The record grows under whoever looks back.
    try append([Self.steps(91...100), Self.states(100)])
    #expect(found(recorded, 100) == ["hiddenStates 100", "samples 90"])
    // A replay has the same from the same lines.
    let replay = try Replay(temporary.path)
    var moved = replay
    _ = try moved.jump(to: moved.duration)
    #expect(moved.past(step: 60) == recorded.past(step: 60))
  }

  @Test func whatWasUndoneIsCutAndWhatWasBeforeAResumeStays() throws {
    try write([
      .started(Example.run), Self.steps(1...100), Self.states(40, 0.4), Self.states(80, 0.8),
      Self.undo(to: 50), Self.steps(51...60), Self.samples(60),
    ])
    let recorded = RecordedFrames(temporary.path)
    #expect(found(recorded, 90) == ["hiddenStates 40", "samples 60"])
    // Killed and gone on from a snapshot of step 55.
    var again = Example.run
    again.firstStep = 55
    try append([.started(again), Self.steps(56...70), Self.states(70)])
    #expect(found(recorded, 69) == ["hiddenStates 40"])
    #expect(found(recorded, 70) == ["hiddenStates 70"])
    // A command that goes nowhere cuts nothing.
    try append([
      .command(CommandRecord(step: 70, name: "learning-rate", text: "lr", marker: "lr"))
    ])
    #expect(found(recorded, 70) == ["hiddenStates 70"])
    var first = Example.run
    first.firstStep = 0
    try append([.started(first), Self.steps(1...5)])
    #expect(found(recorded, 100).isEmpty)
  }

  /// A replay that stands in a stretch which was undone later shows what was seen there.
  @Test func aReplayLooksBackFromWhereItStands() throws {
    try write([
      .started(Example.run), Self.steps(1...100), Self.states(80, 0.8), Self.steps(101...5000),
      Self.undo(to: 50), Self.steps(51...200), Self.states(180, 0.1),
    ])
    var replay = try Replay(temporary.path)
    _ = try replay.jump(to: replay.duration)
    #expect(replay.past(step: 170).frames.isEmpty)
    #expect(replay.past(step: 190).frames.map(\.step) == [180])
    _ = try replay.jump(to: 900)
    #expect(replay.past(step: 170).frames.map(\.step) == [80])
  }

  @Test func aRecordWithoutFramesAndATornOneAreReadAsFarAsTheyGo() throws {
    try write([.started(Example.run), Self.steps(1...100)])
    #expect(found(RecordedFrames(temporary.path), 100).isEmpty)
    #expect(found(RecordedFrames(temporary.path + "/nowhere"), 100).isEmpty)
    // A kill in the middle of a frame.
    try write(
      [.started(Example.run), Self.states(10), Self.steps(11...20)],
      torn: #"{"event":"hiddenStates","step":20,"symbols":["a"],"maps":[{"na"#)
    #expect(found(RecordedFrames(temporary.path), 100) == ["hiddenStates 10"])
    #expect(try RecordedRun(temporary.path).history.count == 10)
    // What goes on behind it is found as well.
    let directory = try RunDirectory.open(temporary.path)
    let recorder = RunRecorder(directory) { _ in }
    recorder.flush()
    recorder.record(Self.steps(21...40))
    recorder.record(Self.states(40))
    recorder.close()
    let recorded = RecordedFrames(temporary.path)
    #expect(
      found(recorded, 39) == ["hiddenStates 10"] && found(recorded, 40) == ["hiddenStates 40"])
  }

  @Test func whereNobodyWatchedASnapshotTells() throws {
    let run = try RunDirectory.create(at: temporary.path + "/run", preset: "")
    let snapshot = try SnapshotWriter(directory: run).write(Example.contents(step: 20))
    var bytes = EventLine.session(time: 1, process: 1)
    for event in [
      .started(Example.run), Self.steps(1...20), .snapshot(snapshot), Self.steps(21...90),
    ] { EventLine.append(event, for: .record, to: &bytes) }
    // Told of when it is on disk, some steps behind its own.
    for event in [Self.samples(25), .snapshot(snapshot), Self.states(85)] {
      EventLine.append(event, for: .record, to: &bytes)
    }
    try ExampleRecord.write(bytes, to: run.eventsPath)
    let recorded = RecordedFrames(run.path)
    #expect(found(recorded, 19).isEmpty)
    #expect(found(recorded, 24) == ["hiddenStates 20"])
    #expect(found(recorded, 30) == ["hiddenStates 20", "samples 25"])
    #expect(found(recorded, 90) == ["hiddenStates 85", "samples 25"])
  }

  // MARK: Lines

  static let task = TaskFrame.classification(
    ConfusionFrame(
      step: 30, classes: ["yes", "no"], counts: [3, 1, 0, 4],
      mistakes: [.init(text: "a\nb", truth: "yes", prediction: "no", confidence: .nan)]))

  @Test func theTasksPictureIsALineOfTheRecord() throws {
    let line = EventLine.encode(.frame(.task(Self.task)), for: .record)
    let text = String(decoding: line, as: UTF8.self)
    #expect(text.hasPrefix(#"{"event":"task","step":30,"frame":{"#) && text.hasSuffix("}\n"))
    #expect(EventLine.encode(.frame(.task(Self.task)), for: .standardOutput).isEmpty)
    let back = try line.dropLast().withUnsafeBufferPointer { try EventLine.decode($0) }
    guard case .frame(.task(.classification(let frame)))? = back else {
      Issue.record("\(String(describing: back))")
      return
    }
    #expect(frame.counts == [3, 1, 0, 4] && frame.step == 30)
    #expect(frame.mistakes.first?.confidence.isNaN == true)
    // As an earlier version sends it to a dashboard.
    let old = Array(text.replacing(#""step":30,"frame""#, with: #""frame""#).utf8).dropLast()
    guard case .event(.frame(.task))? = old.withUnsafeBufferPointer({ MessageJSON.decode($0) })
    else {
      Issue.record("\(text)")
      return
    }
  }

  /// A stranger's record may say anything.
  @Test(arguments: [
    (#""counts":[3,1,0,4]"#, #""counts":[3,1,0]"#),
    (#""counts":[3,1,0,4]"#, #""counts":[3,-1,0,4]"#),
    (#""counts":[3,1,0,4]"#, #""counts":[9223372036854775807,9223372036854775807,0,4]"#),
    (#""counts":[3,1,0,4]"#, #""counts":"many""#),
  ])
  func numbersThatDoNotFitTogetherAreNoFrame(_ change: (from: String, to: String)) throws {
    let line = String(
      decoding: EventLine.encode(.frame(.task(Self.task)), for: .record), as: UTF8.self)
    try #require(line.contains(change.from), "\(line)")
    let broken = Array(line.replacing(change.from, with: change.to).utf8).dropLast()
    let event = try broken.withUnsafeBufferPointer { try EventLine.decode($0) }
    #expect(event == nil)
  }

  @Test func otherTasksAreCheckedToo() {
    let score = TaskScore(right: 5, count: 4, sequences: 1)
    let frames: [TaskFrame] = [
      .caption(CaptionFrame(step: 1, width: 3, height: 2, pixels: [0], target: "", output: "")),
      .caption(
        CaptionFrame(step: 1, width: .max, height: .max, pixels: [], target: "", output: "")),
      .forecast(
        ForecastFrame(
          step: 1, series: [1], predicted: [], continuation: [], unit: "", scoredFrom: -5)),
      .answers(AnswersFrame(step: 1, answers: [.init(truth: 1, answer: 1)], shown: .max, unit: "")),
      .translation(TranslationFrame(step: 1, source: [], target: [], output: [], score: score)),
      .labelling(
        LabellingFrame(
          step: 1, inputs: ["a"], truth: ["a"], prediction: ["a"],
          recall: .init(kept: .min..<0, asked: 0..<1, score: score))),
      .stack(StackFrame(step: -1, language: "", unitNames: [], rows: [])),
    ]
    for frame in frames { #expect(!frame.isConsistent, "\(frame)") }
    #expect(Self.task.isConsistent)
  }

  @Test func aLineTellsItsKindAndStepWithoutBeingRead() {
    for (line, expected) in [
      (#"{"event":"hiddenStates","step":12,"symbols""#, "hiddenStates 12"),
      (#"{"event":"task","step":7,"frame":{"#, "task 7"),
      (#"{"event":"step","step":12,"loss":1}"#, nil), (#"{"event":"hiddenStates","step":"#, nil),
      (#"{"event":"samples","step":-3,"lines":[]}"#, nil), ("", nil),
    ] as [(String, String?)] {
      let found = Array(line.utf8).withUnsafeBufferPointer { FrameLine.peek($0) }
      #expect(found.map { "\($0.kind.rawValue) \($0.step)" } == expected, "\(line)")
    }
  }

  @Test func askingAndAnsweringGoThroughTheProtocol() throws {
    func back(_ command: TrainingCommand) throws -> TrainingCommand {
      try CommandJSON.encode(command).dropLast().withUnsafeBufferPointer {
        try CommandJSON.decode($0)
      }
    }
    for command in [
      TrainingCommand.rewind, .watch(ProbeRequest(interests: [.task], pastStep: 1250)),
      .watch(ProbeRequest()),
    ] { #expect(try back(command) == command) }
    let line = String(
      decoding: CommandJSON.encode(.watch(ProbeRequest(pastStep: 1250))), as: UTF8.self)
    #expect(line.contains(#""at":1250"#))
    guard case .frame(let states) = Self.states(1200), case .frame(let samples) = Self.samples(1100)
    else { return }
    let past = PastFrames(step: 1250, frames: [states, samples, .task(Self.answered)])
    let bytes = MessageJSON.encode(.past(past))
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix(#"{"event":"past","at":1250,"frames":[{"#))
    #expect(bytes.dropLast().withUnsafeBufferPointer { MessageJSON.decode($0) } == .past(past))
    let none = MessageJSON.encode(.past(PastFrames(step: 3, frames: [])))
    #expect(
      none.dropLast().withUnsafeBufferPointer { MessageJSON.decode($0) }
        == .past(PastFrames(step: 3, frames: [])))
  }

  private static let answered = TaskFrame.answers(
    AnswersFrame(step: 5, answers: [.init(truth: 1, answer: 0.5)], unit: "sum"))
}
