import FileFormats
import Testing
import TrainingEvents

@testable import Runs

@Suite struct EventLineTests {
  private func text(_ event: TrainingEvent, for audience: EventLine.Audience = .record) -> String {
    String(decoding: EventLine.encode(event, for: audience), as: UTF8.self)
  }

  private func read(_ line: String) throws -> TrainingEvent? {
    try Array(line.utf8).withUnsafeBufferPointer { try EventLine.decode($0) }
  }

  @Test func stepLinesAreAsPromised() {
    #expect(
      text(.steps(StepBatch([Example.step(2)])), for: .standardOutput)
        == #"{"event":"step","step":2,"epoch":0.02,"loss":1.6,"gradientNorm":2.5,"clipped":true,"#
        + #""learningRate":0.002,"tokens":100,"tokensPerSecond":200,"elapsed":1}"# + "\n")
  }

  /// Standard output says what training did; what only a replay needs stands in the record alone.
  @Test func eachAudienceGetsItsEvents() {
    let forBoth: [TrainingEvent] = [
      .steps(StepBatch([Example.step(1)])),
      .validation(ValidationRecord(step: 1, loss: 1, isBest: true)),
      .finished(FinishRecord(reason: .completed, step: 1)),
    ]
    let forTheRecord: [TrainingEvent] = [
      .started(Example.run), .state(.paused), .recovered(RecoveryRecord(step: 3, kind: "plateau")),
      .values([NamedValues(name: "x", steps: [1], numbers: [2])]),
      .frame(.hiddenStates(Example.hiddenStates)),
    ]
    for event in forBoth {
      #expect(!text(event).isEmpty && !text(event, for: .standardOutput).isEmpty, "\(event)")
    }
    for event in forTheRecord {
      #expect(!text(event).isEmpty && text(event, for: .standardOutput).isEmpty, "\(event)")
    }
    #expect(
      text(.recovered(RecoveryRecord(step: 3, kind: "plateau")))
        == #"{"event":"recovered","step":3,"kind":"plateau"}"# + "\n")
  }

  @Test(arguments: [nil, "mine.txt"])
  func aRunOverOwnDataSaysSoAgain(data: String?) throws {
    var run = Example.run
    run.ownData = data
    run.hosts = data == nil ? [] : ["first", "second"]
    run.averagesWeights = data != nil
    let line = text(.started(run))
    guard case .started(let read)? = try read(String(line.dropLast())) else {
      return #expect(Bool(false), "no run in \(line)")
    }
    #expect(read.ownData == data)
    #expect(read.hosts == run.hosts)
    #expect(read.averagesWeights == run.averagesWeights)
  }

  /// How large an image's grid is can be read again; sizes that nobody could draw are none.
  @Test(arguments: [("↘", 3, true), ("↘", 1 << 20, false), ("x", 3, false)])
  func gridsAreReadAgain(corner: String, rows: Int, isKept: Bool) throws {
    var run = Example.run
    let grid = Architecture.Grid(rows: rows, columns: 5, corners: [corner], isSum: true)
    run.architecture = Architecture(
      shape: .final, cell: "tanh", inputSize: 9, hiddenSize: 4, outputSize: 2, twoDimensional: true,
      grid: grid)
    let line = text(.started(run))
    guard case .started(let read)? = try read(String(line.dropLast())) else {
      return #expect(Bool(false), "no run in \(line)")
    }
    #expect(read.architecture?.grid == (isKept ? grid : nil))
  }

  @Test func notFiniteNumbersStayValidJSON() throws {
    var record = Example.step(3)
    record.loss = .nan
    record.gradientNorm = .infinity
    let line = text(.steps(StepBatch([record])))
    #expect(try JSONValue(decoding: line)["loss"] == .null)
    guard case .steps(let batch)? = try read(String(line.dropLast())) else {
      return #expect(Bool(false), "no step in \(line)")
    }
    #expect(batch.records[0].loss.isNaN && batch.records[0].gradientNorm?.isNaN == true)
  }

  /// What was not logged has no key, and comes back as absent: neither 0 nor NaN.
  @Test(arguments: [
    StepRecord(step: 3, loss: 1.5), StepRecord(step: 3, epoch: 0.5, loss: 1.5, clipped: true),
    StepRecord(step: 3, loss: 1.5, gradientNorm: 0.25, tokens: 7),
    StepRecord(step: 3, loss: 1.5, learningRate: 0.1, elapsed: 2),
    StepRecord(step: 3, loss: 1.5, tokens: 100, duration: 0.5),
  ])
  func whatWasNotLoggedHasNoKey(record: StepRecord) throws {
    let line = String(text(.steps(StepBatch([record]))).dropLast())
    #expect(!line.contains("null"))
    #expect(try read(line) == .steps(StepBatch([record])))
    let keys = try #require(try JSONValue(decoding: line).object).members.map(\.key)
    #expect(keys.contains("gradientNorm") == (record.gradientNorm != nil))
    #expect(keys.contains("tokensPerSecond") == (record.duration != nil))
    // As any other program may write it.
    let spaced = line.split(separator: ",").joined(separator: ", ")
    #expect(try read(spaced) == .steps(StepBatch([record])))
    let bucket = try #require(StepBucket([record][...]))
    let thinned = TrainingEvent.steps(StepBatch(thinned: [bucket]))
    #expect(try read(String(text(thinned).dropLast())) == thinned)
  }

  @Test func absentTimesAndEpochsHaveNoKey() throws {
    for event: TrainingEvent in [
      .validation(ValidationRecord(step: 9, loss: 2, isBest: false)),
      .command(CommandRecord(step: 9, name: "restart", text: "t")),
      .finished(FinishRecord(reason: .stopped, step: 9)),
    ] {
      let line = String(text(event).dropLast())
      #expect(!line.contains("elapsed") && !line.contains("epoch") && !line.contains("null"))
      #expect(try read(line) == event)
    }
  }

  private static let events: [TrainingEvent] = [
    .started(Example.run), .steps(StepBatch([Example.step(7)])), .state(.paused),
    .validation(
      ValidationRecord(step: 9, epoch: 1.5, loss: 2, metric: 50, elapsed: 3, isBest: true)),
    .command(
      CommandRecord(
        step: 9, elapsed: 3, name: "learning-rate", text: "learning rate 2 → 1", marker: "lr ÷2",
        value: 1)),
    .command(
      CommandRecord(step: 9, name: CommandRecord.keep, text: "2 units kept", units: Example.units)),
    .snapshot(SnapshotRecord(step: 9, path: "runs/ü \u{1B}/x", bytes: 12)),
    .snapshot(SnapshotRecord(step: 9, path: "checkpoint.pt", bytes: nil, reason: .requested)),
    .warning(WarningRecord(step: 9, kind: "plateau", text: "no \"progress\"", advice: "wait")),
    .warning(WarningRecord(step: 9, kind: "plateau", text: "t")),
    .finished(FinishRecord(reason: .diverged, step: 9, elapsed: 3)),
    .frame(.samples(SampleFrame(step: 9, temperature: 0.8, lines: ["abc", "\u{7}"]))),
    .frame(
      .gradientByLag(
        GradientByLag(
          step: 9, curves: [LagCurve(name: "layer 1", norms: [1, 0.1], factorPerStep: 0.1)]))),
    .frame(
      .statistics(
        NetworkStatistics(
          step: 9,
          parameters: [
            .init(name: "w", symbol: "W", norm: 1, gradientNorm: 2, updateRatio: 0.001)
          ], spectralRadius: 1.1, largestSingularValue: nil, saturated: 0.5, dead: 0,
          meanSlope: 0.25)
      )),
    .frame(
      .stateNorms(StateNorms(step: 9, layers: [.init(name: "layer 1 backward", norm: 2.5)]))),
    .frame(.landscape(landscape)), .frame(.landscape(LandscapeFrame(step: 9))),
  ]

  private static var landscape: LandscapeFrame {
    var frame = LandscapeFrame(step: 9)
    (frame.sharpness, frame.sharpnessResidual, frame.sharpnessSequences) = (12.5, 0.005, 8)
    (frame.relativeStep, frame.slope, frame.noiseScale) = (-0.25, -0.5, 35.5)
    (frame.parts, frame.batch) = (8, 32)
    var test = LandscapeFrame.RateTest(step: 8, ownRate: 0.25)
    (test.rates, test.losses) = ([0.125, 0.5], [2, 1.5])
    (test.suggestedRate, test.divergesAt) = (0.125, 0.75)
    frame.rateTest = test
    return frame
  }

  @Test(arguments: events.indices) func everyKindReadsBack(index: Int) throws {
    let event = Self.events[index]
    let line = text(event)
    #expect(line.hasSuffix("\n") && line.dropLast().allSatisfy { $0 != "\n" })
    #expect(line.utf8.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    #expect(try read(String(line.dropLast())) == event)
  }

  @Test func framesWithGapsReadBack() throws {
    let line = text(.frame(.hiddenStates(Example.hiddenStates)))
    guard case .frame(.hiddenStates(let frame))? = try read(String(line.dropLast())) else {
      return #expect(Bool(false), "no frame in \(line)")
    }
    #expect(frame.maps == Example.hiddenStates.maps && frame.symbols == ["a", "b\u{1B}", "␣"])
    #expect(frame.loss[1].isNaN && frame.loss[2] == 1.4)
  }

  @Test func thinnedStepsReadBack() throws {
    let bucket = try #require(StepBucket([Example.step(1), Example.step(2), Example.step(3)][...]))
    let batch = StepBatch(thinned: [bucket])
    #expect(try read(String(text(.steps(batch)).dropLast())) == .steps(batch))
  }

  @Test func standardOutputGetsResultsOnly() {
    for event in Self.events {
      let object = try? JSONValue(decoding: text(event, for: .standardOutput))
      let kind = object?["event"]?.string
      switch event {
      case .steps, .validation, .command, .snapshot, .warning, .finished: #expect(kind != nil)
      default: #expect(kind == nil)
      }
    }
  }

  @Test(arguments: [
    "", "{", "[]", "{}", #"{"event":1}"#, #"{"event":"step"}"#, #"{"event":"step","step":-1}"#,
    #"{"event":"step","step":1.5,"loss":1}"#, #"{"event":"step","step":1e300,"loss":1}"#,
    #"{"event":"step","step":9223372036854775807,"loss":1}"#,
    #"{"event":"finished","reason":"bored","step":1}"#,
    #"{"event":"steps","firstStep":1,"count":900000000,"loss":{"minimum":1,"maximum":1,"mean":1},"#
      + #""gradientNorm":{"minimum":1,"maximum":1,"mean":1},"last":{"step":2,"loss":1}}"#,
  ])
  func refusesWhatMakesNoSense(line: String) {
    #expect(throws: EventLine.Malformed.self) { try read(line) }
  }

  @Test func passesOverKindsItDoesNotKnow() throws {
    #expect(try read(#"{"event":"telepathy","step":3}"#) == nil)
  }

  @Test func fastAndGeneralReadingAgree() throws {
    let line = String(text(.steps(StepBatch([Example.step(123)]))).dropLast())
    let spaced = line.split(separator: ",").joined(separator: ", ")
    #expect(try read(line) == read(spaced))
  }
}
