import Foundation
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard
@testable import Runs

/// The dynamics of a PyTorch network, as `unfold.py` sends them from inside a job.
@Suite struct FollowedDynamicsTests {
  /// The frame that Tests/Interoperability/pytorch_dynamics.py had from unfold.py, of two units
  /// s ← tanh 2s with nine fixed points, and whose sameness it checks.
  private let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Interoperability/fixed_points.json").path

  /// The screen of a dashboard that a job told all it has to say.
  private func told() async throws -> DashboardState {
    let out = NSTemporaryDirectory() + "followed-dynamics-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: out) }
    let hello = #"{"event":"hello","protocol":1,"can":["pause","watch"]}"#
    let script = """
      eval "exec 8>&$UNFOLD_FD"; echo '\(hello)' >&8; echo '{"step":100,"loss":1}' >&8
      cat "$0" >&8
      """
    let (messages, hand) = AsyncStream.makeStream(of: RunMessage.self)
    let job = try JobRun(
      JobOptions(command: ["/bin/bash", "-c", script, file], out: out, log: nil)
    ) { hand.yield($0) }
    try job.start()
    #expect(await job.wait() == 0)
    hand.finish()
    var state = DashboardState()
    for await message in messages {
      if case .event(let event) = message { state.apply(event) }
    }
    state.resize(Size(width: 120, height: 40))
    state.show(view: .dynamics)
    return state
  }

  private func text(_ state: DashboardState) -> String {
    let appearance = Appearance(theme: .monochrome, hasColor: false)
    return state.render(size: Size(width: 120, height: 40), appearance: appearance).lines
      .joined(separator: "\n")
  }

  @Test func fixedPointsOfAPyTorchNetworkAreShown() async throws {
    var state = try await told()
    let frame = try #require(state.dynamics)
    let points = try #require(frame.fixedPoints?.points)
    #expect(frame.size == 2 && frame.path.count == 8 && frame.fixedPoints?.input == "2")
    let kinds = ["stable", "saddle", "repeller"].map { kind in points.count { $0.kind == kind } }
    #expect(kinds == [4, 4, 1])
    #expect(points.map(\.unstable) == [0, 0, 0, 0, 1, 1, 1, 1, 2])
    #expect(points.allSatisfy { $0.place.count == frame.shares.count })
    // One unit's slope at ±0.9575 is 2 (1 − 0.9575²), and 2 at 0.
    for (index, point) in points.enumerated() {
      #expect(abs((point.modulus ?? .nan) - (index < 4 ? 0.166372 : 2)) < 1e-5)
    }
    let first = text(state)
    #expect(first.contains("4 stable points, 4 saddles, 1 repeller"), "\(first)")
    #expect(!first.contains("NaN"))
    for words in ["under 2  at step 100", "● stable  |λ| 0.166", "× saddle  1 unstable  |λ| 2.00"] {
      #expect(first.contains(words), "\(words)")
    }
    _ = state.handle(.down)
    #expect(state.pickedFixedPoint == 0)
  }
}
