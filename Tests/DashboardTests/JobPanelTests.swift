import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// A job on the dashboard: its console, what it can and cannot, and how it is left.
@Suite struct JobPanelTests {
  static func job(_ abilities: RunAbilities) -> DashboardState {
    var state = DashboardState()
    state.resize(Size(width: 120, height: 40))
    state.apply(RunMessage.hello(abilities))
    state.apply(
      RunMessage.event(
        .started(
          RunDescription(
            name: "train", title: "python train.py", lecture: "", task: .languageModel, network: "",
            parameterCount: 0, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: nil,
            lossUnit: .unknown, targetName: "target", architecture: nil))))
    state.apply(RunMessage.event(.state(.training)))
    for number in 0..<30 {
      state.apply(.console(ConsoleLine(number: number, text: "\u{1B}[31mline\u{1B}[m \(number)")))
    }
    return state
  }

  private func screen(_ state: DashboardState) -> String {
    state.render(size: state.size, appearance: Golden.appearance).lines.joined(separator: "\n")
  }

  @Test func theConsoleStandsInTheOverviewAndIsSearched() {
    var state = Self.job(.processes)
    #expect(screen(state).contains("Console"))
    #expect(screen(state).contains("line 29"))
    #expect(!screen(state).contains("\u{1B}") && !screen(state).contains("[31m"))
    _ = state.handle(.character("7"))
    #expect(state.focusedPanel == .console)
    _ = state.handle(.home)
    #expect(screen(state).contains("line 0 "))
    _ = state.handle(.character("/"))
    for character in "LINE 17" { _ = state.handle(.character(character)) }
    #expect(screen(state).contains("line 17") && !screen(state).contains("line 16"))
    _ = state.handle(.enter)
    #expect(state.consoleLines.map(\.number) == [17])
    _ = state.handle(.backspace)
    #expect(state.consoleLines.count == 30)
    // A line that comes again is written over.
    state.apply(.console(ConsoleLine(number: 29, text: "over")))
    #expect(screen(state).contains("over"))
  }

  @Test func whatAJobCannotDoIsSaidAndNotSent() {
    var state = Self.job(.processes)
    #expect(state.handle(.character(" ")) == [.send(.pause)])
    #expect(state.handle(.character(".")).isEmpty)
    #expect(state.message?.text.contains("cannot train single steps") == true)
    #expect(state.handle(.character("s")).isEmpty)
    #expect(state.handle(.character("+")).isEmpty)
    state.apply(
      .hello(
        RunAbilities(
          can: [.pause, .step, .set, .stop],
          hyperparameters: [Hyperparameter(key: "rate", label: "rate", kind: .factor, value: 0.5)]))
    )
    #expect(state.handle(.character(".")) == [.send(.step(count: 1))])
    #expect(state.handle(.character("+")) == [.send(.scaleLearningRate(by: 2))])
    #expect(state.hyperparameters.map(\.key) == ["rate"])
    // A run of this process can do everything, as ever.
    var own = DashboardState()
    own.apply(.started(SyntheticRun.description))
    #expect(own.handle(.character(".")) == [.send(.step(count: 1))])
  }

  @Test func leavingAsksWhatBecomesOfIt() {
    var state = Self.job(.processes)
    #expect(state.handle(.character("q")).isEmpty)
    #expect(screen(state).contains("leave it running"))
    #expect(state.handle(.escape).isEmpty)
    #expect(state.overlay == nil)
    _ = state.handle(.character("q"))
    #expect(state.handle(.character("l")) == [.detach])
    _ = state.handle(.character("q"))
    #expect(state.handle(.character("s")) == [.quit(saving: true)])
    #expect(state.handle(.character("D")) == [.detach])
    state.apply(RunMessage.exit(JobExit(status: 3)))
    #expect(screen(state).contains("exit status 3"))
    // What has ended is left at once.
    #expect(state.handle(.character("q")) == [.quit(saving: false)])
    #expect(state.handle(.character("D")).isEmpty)
  }

  @Test func whatItsProcessesUseStandsOnTheRunPanel() {
    var state = Self.job(.processes)
    state.apply(
      .usage(ResourceUsage(processors: 1.5, memoryBytes: 50_000_000, processes: 2, threads: 9)))
    let text = screen(state)
    #expect(
      text.contains("1.50 CPUs") && text.contains("9 threads") && text.contains("2 processes"))
    #expect(!text.contains("GPU"))
  }

  @Test func coloursBecomeStyles() {
    let text = SGRText.styled("\u{1B}[1;38;5;196mhot\u{1B}[m cold", plain: .plain)
    #expect(text.pieces.map(\.text) == ["hot", " cold"])
    #expect(text.pieces[0].style == Style(.rgb(red: 255, green: 0, blue: 0), on: .standard, .bold))
    #expect(text.pieces[1].style == .plain)
    // Nonsense is text without colours, and traps nothing.
    for nonsense in [
      "\u{1B}", "\u{1B}[", "\u{1B}[38;5m", "\u{1B}[38;2;999;-1mx", "\u{1B}[48;9;9my",
    ] {
      _ = SGRText.styled(nonsense, plain: .plain)
    }
  }

  @Test func aRunWhoseProcessWentAwaySaysSo() {
    var state = Self.job(.processes)
    state.noteGone()
    #expect(screen(state).contains("has ended"))
    #expect(state.handle(.character(" ")).isEmpty)
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60)])
  func ranksHaveATableAboveTheLog(width: Int, height: Int) {
    var state = MouseTests.state(.log)
    state.resize(Size(width: width, height: height))
    state.show(view: .log)
    #expect(!screen(state).contains("Ranks"))
    var run = SyntheticRun.description
    run.hosts = ["first", "first", "second"]
    state.apply(RunMessage.event(.started(run)))
    func tell(_ name: String, _ numbers: [Double]) {
      state.apply(
        RunMessage.event(
          .values(
            numbers.enumerated().map {
              NamedValues(name: "rank \($0.offset) \(name)", steps: [7], numbers: [$0.element])
            })))
    }
    tell("step time", [0.0069, 0.0105, 0.0072])
    #expect(screen(state).contains("sent/step"))
    tell("waiting", [0.004, 0.0003, 0.0025])
    tell("bytes sent", [204_800, 204_800, 0])
    let lines = state.render(size: state.size, appearance: Golden.appearance).lines
    #expect(lines.contains { $0.contains("Ranks  3 on 2 hosts  slowest: rank 1  10.5 ms a step") })
    let row = lines.first { $0.contains(" second ") } ?? ""
    #expect(
      ["2", "second", "7.2 ms", "2.5 ms", "0 B", "━"].allSatisfy { row.contains($0) },
      "\(row)")
    #expect(lines.contains { $0.contains("Log") } && state.focusedPanel == .log)
  }

  @Test func ofManyRanksTheSlowestAreSeen() {
    var state = MouseTests.state(.log)
    state.resize(Size(width: 80, height: 24))
    state.show(view: .log)
    state.apply(
      RunMessage.event(
        .values(
          (0..<64).map {
            NamedValues(
              name: "rank \($0) step time", steps: [7], numbers: [0.001 * Double($0 + 1)])
          })))
    let text = screen(state)
    #expect(text.contains("Ranks  64  slowest: rank 63  64 ms a step"), "\(text)")
    #expect(text.contains(" 63 ") && !text.contains(" 5 –"), "\(text)")
    #expect(text.contains("faster ones"), "\(text)")
  }

  @Test func eachRankHasALaneAndTheSlowestIsNamed() {
    var state = Self.job(.processes)
    state.show(view: .overview)
    state.focus = .run
    state.enlarged = true
    func tell(_ step: Int, _ times: [Int: Double]) {
      let values = times.sorted { $0.key < $1.key }.map {
        NamedValues(name: "rank \($0.key) step time", steps: [step], numbers: [$0.value])
      }
      state.apply(RunMessage.event(.values(values)))
    }
    #expect(!screen(state).contains("ranks") && RankLanes(state.history).lanes.isEmpty)
    tell(1, [0: 0.0069, 1: 0.0105, 2: 1.25])
    tell(5, [0: 0.0069, 1: 0.0105])
    let text = screen(state)
    #expect(text.contains("slowest: rank 1  10.5 ms a step"), "\(text)")
    #expect(text.contains("rank 0") && text.contains("━ 6.9 ms"), "\(text)")
    #expect(text.contains("━ 10.5 ms  slowest"))
    // A rank that tells no more has no time.
    #expect(RankLanes(state.history).lanes.last == RankLanes.Lane(rank: 2))
    tell(9, [2: 1.25])
    #expect(RankLanes(state.history).words == nil, "one rank alone is not the slowest")
  }
}
