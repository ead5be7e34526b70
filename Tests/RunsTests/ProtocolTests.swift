import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import Runs

@Suite struct ProtocolTests {
  private func decoded(_ bytes: [UInt8]) throws -> TrainingCommand {
    let line = bytes.dropLast()
    return try Array(line).withUnsafeBufferPointer { buffer in
      Result { try CommandJSON.decode(buffer) }
    }.get()
  }

  @Test func everyCommandComesBackAsItWent() throws {
    var request = ProbeRequest(
      interests: [.hiddenStates, .trace, .passage], columns: 77, sequence: 3, temperature: 0.25,
      rate: 2, map: 1)
    request.interests.insert(.statistics)
    request.wantsField = true
    request.fieldAxes = DynamicsFrame.PlaneAxes(right: 0, up: 2)
    request.alike = AlikeQuery(
      set: UnitSet(map: "layer 2", units: [1, 7], threshold: 0.35, usesMagnitude: false),
      length: 6, number: 4)
    let commands: [TrainingCommand] = [
      .pause, .resume, .step(count: 17), .run(until: .step(900)), .run(until: .epoch(1.5)),
      .run(until: .loss(0.125)), .scaleLearningRate(by: 0.5),
      .set(key: "training.clip-norm", value: "none"), .set(key: "rate", value: "0.25"), .snapshot,
      .undo, .goBackToBest, .restart, .testRates, .watch(request), .pace(20), .pace(nil),
      .read(text: "\u{1B}[2J\n\"quoted\" 学"), .keep(Example.units), .drop(name: "a b"), .stop,
    ]
    for command in commands {
      let bytes = CommandJSON.encode(command)
      #expect(bytes.last == 0x0A && bytes.dropLast().allSatisfy { $0 != 0x0A })
      #expect(try decoded(bytes) == command)
    }
  }

  @Test func whatIsNoCommandIsToldWhy() throws {
    for (text, words) in [
      ("{", "column"), ("[1]", "expected an object with a command"), ("{}", "a command"),
      (#"{"command":"dance"}"#, "no command “dance”"), (#"{"command":"set"}"#, "needs a key"),
      (#"{"command":"set","key":"a","value":[]}"#, "needs a value"),
      (#"{"command":"run"}"#, "needs a step"), (#"{"command":"drop"}"#, "drop needs a name"),
      (#"{"command":"keep","name":"a"}"#, "keep needs a name, a map"),
      (
        #"{"command":"keep","name":"a","map":"m","units":[1],"threshold":0.5,"symbols":["a","b"],"#
          + #""fromEnd":1}"#, "keep needs"
      ),
    ] {
      #expect(
        throws: CommandJSON.Malformed.self, "\(text)",
        performing: { try decoded(Array((text + "\n").utf8)) })
      do { _ = try decoded(Array((text + "\n").utf8)) } catch {
        #expect("\(error)".contains(words))
      }
    }
    // What a newer dashboard asks for beside what is known is passed over.
    #expect(
      try decoded(Array("{\"command\":\"step\",\"count\":-4,\"later\":{}}\n".utf8))
        == .step(count: 1))
  }

  /// What a run tells of a passage's values, and what other programs may.
  @Test func aMapIsReadAsItIsWritten() throws {
    func frame(values: String, units: Int) -> RunMessage? {
      let line =
        "{\"event\":\"passage\",\"step\":2,\"frame\":{\"step\":2,\"symbols\":[\"a\",\"b\"],\"starts\":[0],"
        + "\"map\":{\"name\":\"m\",\"units\":\(units),\"values\":\(values),\"lowest\":-1,\"highest\":1,"
        + "\"isBounded\":true,\"unitNames\":[]}}}"
      return Array(line.utf8).withUnsafeBufferPointer { MessageJSON.decode($0) }
    }
    let map = StateMap(name: "m", units: 1, values: [0.5, -2])
    let expected = self.frame(.passage(.init(step: 2, symbols: ["a", "b"], starts: [0], map: map)))
    // 0.5 is 3F000000, and −2 is C0000000.
    #expect(frame(values: "\"AAAAPwAAAMA=\"", units: 1) == expected)
    #expect(frame(values: "[0.5,-2]", units: 1) == expected)
    let written = String(decoding: MessageJSON.encode(expected), as: UTF8.self)
    #expect(written.contains("\"values\":\"AAAAPwAAAMA=\""))
    for (values, units) in [
      ("\"AAAAPwAAAM==\"", 1), ("\"AAAAPwAAAMA=\"", 3), ("[0.5,-2]", 3), ("[0.5]", 0),
      ("[0.5]", -1), ("\"?\"", 1),
    ] {
      #expect(frame(values: values, units: units) == nil, "\(values), \(units)")
    }
  }

  private func frame(_ frame: ProbeFrame) -> RunMessage { .event(.frame(frame)) }

  @Test func everyMessageComesBackAsItWent() {
    let map = StateMap(name: "layer 1", units: 2, values: [0.5, -0.25, 1, 0])
    let states = HiddenStateFrame(
      step: 4, symbols: ["a", "b"], maps: [map], targetProbability: [0.5, 0.25], loss: [1, 2],
      prediction: ["b", "c"])
    let messages: [RunMessage] = [
      .hello(.engine([.learningRate, .clipNorm])), .hello(.processes),
      .console(ConsoleLine(number: 12, text: "\u{1B}[31mx\u{1B}[m")),
      .usage(ResourceUsage(processors: 1.125, memoryBytes: 4096, processes: 3, threads: 9)),
      .exit(JobExit(status: 137)), .event(.refused("no")), .event(.frame(.hiddenStates(states))),
      frame(
        .trace(
          GraphTrace(
            step: 3, sequence: 0, sequenceCount: 2,
            columns: [.init(time: 1, input: "a", loss: .infinity)],
            nodes: [
              .init(
                .backward, column: 0, place: .state(layer: 2),
                equations: [
                  .init(
                    .init(.state, layer: .init(number: 2), time: 1, isGradient: true),
                    .sum([
                      .transposedProduct(
                        .init(.recurrent, gate: "f"), .variable(.init(.output, time: 1))),
                      .number(0.5),
                    ]))
                ],
                terms: [.init(.sum, .variable(.init(.state)), value: -.infinity)],
                values: [.init(.init(.gate("f"), time: 1), [0.5, 1])],
                target: 3, finding: .keeps(mean: 0.5))
            ], outputNames: ["a"]))),
      frame(
        .task(
          .answers(
            AnswersFrame(step: 1, answers: [], unit: "sum")))),
      frame(
        .task(
          .stack(
            StackFrame(
              step: 1, language: "aⁿbⁿ", unitNames: ["u"],
              rows: [.init(symbol: "a", stack: 0.25, units: [1], accepted: true)])))),
      frame(.passage(PassageFrame(step: 2, symbols: ["x"], starts: [0], map: map))),
      frame(
        .alike(
          AlikeFrame(
            step: 3,
            query: AlikeQuery(
              set: UnitSet(map: "layer 1", units: [0, 4], threshold: 0.25, usesMagnitude: true),
              length: 2, number: 1),
            isOneText: false, read: 5, total: 9, found: 1,
            places: [
              .init(
                sequence: 2, position: 0, on: 2, others: 1, before: [], symbols: ["a", "b"],
                after: ["\n"])
            ]))),
      .event(
        .reading(
          ReadingFrame(
            text: "t", answer: "a", alternatives: [(label: "b", probability: 0.5)], states: states,
            attributed: AttributedInputs(norms: [[], [1, 0.5]], products: [[], [-1, 0.5]])))
      ),
      .event(.command(CommandRecord(step: 3, name: "learning-rate", text: "x", value: 0.5))),
      .event(.finished(FinishRecord(reason: .stopped, step: 9))),
    ]
    for message in messages {
      let bytes = MessageJSON.encode(message)
      #expect(bytes.last == 0x0A && bytes.dropLast().allSatisfy { $0 != 0x0A }, "\(message)")
      let back = bytes.dropLast().withContiguousStorageIfAvailable { MessageJSON.decode($0) }
      #expect(back == message)
    }
  }

  /// Every line of the protocol that the guide shows is one that this program understands, and none is
  /// left out.
  @Test func theGuideShowsTheProtocolAsItIs() throws {
    let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "Sources/Runs/Documentation.docc/Protocol.md")
    let lines = try String(contentsOf: guide, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("{") }
    var words: (events: Set<String>, commands: Set<String>) = ([], [])
    for line in lines {
      let bytes = Array(line.utf8)
      let object = try #require(try JSONValue(decoding: bytes).object, "\(line)")
      if let word = object["command"]?.string {
        words.commands.insert(word)
        _ = try decoded(bytes + [0x0A])
      } else if let word = object["event"]?.string {
        words.events.insert(word)
        let message = bytes.withUnsafeBufferPointer { MessageJSON.decode($0) }
        #expect(message != nil, "\(line)")
        if case .past(let past)? = message { #expect(past.step == 1250 && past.frames.count == 1) }
      }
    }
    for kind in ProbeFrame.Kind.allCases where kind.recording != nil {
      #expect(words.events.contains(kind.rawValue), "\(kind)")
    }
    #expect(words.events.isSuperset(of: ["hello", "past", "reading", "usage", "console", "exit"]))
    #expect(
      words.commands == [
        "pause", "resume", "step", "run", "pace", "set", "scale", "snapshot", "undo", "best",
        "restart", "read", "watch", "rewind", "stop", "testRates", "keep", "drop",
      ])
  }

  /// A program before this one told nodes in words: the columns are there, and a sentence.
  @Test func aWalkToldInWordsOpensWithItsColumns() throws {
    let line =
      #"{"event":"trace","frame":{"step":3,"sequence":0,"sequenceCount":2,"columns":[{"part":"","#
      + #""time":1,"input":"a","target":"b","loss":0.5,"output":"c","isForced":false}],"stops":"#
      + #"[{"direction":{"forward":{}},"column":0,"symbol":"s(1)","equation":"s(1) = tanh a(1)","#
      + #""reference":"GBC eq. 10.9","terms":[],"remark":"","units":[]}],"note":""}}"#
    let message = Array(line.utf8).withUnsafeBufferPointer { MessageJSON.decode($0) }
    guard case .event(.frame(.trace(let trace)))? = message else {
      Issue.record("no trace")
      return
    }
    #expect(trace.columns.map(\.input) == ["a"] && trace.columns[0].loss == 0.5)
    #expect(trace.nodes.isEmpty && !trace.note.isEmpty)
  }

  @Test func theFutureAndGarbageArePassedOver() {
    func decode(_ text: String) -> RunMessage? {
      Array(text.utf8).withUnsafeBufferPointer { MessageJSON.decode($0) }
    }
    #expect(decode(#"{"event":"hologram","step":1}"#) == nil)
    #expect(decode("\u{0}\u{FF}{{{") == nil)
    #expect(decode(#"{"event":"console","line":-1,"text":"x"}"#) == nil)
    let hello = decode(
      #"{"event":"hello","protocol":99,"can":["pause","teleport"],"knobs":[{"key":"a\u001b[2J"},7]}"#
    )
    guard case .hello(let abilities)? = hello else {
      Issue.record("no hello")
      return
    }
    #expect(abilities.can == [.pause])
    #expect(abilities.hyperparameters.count == 1)
    #expect(!abilities.hyperparameters[0].key.unicodeScalars.contains { $0.value < 0x20 })
  }
}
