import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct MetricsTests {
  static let run = RunDescription(
    name: "train.jsonl", title: "", lecture: "", task: .languageModel, network: "",
    parameterCount: 0, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: nil,
    lossUnit: .unknown, lossName: "nll", targetName: "target", architecture: nil)

  /// A log of a hundred steps.
  static func state(metrics: Int, view: ViewKind) -> DashboardState {
    var state = DashboardState()
    state.resize(Size(width: 80, height: 24))
    state.apply(.started(run))
    state.apply(.steps(StepBatch((1...100).map { StepRecord(step: $0, loss: 3 / Double($0)) })))
    state.apply(
      .values(
        (0..<metrics).map { index in
          NamedValues(
            name: index % 2 == 0 ? "train/metric \(index)" : "val/metric \(index)",
            steps: Array(1...100), numbers: (1...100).map { Double($0 * index) })
        }))
    state.show(view: view)
    return state
  }

  private func text(_ state: DashboardState) -> [String] {
    state.render(size: state.size, appearance: Golden.appearance).lines
  }

  @Test func allAreListedByGroupsWithTheirNewestValue() {
    let lines = text(Self.state(metrics: 4, view: .task))
    #expect(lines[1].contains("6 Metrics"))
    let train = lines.firstIndex { $0.contains("train  2") } ?? 0
    #expect(lines[train + 1].contains("metric 0") && lines[train + 2].contains("metric 2"))
    #expect(lines[train + 2].contains("200"))
    #expect(lines[train + 3].contains("val  2"))
    // A chart that rises, in braille.
    #expect(lines[train + 2].contains { $0 >= "\u{2801}" && $0 <= "\u{28FF}" })
  }

  @Test func pointsInOneColumnShareItsExtremesAndMean() {
    let frame = ChartFrame(
      in: Rect(x: 0, y: 0, width: 40, height: 8), scale: ValueScale(0, 9),
      range: 0...10)
    let points: [(place: Double, value: Double)] = [
      (1, 4), (2, 1), (3, .nan), (4, 7), (7, 9), (10, 3), (11, 100),
    ]
    let columns = frame.summaries(of: points, columns: 2)
    #expect(
      columns == [
        SeriesSummary(minimum: 1, maximum: 7, mean: 4, count: 3, samples: 4),
        SeriesSummary(minimum: 3, maximum: 9, mean: 6, count: 2, samples: 2),
      ])
  }

  @Test func typingFiltersThousands() {
    var state = Self.state(metrics: 5000, view: .task)
    #expect(text(state).contains { $0.contains("Metrics  5,000") })
    for key in "/Val 4321" { _ = state.handle(.character(key)) }
    // What is being typed filters already.
    #expect(text(state).contains { $0.contains("1 of 5,000 match") })
    _ = state.handle(.enter)
    #expect(text(state).contains { $0.contains("metric 4321") })
    _ = state.handle(.backspace)
    #expect(text(state).contains { $0.contains("Metrics  5,000") })
  }

  @Test func scrollingReachesTheLastAndStays() {
    var state = Self.state(metrics: 200, view: .task)
    _ = state.handle(.end)
    #expect(text(state).contains { $0.contains("metric 199") })
    for _ in 0..<5 { _ = state.handle(.down) }
    #expect(text(state).contains { $0.contains("metric 199") })
    _ = state.handle(.home)
    #expect(text(state).contains { $0.contains("metric 0 ") })
  }

  @Test(arguments: ViewKind.allCases) func aLogInventsNoNetwork(view: ViewKind) {
    for size in [Size(width: 80, height: 24), Size(width: 200, height: 60)] {
      var state = Self.state(metrics: 3, view: view)
      state.resize(size)
      let screen = text(state).joined(separator: "\n")
      for word in ["nats", "bits", "character", "tanh", "RNN", "0 parameters", "no step yet"] {
        #expect(!screen.contains(word), "\(word) in \(view) at \(size)")
      }
    }
    if view == .overview {
      #expect(text(Self.state(metrics: 3, view: view)).contains { $0.contains("nll") })
    }
  }

  /// A job that can be looked into has both what it shows of its network and what it logs.
  @Test func aJobThatCanBeWatchedListsItsMetricsToo() {
    var state = Self.state(metrics: 4, view: .task)
    state.apply(RunMessage.hello(RunAbilities(can: [.pause, .watch])))
    #expect(!state.isLog)
    #expect(text(state)[1].contains("6 Metrics"))
    #expect(text(state).contains { $0.contains("metric 3") })
    for key in "/Val 3" { _ = state.handle(.character(key)) }
    #expect(text(state).contains { $0.contains("1 of 4 match") })
    _ = state.handle(.enter)
    // Samples stand above it, and the view is the task's again.
    state.apply(.frame(.samples(SampleFrame(step: 100, temperature: 1, lines: ["hey you"]))))
    #expect(text(state)[1].contains("6 Task"))
    #expect(text(state).contains { $0.contains("hey you") })
    #expect(text(state).contains { $0.contains("metric 3") })
  }

  /// Drawing five thousand names takes no time that a person would notice.
  @Test func thousandsOfNamesAreDrawnAtOnce() {
    var state = Self.state(metrics: 5000, view: .task)
    let clock = ContinuousClock()
    var fastest = Duration.seconds(60)
    for _ in 0..<5 {
      state.scrollMetrics(by: 1)
      fastest = min(fastest, clock.measure { _ = text(state) })
    }
    // An unoptimised build on a busy machine; a screen is drawn at most thirty times a second.
    #expect(fastest < .milliseconds(250))
  }

  @Test func aGroupWithALongNameIsCutWithinItsPanel() {
    var state = Self.state(metrics: 0, view: .task)
    let group = String(repeating: "validation_of_", count: 12)
    state.apply(
      .values(
        ["a", "b"].map { NamedValues(name: "\(group)/\($0)", steps: [1], numbers: [1]) }))
    let lines = text(state)
    let row = lines.first { $0.contains("validation_of_validation") } ?? ""
    #expect(row.hasSuffix("… ┃"), "\(row)")
    #expect(row.count == 80)
  }
}
