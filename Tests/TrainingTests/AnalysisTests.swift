import Foundation
import RecurrentNetworks
import SequenceData
import Testing

@testable import Training

/// What `unfold analyse` finds of networks whose dynamics are known, and of one of every kind.
@Suite struct AnalysisTests {
  private func analyse(
    _ network: SetNetwork, input: String? = nil, seed: UInt64? = nil
  ) throws -> StateAnalysis {
    try SnapshotAnalysis(network.checkpoint, file: "snapshot", dataDirectories: [])
      .run(input: input, seed: seed)
  }

  private static let autonomous = [
    ("task.kind", "autonomous"), ("task.data.synthetic", "oscillator"),
    ("network.hidden", "1"), ("network.initial-state", "learned"),
  ]

  /// s(t+1) = tanh(2 s(t)).
  @Test func oneUnitHasItsThreePoints() async throws {
    let network = try await SetNetwork(
      Self.autonomous,
      weights: ["rnn.weight_hh_l0": [2], "rnn.initial_state_l0": [0.1]])
    let analysis = try analyse(network)
    #expect(analysis.input == nil && analysis.size == 1 && analysis.system == "layer 1")
    try #require(analysis.fixedPoints.map(\.kind) == [.stable, .stable, .repeller])
    let expected = [-0.957504024, 0.957504024, 0]
    for (point, state) in zip(analysis.fixedPoints, expected) {
      #expect(abs(point.state[0] - state) < 1e-8)
      let slope = 2 * (1 - point.state[0] * point.state[0])
      #expect(abs((point.eigenvalues?.first?.real ?? .nan) - slope) < 1e-6)
    }
    // It ends at a stable point, where differences shrink by the slope.
    let exponent = try #require(analysis.lyapunov.first)
    #expect(abs(exponent - log(2 * (1 - 0.957504024 * 0.957504024))) < 0.05)
    #expect(analysis.recurrentMatrix?.eigenvalues?.map(\.real) == [2])
    let again = try analyse(network)
    #expect(again.fixedPoints == analysis.fixedPoints && again.lyapunov == analysis.lyapunov)
  }

  /// ±1 in, and a unit that keeps the sign of the last pulse: two memories and a saddle between.
  @Test func aBitIsKeptInTwoPlaces() async throws {
    let network = try await SetNetwork(
      [
        ("task.kind", "forecasting"), ("task.data.synthetic", "flip-flop"),
        ("task.data.length", "30"), ("task.data.bits", "1"), ("network.hidden", "1"),
      ],
      weights: ["rnn.weight_hh_l0": [2], "rnn.weight_ih_l0": [5], "head.weight": [1]])
    let silent = try analyse(network)
    #expect(silent.input == "zeros")
    #expect(silent.fixedPoints.map(\.kind) == [.stable, .stable, .repeller])
    // Of one unit, the way along its component is the state itself, less the mean.
    let components = try #require(silent.components)
    let places = silent.places(along: components)
    #expect(places.count == silent.trajectory.count && places.count > 100)
    for (place, state) in zip(places, silent.trajectory) {
      #expect(abs(abs(place.along[0]) - abs(state - components.mean[0])) < 1e-12)
    }
    #expect(places.map(\.step).max() == 29 && places.last?.sequence == silent.lengths.count - 1)
    // A pulse leaves one.
    let pulse = try analyse(network, input: "1")
    #expect(pulse.fixedPoints.map(\.kind) == [.stable] && pulse.input == "1")
    for wrong in ["", "1 0", "up", "nan"] {
      #expect(throws: PresetError.self, "\(wrong)") { try analyse(network, input: wrong) }
    }
  }

  /// Every kind of network that can be analysed, and what the system is.
  @Test(arguments: [
    (["task.kind": "sequence-labelling", "task.data.synthetic": "delay"], "layer 1", 5),
    (
      [
        "task.kind": "sequence-labelling", "task.data.synthetic": "peek",
        "network.direction": "bidirectional", "network.layers": "2",
      ], "forward direction of layer 1", 5
    ),
    (
      [
        "task.kind": "sequence-labelling", "task.data.synthetic": "parity",
        "network.recurrence": "output",
      ], "layer 1 through the symbol it decides for", 5
    ),
    (
      [
        "task.kind": "sequence-labelling", "task.data.synthetic": "parity",
        "network.recurrence": "output", "network.teacher-forcing": "0",
      ], "layer 1 through its output", 5
    ),
    (
      ["task.kind": "forecasting", "task.data.synthetic": "sine", "network.cell": "lstm"],
      "layer 1", 10
    ),
    (
      [
        "task.kind": "sequence-classification", "task.data.synthetic": "context",
        "network.output": "final", "network.cell": "gru", "network.layers": "2",
      ], "2 layers", 10
    ),
    (
      [
        "task.kind": "sequence-to-sequence", "task.data.synthetic": "reverse",
        "network.attention": "additive", "network.cell": "gru",
      ], "encoder, layer 1", 5
    ),
    (["task.kind": "hand-built", "task.data.grammar": "brackets"], "the units", 3),
  ])
  func everyKindIsAnalysed(
    _ settings: [String: String], _ system: String, _ size: Int
  ) async throws {
    var all = Array(settings).map { ($0.key, $0.value) }.sorted { $0.0 > $1.0 }
    if settings["task.kind"] != "hand-built" { all.append(("network.hidden", "5")) }
    all.append(("task.data.length", "9"))
    let network = try await SetNetwork(all, weights: nil)
    let analysis = try analyse(network)
    #expect(analysis.system == system && analysis.size == size)
    #expect(analysis.states > 0 && analysis.sequences > 0)
    #expect(analysis.lyapunov.count == size && analysis.lyapunov.allSatisfy { !$0.isNaN })
    #expect((analysis.jacobian?.eigenvalues?.count ?? 0) == size)
    #expect((analysis.dimension ?? 0) >= 1 && (analysis.dimension ?? 99) <= Double(size) + 1e-9)
    for point in analysis.fixedPoints {
      #expect(point.state.count == size && point.eigenvalues?.count == size)
      #expect(point.residual < 1e-6)
    }
  }

  @Test func whatIsNoSuchSystemIsRefusedInOneLine() async throws {
    let network = try await SetNetwork(
      [
        ("task.kind", "sequence-labelling"), ("task.data.synthetic", "delay"),
        ("task.data.length", "5"), ("network.hidden", "3"), ("network.unshared-steps", "5"),
      ], weights: nil)
    #expect {
      try analyse(network)
    } throws: { error in
      "\(error)".contains("every time step has weights of its own") && !"\(error)".contains("\n")
    }
  }

  @Test func aSymbolIsNamedByItselfOrByWhatStandsForIt() async throws {
    let network = try await SetNetwork(
      [
        ("task.kind", "sequence-labelling"), ("task.data.synthetic", "parity"),
        ("task.data.length", "9"), ("network.hidden", "3"),
      ], weights: nil)
    #expect(try analyse(network, input: "1").input == "1")
    #expect(throws: DataError.self) { try analyse(network, input: "x") }
    #expect(throws: PresetError.self) { try analyse(network, input: "11") }
    let autonomous = try await SetNetwork(Self.autonomous, weights: nil)
    #expect(throws: PresetError.self) { try analyse(autonomous, input: "1") }
  }
}
