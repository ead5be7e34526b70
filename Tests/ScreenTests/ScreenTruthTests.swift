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
    let state = try await ShownRun.state(of: name, seed: seed)
    #expect(state.currentStep == ShownRun.steps && state.trainingState == .finished)
    for size in Self.sizes {
      for view in ViewKind.allCases {
        let screen = ShownScreen(state, view, size)
        let place = "\(name), seed \(seed), \(view.word) at \(size.width)×\(size.height)"
        let untrue =
          Truths.numbers(screen) + Truths.absences(screen) + Truths.words(screen)
          + Truths.legends(screen) + Truths.axes(screen)
        for sentence in untrue {
          Issue.record("\(place): \(sentence)\n\(screen.text)")
        }
      }
    }
  }

  /// However near or far a person looks, on every scale and every axis.
  @Test(arguments: ["words", "adding", "oscillator", "sentiment"])
  func everyZoomHasItsTicks(name: String) async throws {
    let state = try await ShownRun.state(of: name, seed: 1)
    let last = state.history.steps.last ?? 0
    let windows: [ChartControls.Window] = [
      .whole, .latest(count: 2), .latest(count: 8), .fixed(3...5), .fixed(11...last),
    ]
    for size in Self.sizes {
      for view in [ViewKind.overview, .loss, .gradients] {
        let panels = ShownScreen(state, view, size).placements.map(\.panel)
        for axis in HistoryAxis.allCases {
          for window in windows {
            for others in [Set(), Set(panels)] {
              var zoomed = state
              (zoomed.chart.axis, zoomed.chart.window) = (axis, window)
              zoomed.chart.otherScale = others
              let screen = ShownScreen(zoomed, view, size)
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
