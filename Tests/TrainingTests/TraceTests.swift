import Testing
import Training
import TrainingEvents

/// The walk through a paused network, against what must hold between its numbers.
@Suite struct TraceTests {
  private func trace(_ settings: [String: String]) async throws -> GraphTrace {
    let (preset, task) = try TinyRun.preset(settings.merging(["training.steps": "3"]) { $1 })
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1) { _ in nil }
    await engine.perform(.watch(ProbeRequest(interests: .trace)))
    await engine.start()
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    return try #require(
      events.compactMap { if case .trace(let trace) = $0 { trace } else { nil } }.last)
  }

  @Test func aTanhNetworkIsWalkedThroughForwardAndBack() async throws {
    let trace = try await trace([:])
    #expect(trace.columns.count == 6 && trace.sequenceCount == 4)
    let symbols = trace.stops.map(\.symbol)
    #expect(symbols.prefix(6) == ["a(1)", "s(1)", "o(1)", "ŷ(1)", "L(1)", "a(2)"])
    #expect(symbols.suffix(4) == ["∇o(2)", "∇s(2)", "∇o(1)", "∇s(1)"])
    for column in trace.columns {
      #expect((column.loss ?? -1) > 0 && column.probability.map { $0 > 0 && $0 <= 1 } == true)
    }
    // After the last step nothing comes from the future: all of ∇s is Vᵀ∇o.
    let last = try #require(trace.stops.first { $0.symbol == "∇s(6)" })
    #expect(last.terms.map(\.label) == ["from here", "together", "through tanh", "into W"])
    #expect(abs(last.terms[0].value - last.terms[1].value) < 1e-5)
    // ∇W grows from where the step after left it, and s(0) = 0 gives step 1 no share.
    let first = try #require(trace.stops.last)
    let second = try #require(trace.stops.first { $0.symbol == "∇s(2)" })
    #expect(first.terms.last?.previous == second.terms.last?.value)
    #expect(first.terms.last?.previous == first.terms.last?.value)
    #expect((first.terms.last?.value ?? 0) > 0)
  }

  /// δ = (1 − s²) ⊙ ∇s, unit by unit, in the top layer.
  @Test func aDeltaIsTheGradientThroughTheSlope() async throws {
    let trace = try await trace(["network.layers": "2"])
    let stop = try #require(trace.stops.first { $0.symbol == "∇s²(3)" })
    let values = Dictionary(uniqueKeysWithValues: stop.units.map { ($0.symbol, $0.values) })
    let (s, gradient) = (try #require(values["s"]), try #require(values["∇s"]))
    let delta = try #require(values["δ"])
    #expect(delta.count == 5)
    for unit in delta.indices {
      #expect(abs(delta[unit] - (1 - s[unit] * s[unit]) * gradient[unit]) < 1e-6)
    }
  }

  @Test func aGatedNetworkHasNoTanhStops() async throws {
    let trace = try await trace(["network.cell": "gru"])
    #expect(!trace.stops.contains { $0.symbol.hasPrefix("a") })
    #expect(trace.stops.last?.symbol == "∇s(1)")
    #expect(trace.stops.last?.terms.map(\.label) == ["from the future", "from here", "together"])
  }
}
