import TerminalGraphics
import Testing
import Training
import TrainingEvents

@testable import Dashboard

/// Every view of every preset, after some steps of real training, against a list of truths.
@Suite struct ScreenTruthTests {
  static let sizes = [Size(width: 80, height: 24), Size(width: 160, height: 45)]

  @Test(arguments: PresetLibrary.names, [1, 2] as [UInt64])
  func everySentenceHolds(name: String, seed: UInt64) async throws {
    let run = try await ShownRun.run(of: name, seed: seed)
    #expect(run.last?.step == ShownRun.steps && run.records.count == ShownRun.steps)
    #expect(run.state.currentStep == ShownRun.steps && run.state.trainingState == .finished)
    var untrue = Truths.alerts(run, preset: name)
    for size in Self.sizes {
      let screens = ViewKind.allCases.map { ShownScreen(run, $0, size) }
      var shown: Set<String> = []
      for (view, screen) in zip(ViewKind.allCases, screens) {
        let found =
          Truths.numbers(screen, shown: &shown) + Truths.absences(screen) + Truths.words(screen)
          + Truths.legends(screen) + Truths.axes(screen)
        let place = "\(view.word) at \(size.width)×\(size.height)"
        untrue += found.map { "\(place): \($0)\n\(screen.text)" }
      }
      if size == Self.sizes.last { untrue += Truths.missing(run, screens, shown: shown) }
    }
    for sentence in untrue { Issue.record("\(name), seed \(seed), \(sentence)") }
  }

  /// However near or far a person looks, on every scale and every axis.
  @Test(arguments: ["words", "adding", "oscillator", "sentiment"])
  func everyZoomHasItsTicks(name: String) async throws {
    let run = try await ShownRun.run(of: name, seed: 1)
    let last = run.last?.step ?? 0
    let windows: [ChartControls.Window] = [
      .whole, .latest(count: 2), .latest(count: 8), .fixed(3...5), .fixed(11...last),
    ]
    for size in Self.sizes {
      for view in [ViewKind.overview, .loss, .gradients] {
        let panels = ShownScreen(run, view, size).parts.map(\.panel)
        for axis in HistoryAxis.allCases {
          for window in windows {
            for others in [Set(), Set(panels)] {
              let screen = ShownScreen(run, view, size) { zoomed in
                (zoomed.chart.axis, zoomed.chart.window) = (axis, window)
                zoomed.chart.otherScale = others
              }
              for sentence in Truths.axes(screen) {
                Issue.record(
                  "\(name) \(view) \(axis) \(window) \(others.count): \(sentence)\n\(screen.text)")
              }
            }
          }
        }
      }
    }
  }
}
