import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct DynamicsProbeTests {
  /// Of every kind of network: what is drawn is finite and fits together; what cannot be had is
  /// absent.
  @Test(.timeLimit(.minutes(5)), arguments: TraceCase.all)
  func everyNetworkIsASystemOrNone(of test: TraceCase) throws {
    let (trainer, probe) = try test.trainer()
    guard let system = DynamicsProbe(probe, seed: 1) else {
      let layer = probe.part.model.stacks.first?.layers.first
      #expect(layer == nil || probe.network.variant == .vectorToSequence, "\(test)")
      return
    }
    let request = ProbeRequest(interests: [.dynamics])
    let frame = try #require(system.frame(trainer, request, now: 0, force: true))
    #expect(frame.step == trainer.step && frame.size > 0)
    #expect(frame.path.count == frame.symbols.count && !frame.path.isEmpty)
    #expect((frame.path + frame.others).allSatisfy { $0.count == frame.shares.count })
    #expect((frame.path + frame.others).joined().allSatisfy { $0.isFinite })
    #expect(frame.shares.allSatisfy { $0 >= 0 } && frame.shares.reduce(0, +) <= 1 + 1e-9)
    #expect(frame.lyapunov.allSatisfy { !$0.isNaN })
    #expect(frame.spectra.contains { $0.symbol == "∂s(t+1)/∂s(t)" })
    for position in frame.path.indices {
      guard let found = frame.attribution(at: position) else { continue }
      #expect(found.norms.count == position + 1 && found.norms.allSatisfy { $0 >= 0 })
    }
    // The second look does not turn the picture.
    var again = try #require(system.frame(trainer, request, now: 1, force: true))
    for (a, b) in zip(frame.path.joined(), again.path.joined()) { #expect(abs(a - b) < 1e-4) }
    // Points of a network that stands still come sooner or later.
    while again.fixedPoints == nil {
      again = try #require(system.frame(trainer, request, now: 2, force: true))
    }
    #expect(again.fixedPoints?.step == trainer.step)
    let places = (again.fixedPoints?.points ?? []).map(\.place.count)
    #expect(places.allSatisfy { $0 == frame.shares.count })
  }
}
