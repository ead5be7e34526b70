import RecurrentNetworks
import Testing
import TrainingEvents

@testable import Training

/// Weights that a person changes in a running network.
@Suite struct WeightEditTests {
  private func trainer(_ settings: [String: String] = [:]) throws -> Trainer {
    let (preset, task) = try TinyRun.preset(settings)
    return try Trainer(preset: preset, task: task, threads: 1)
  }

  private func weights(_ trainer: Trainer, _ symbol: String) throws -> [[Float]] {
    let parameter = try #require(trainer.network.layout.parameters.first { $0.symbol == symbol })
    let matrix = trainer.parameters.matrix(parameter)
    return (0..<parameter.rows).map { row in (0..<parameter.columns).map { matrix[row, $0] } }
  }

  @Test func oneWeightChangesAndNoOther() throws {
    let trainer = try trainer()
    let before = try weights(trainer, "W")
    let change = try LiveHyperparameters.change(key: "W[1,2]", value: "0.5", in: trainer)
    var expected = before
    expected[1][2] = 0.5
    #expect(try weights(trainer, "W") == expected)
    #expect(change.name == "W[1,2]" && change.value == 0.5)
    // What is told sets it back, exactly.
    _ = try LiveHyperparameters.change(
      key: change.name, value: try #require(change.previous), in: trainer)
    #expect(try weights(trainer, "W") == before)
  }

  @Test(arguments: ["W[1]", "W[1,:]", "rnn.weight_hh_l0[1]"])
  func aRowByItsNumber(_ key: String) throws {
    let trainer = try trainer()
    let before = try weights(trainer, "W")
    _ = try LiveHyperparameters.change(key: key, value: "-2", in: trainer)
    let after = try weights(trainer, "W")
    for row in before.indices {
      #expect(after[row] == (row == 1 ? before[row].map { _ in -2 } : before[row]))
    }
  }

  @Test func aGateStandsForItsRows() throws {
    let trainer = try trainer(["network.cell": "lstm"])
    let before = try weights(trainer, "b")
    let change = try LiveHyperparameters.change(key: "b[f]", value: "-20", in: trainer)
    let after = try weights(trainer, "b")
    // i f g o, five units each.
    for row in before.indices {
      #expect(after[row] == ((5..<10).contains(row) ? [-20] : before[row]))
    }
    // Five values that differed cannot be set back by one.
    #expect(change.previous == nil && change.text == "b[f] 5 weights → -20")
  }

  /// A decoder behind an encoder in both directions is twice as wide as its configuration says.
  @Test func aGateOfADecoderIsAsWideAsTheDecoder() throws {
    let (preset, task) = try TinyRun.synthetic([
      "task.kind": "sequence-to-sequence", "task.data.synthetic": "reverse",
      "network.cell": "lstm", "network.direction": "bidirectional",
    ])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    let key = "decoder.bias_ih_l0[f]"
    _ = try LiveHyperparameters.change(key: key, value: "-20", in: trainer)
    let parameter = try #require(
      trainer.network.layout.parameters.first { $0.name == "decoder.bias_ih_l0" })
    let values = trainer.parameters.matrix(parameter)
    #expect(parameter.rows == 40)
    for row in 0..<40 { #expect((values[row, 0] == -20) == (10..<20).contains(row)) }
  }

  @Test(arguments: [
    ("Q[0,0]", "0", "Q[0,0]: there is no parameter Q; there are U, W, b, V, c"),
    ("W[5,0]", "0", "W[5,0]: found row 5, expected 0 to 4, or : for all"),
    ("W[0,x]", "0", "W[0,x]: found column x, expected 0 to 4, or : for all"),
    ("W[]", "0", "W[]: found row nothing, expected 0 to 4, or : for all"),
    ("b[0,0]", "0", "b[0,0]: found 2 places, expected one"),
    ("W[0,0]", "much", "W[0,0]: found much, expected a number"),
    ("W[0,0]", "1e39", "W[0,0]: found 1e39, expected a number"),
  ])
  func whatIsNotThereIsRefused(_ key: String, _ value: String, _ message: String) throws {
    let trainer = try trainer()
    let before = try weights(trainer, "W")
    let error = #expect(throws: PresetError.self) {
      try LiveHyperparameters.change(key: key, value: value, in: trainer)
    }
    #expect(error?.description == message)
    #expect(try weights(trainer, "W") == before)
  }

  /// The three-unit machine: with W[r,r] = 1 the shortest balanced string with )) in it is the first
  /// that it gets wrong, among all strings.
  @Test func aMachineFailsOnTheFirstStringThatNeedsTheWeight() throws {
    var network = HandBuiltNetwork<Float>(.balancedParentheses)
    let address = try #require(WeightAddress("W[r,r]"))
    network = try network.editing(address, to: "1").network
    #expect(network.isEdited)
    let design = HandBuiltNetwork<Float>(.balancedParentheses)
    var wrong: [String] = []
    for length in 1...6 {
      for bits in 0..<(1 << length) {
        let text = String((0..<length).map { bits >> (length - 1 - $0) & 1 == 0 ? "(" : ")" })
        if network.decide(text) != design.decide(text) { wrong.append(text) }
      }
    }
    #expect(wrong.first == "(())")
    #expect(wrong.allSatisfy { $0.contains("))") })
    let back = try network.editing(address, to: "2").network
    #expect(!back.isEdited && back.tensors == design.tensors)
  }

  @Test func aRunKeepsTheEditInItsSnapshots() async throws {
    let settings = [
      "task.kind": "hand-built", "task.data.grammar": "brackets", "task.data.length": "8",
    ]
    let (preset, task) = try TinyRun.synthetic(settings)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.set(key: "W[r,r]", value: "1"))
    await engine.perform(.set(key: "W[x,r]", value: "1"))
    await engine.perform(.snapshot)
    await engine.perform(.read(text: "(())"))
    let events = await TinyRun.rest(of: engine)
    let records = events.compactMap { if case .command(let record) = $0 { record } else { nil } }
    #expect(records.map(\.text) == ["W[r,r] 2 → 1"] && records.first?.previous == "2.0")
    let refusals = events.compactMap { if case .refused(let text) = $0 { text } else { nil } }
    #expect(
      refusals == ["W[x,r]: found row x, expected 0 to 2 or one of e p r, or : for all"])
    let reading = events.compactMap { if case .reading(let it) = $0 { it } else { nil } }
    #expect(reading.last?.answer == "rejected")
    let checkpoint = try #require(events.compactMap(\.checkpoint).last)
    let later = try HandBuiltWorkload(preset: preset, task: task)
    #expect(try later.read("(())").answer == "accepted")
    try later.restore(checkpoint)
    #expect(try later.read("(())").answer == "rejected")
  }
}
