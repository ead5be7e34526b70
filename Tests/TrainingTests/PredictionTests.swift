import Foundation
import SequenceData
import Testing
import Training
import TrainingEvents

@Suite struct PredictionTests {
  @Test func labelsFollowTheRuleOfTheNetwork() async throws {
    let network = try await EvaluationTests.parity()
    let prediction = try network.predict("1011")
    #expect(prediction.labels == ["1", "1", "0", "1"] && prediction.answer == "1 1 0 1")
    #expect(prediction.states.symbols == ["1", "0", "1", "1"])
    #expect(prediction.states.maps.first?.units == 2 && prediction.states.maps[0].columns == 4)
    #expect(throws: DataError.self) { try network.predict("10a") }
    #expect(throws: DataError.self) { try network.predict("") }
  }

  @Test func aClassComesWithItsProbability() async throws {
    let rows = (0..<60).map { "\(["bad", "good", "so-so"][$0 % 3])\ta b" }
    let network = try await SetNetwork(
      [
        ("task.kind", "sequence-classification"), ("task.data.tsv", "FILE"),
        ("network.output", "final"), ("network.hidden", "2"),
      ], data: rows.joined(separator: "\n"), weights: ["head.bias": [log(1), log(5), log(2)]])
    let prediction = try network.predict("b a a")
    #expect(prediction.answer == "good" && prediction.isClass)
    #expect(prediction.alternatives.map(\.label) == ["good", "so-so", "bad"])
    for (alternative, probability) in zip(prediction.alternatives, [5.0 / 8, 2.0 / 8, 1.0 / 8]) {
      #expect(abs(alternative.probability - probability) < 1e-6)
    }
    #expect(prediction.frame.answer == "good  63 %" || prediction.frame.answer == "good  62 %")
  }

  /// A network that says the mean of the series whatever it reads, in the data's own units.
  @Test func aForecastIsInTheUnitsOfTheData() async throws {
    let rows = (0..<120).map { "\(1000 + ($0 % 7) * 10)" }.joined(separator: "\n")
    let network = try await SetNetwork(
      [
        ("task.kind", "forecasting"), ("task.data.csv", "FILE"), ("task.data.length", "8"),
        ("network.hidden", "2"),
      ], data: "level\n" + rows, weights: [:])
    let mean = try #require(network.task.normalisation?.mean.first)
    for line in ["1010 1020 1030", "1,2,3", "[[1010],[1020]]", "{\"inputs\":[[7]]}", "#1"] {
      let prediction = try network.predict(line)
      #expect(prediction.values.count == Prediction.mostAhead)
      #expect(prediction.values.allSatisfy { abs($0[0] - Double(mean)) < 1e-3 }, "\(line)")
    }
    let known = try network.predict("#1")
    #expect(known.truth != nil)
    let bad = [
      "", "one", "1 2 x", "[[1,2]]", "[[1],[2,3]]", "#0", "#2", "{\"tokens\":[1]}", "[]",
    ]
    for bad in bad {
      #expect(throws: DataError.self, "\(bad)") { try network.predict(bad) }
    }
  }

  @Test func aPersonsOwnMistakeIsCountedFromWhereTheirTextBegins() async throws {
    let network = try await SetNetwork(
      [
        ("task.kind", "forecasting"), ("task.data.synthetic", "adding"),
        ("task.data.length", "6"), ("network.output", "final"), ("network.hidden", "2"),
      ], weights: ["head.bias": [1]])
    #expect(try network.predict("[[0.5,1],[0.25,1]]").values == [[1]])
    do {
      _ = try network.predict("[[0.5,1],[0.25]]")
      Issue.record("read a ragged row")
    } catch let error as DataError {
      #expect(error.column == 11 && error.line == nil, "\(error)")
    }
  }

  @Test func aTextGoesOnWithTheLikeliestSymbols() async throws {
    // Whatever was read, b is likeliest.
    let network = try await SetNetwork(
      [
        ("task.data.lines", "FILE"), ("network.hidden", "2"), ("training.sequence-length", "5"),
        ("training.batch", "4"),
      ], data: (0..<40).map { $0 % 2 == 0 ? "ab" : "ba" }.joined(separator: "\n"),
      weights: ["head.bias": [0, 0, 3]])
    let prediction = try network.predict("a")
    #expect(prediction.answer == String(repeating: "b", count: 40))
    #expect(prediction.alternatives.first?.label == "b" && !prediction.isClass)
  }

  /// What is asked while training goes on is answered from the weights of the moment.
  @Test func aNetworkOfNumbersIsAskedForAHeldOutExampleWhileItTrains() async throws {
    var preset = Preset()
    for (key, value) in [
      ("task.kind", "forecasting"), ("task.data.synthetic", "adding"), ("task.data.length", "6"),
      ("network.output", "final"), ("network.hidden", "3"),
    ] { try preset.set(key, to: value) }
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    for text in ["#1", "[[0.5,1],[0.5,1],[0,0]]", "nonsense"] {
      await engine.perform(.read(text: text))
    }
    await engine.perform(.stop)
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    let frames = events.compactMap { if case .reading(let frame) = $0 { frame } else { nil } }
    #expect(frames.map(\.text) == ["#1", "[[0.5,1],[0.5,1],[0,0]]"])
    #expect(frames.map { $0.states.maps.first?.columns } == [6, 3])
    #expect(frames.allSatisfy { Double($0.answer) != nil })
    let refusals = events.compactMap { if case .refused(let why) = $0 { why } else { nil } }
    #expect(refusals.count == 1 && refusals[0].contains("nonsense"))
  }

  @Test func aHandBuiltNetworkGivesItsVerdict() async throws {
    let network = try await SetNetwork(
      [("task.kind", "hand-built"), ("task.data.grammar", "brackets")], weights: nil)
    #expect(try network.predict("(())").answer == "accepted")
    #expect(try network.predict("(()").answer == "rejected")
    #expect(try network.evaluate().value(.accuracy) == 1)
  }
}
