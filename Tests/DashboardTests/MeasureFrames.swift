import Foundation
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Prints what a frame costs over a million steps. `UNFOLD_MEASURE=1 swift test -c release
/// --filter MeasureFrames` runs it; machines differ, so nothing is asserted.
@Suite struct MeasureFrames {
  static var isWanted: Bool { ProcessInfo.processInfo.environment["UNFOLD_MEASURE"] != nil }

  static func residentKilobytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }

  @Test(.enabled(if: isWanted)) func aMillionSteps() {
    let before = Self.residentKilobytes()
    var state = SyntheticRun.state(lastStep: 10)
    var run = SyntheticRun()
    var batch = StepBatch()
    for step in 11...1_000_000 {
      batch.append(run.record(step))
      if batch.records.count == 1_000 {
        state.apply(.steps(batch))
        batch.removeAll()
      }
    }
    print(
      "history of \(state.history.count) steps: \((Self.residentKilobytes() - before) / 1024) MB")
    // A passage as long as it gets: every text another one.
    for step in 0..<80 {
      var frame = run.hiddenStates(step: step)
      frame.symbols[0] = "\(step)"
      state.apply(.frame(.hiddenStates(frame)))
    }
    print("passage of \(state.passage.symbols.count) symbols × \(state.passage.map.units) units")
    let size = Size(width: 200, height: 60)
    state.resize(size)
    for view in ViewKind.allCases {
      state.show(view: view)
      for zoomed in [false, true] {
        state.chart.window = zoomed ? .latest(count: 5_000) : .whole
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<50 {
          times.append(
            clock.measure { _ = state.render(size: size, appearance: Appearance()) })
        }
        let median = times.sorted()[times.count / 2]
        print("\(view.name)\(zoomed ? " zoomed" : ""): \(median) at 200×60")
      }
    }
  }

  /// A list of 300 runs with eight of them over each other, 100 metrics of 1000 steps each.
  @Test(.enabled(if: isWanted)) func threeHundredRuns() {
    var state = WorkspaceState(title: "runs")
    let runs = (0..<300).map { index in
      var run = RunOverview(id: "\(index)", name: "sweep-\(index)")
      run.hyperparameters = SyntheticWorkspace.settings(index)
      run.take(.steps(StepBatch([StepRecord(step: 1_000, loss: Double(index))])))
      run.state = .finished
      return run
    }
    state.take(runs, order: runs.map { ($0.id, $0.name) }, unread: 0)
    _ = state.handle(.character("a"))
    for id in 0..<9 {
      var history = RunHistory()
      for step in 1...1_000 { history.append(StepRecord(step: step, loss: 1 / Double(step))) }
      for metric in 0..<100 {
        for step in 1...1_000 {
          history.append(Double(step % 50), to: "group/metric\(metric)", step: step)
        }
      }
      state.take([RunCurves(id: "\(id)", history: history)])
    }
    let size = Size(width: 200, height: 60)
    state.resize(size)
    for curve in [OverlayCurve.loss, .metric("group/metric99")] {
      state.curve = curve
      let clock = ContinuousClock()
      let frames = (0..<50).map { _ in
        clock.measure { _ = state.render(size: size, appearance: Appearance()) }
      }
      let keys = (0..<50).map { _ in clock.measure { _ = state.handle(.down) } }
      print(
        "300 runs, \(curve.name): frame \(frames.sorted()[25]), key \(keys.sorted()[25]) at 200×60")
    }
  }
}
