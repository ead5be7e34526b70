import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// Every reader, fed with inputs that are nearly right. A trap ends the test process; a hang and a
/// wrong acceptance fail the test.
///
/// `UNFOLD_FUZZ` sets how many inputs each reader gets, `UNFOLD_FUZZ_SEED` where they begin,
/// and `UNFOLD_FUZZ_LAST` names a file that always holds the input under way, to find what trapped.
@Suite struct ReaderFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["UNFOLD_FUZZ"].flatMap { Int($0) } ?? 1500
  private static let seed = environment["UNFOLD_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
  private static let last = environment["UNFOLD_FUZZ_LAST"]

  private static func fuzz(
    _ seeds: [[UInt8]], _ name: String, _ read: ([UInt8]) throws -> Void
  ) throws {
    var mutator = Mutator(seed: seed)
    for corpus in FuzzCorpus.cases { try read(corpus) }
    for index in 0..<count {
      let input = mutator.mutate(seeds[index % seeds.count], others: seeds)
      if let last { try Data(input).write(to: URL(fileURLWithPath: last + "." + name)) }
      let began = DispatchTime.now().uptimeNanoseconds
      try read(input)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9
      #expect(seconds < 5, "input \(index) of \(name) took \(seconds) s")
    }
  }

  private static let lines: [[UInt8]] = {
    var events = ExampleRecord.events.filter { if case .steps = $0 { false } else { true } }
    let range = StepBucket.Range(minimum: 1, maximum: 3, mean: 2)
    events.append(
      .steps(
        StepBatch(
          thinned: [
            StepBucket(
              firstStep: 1, count: 3, loss: range, gradientNorm: range, clippedSteps: 1, tokens: 3,
              last: Example.step(3))
          ], records: [Example.step(4), Example.step(5)])))
    events.append(.samples(SampleFrame(step: 9, temperature: 0.8, lines: ["abc", "\u{7}"])))
    events.append(.values([NamedValues(step: 3, values: [.init(name: "a", number: 1)])]))
    return events.map { EventLine.encode($0, for: .record) }
  }()

  @Test func json() throws {
    try Self.fuzz(Self.lines.map { $0.dropLast() }, "json") { input in
      guard let value = try? JSONValue(decoding: input) else { return }
      // What was accepted reads back as the same value; a whole `1e1` comes back as 10.
      let bytes = value.encoded()
      let again = try JSONValue(decoding: bytes)
      #expect(again.encoded() == bytes)
    }
  }

  @Test func safetensors() throws {
    let files = [
      SafetensorsFile(tensors: [
        .init(name: "a", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]),
        .init(name: "b", shape: [], doubles: [1]), .init(name: "c", shape: [0], floats: []),
      ]),
      SafetensorsFile(tensors: [.init(name: "w", shape: [1], floats: [1])], metadata: ["k": "v"]),
      SafetensorsFile(),
    ]
    try Self.fuzz(try files.map { try $0.encoded() }, "safetensors") { input in
      guard let file = try? SafetensorsFile(decoding: input) else { return }
      for tensor in file.tensors {
        let numbers = try? tensor.doubles()
        #expect(numbers == nil || numbers?.count == tensor.elementCount)
      }
      #expect(file.tensors.reduce(0) { $0 + $1.data.count } <= input.count)
      let again = try SafetensorsFile(decoding: file.encoded())
      #expect(Set(again.tensors.map(\.name)) == Set(file.tensors.map(\.name)))
    }
  }

  @Test func eventFiles() throws {
    let events = [
      TFEvent(wallTime: 1, fileVersion: TFEvent.version),
      TFEvent(wallTime: 2, step: 3, values: [("a", .scalar(1)), ("b", .scalar(.nan))]),
      TFEvent(wallTime: 3, step: 4, values: [("h", .histogram(.init(of: [1, 2, 3])))]),
    ]
    let files = [events.flatMap { $0.record() }] + events.map { $0.record() }
    try Self.fuzz(files, "tfevents") { input in
      var parser = TFEventsParser()
      _ = try? parser.append(input)
    }
    // Behind the checksums, which would stop nearly all of these.
    try Self.fuzz(events.map { $0.encoded() }, "tfevent") { input in
      guard let event = TFEvent(decoding: input[...]) else { return }
      let again = TFEvent(decoding: event.encoded()[...])
      #expect(again?.values.map(\.tag) == event.values.map(\.tag))
    }
  }

  @Test func eventLines() throws {
    var history = RunHistory()
    var clock = ReplayClock()
    try Self.fuzz(Self.lines.map { $0.dropLast() }, "line") { input in
      let event = input.withUnsafeBufferPointer { try? EventLine.decode($0) }
      guard let event else { return }
      clock.advance(to: event)
      switch event {
      case .steps(let batch): history.append(batch)
      case .validation(let record): history.append(record)
      case .values(let records): history.append(records)
      case .hiddenStates(let frame):
        #expect(frame.maps.allSatisfy { $0.columns * $0.units == $0.values.count })
        _ = RunCharts.hiddenStates(frame, of: Example.run).svg()
      default: break
      }
      let bytes = EventLine.encode(event, for: .record)
      #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A })
      if history.count > 100_000 { history = RunHistory() }
    }
    #expect(clock.now.isFinite)
  }

  @Test func foreignLines() throws {
    let lines = [
      #"{"step": 1, "train/loss": 2.5, "grad_norm": 1.5, "lr": 0.01, "epoch": 0.5, "time": 100}"#,
      #"{"step": 2, "val_loss": 2.75, "nested": {"a": {"b": 1}}, "clipped": true, "tokens": 12}"#,
      #"{"step": 4, "loss": 1, "states": [[0.1, -0.2], [0.3, 0.4]], "symbols": ["a", 1]}"#,
      #"{"step": 4, "gradientByLag": [1, 0.5, 0.25], "samples": ["hello"], "loss": NaN}"#,
    ].map { Array($0.utf8) }
    var foreign = ForeignLines()
    var history = RunHistory()
    try Self.fuzz(lines + Self.lines.map { $0.dropLast() }, "foreign") { input in
      input.withUnsafeBufferPointer { foreign.take($0) }
      for event in foreign.drain() {
        switch event {
        case .steps(let batch): history.append(batch)
        case .values(let records): history.append(records)
        case .warning(let record): #expect(!record.text.unicodeScalars.contains("\u{1B}"))
        default: break
        }
      }
      if history.count > 100_000 { history = RunHistory() }
    }
    #expect(history.extra.count <= RunHistory.mostExtraSeries)
  }

  @Test func snapshotStates() throws {
    let state = SnapshotState(
      reason: .scheduled, validationLoss: 2, saved: 3, resume: Example.checkpoint(step: 4).state)
    try Self.fuzz([try state.encoded(for: "x")], "state") { input in
      guard let read = try? SnapshotState.decode(input, path: "x") else { return }
      #expect(read.resume.step >= 0 && read.resume.cursor.position >= 0)
    }
  }

  @Test func wholeRecords() throws {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/events.jsonl"
    let record = Self.lines.flatMap { $0 }
    var mutator = Mutator(seed: Self.seed)
    for _ in 0..<max(20, Self.count / 20) {
      try ExampleRecord.write(mutator.mutate(record, others: Self.lines), to: path)
      var replay = try Replay(path)
      #expect(replay.duration.isFinite)
      _ = try replay.jump(to: replay.duration / 2)
      _ = try replay.jump(toStep: 3)
      _ = try replay.advance(by: 1e9)
      #expect(replay.isFinished)
      _ = try RunSummary(path)
      _ = MetricsTable.columns(replay.run.history)
    }
  }
}
