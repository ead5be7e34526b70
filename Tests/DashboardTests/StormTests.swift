import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Whatever comes, in whatever order: nothing traps, the screen has its size, and text that would
/// move a terminal's cursor never reaches it.
@Suite struct StormTests {
  /// Numbers that look random and are the same on every machine.
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let keys: [Key] =
    KeyBindings.all.flatMap(\.keys)
    + "abcXYZ09 :/,.;\u{1B}\n漢".map { Key.character($0) }
    + [
      .paste("run until step 5\nq"), .paste("\u{1B}[2J\u{0}"), .paste(""), .function(12),
      .control("x"), .enter, .escape,
    ]

  static let appearances = [
    Golden.appearance, Appearance(), Appearance(theme: .light, drawing: .block),
    Appearance(hasUnicode: false),
  ]

  static let numbers: [Double] = [
    0, 1, -1, .nan, .infinity, -.infinity, 1e300, 1e-300, 2.5, -1e-9, .greatestFiniteMagnitude,
  ]

  static func record(_ step: Int, _ dice: inout Dice) -> StepRecord {
    func number() -> Double { numbers.randomElement(using: &dice) ?? 0 }
    return StepRecord(
      step: step, epoch: number(), loss: number(), gradientNorm: number(),
      clipped: Bool.random(using: &dice), learningRate: number(), tokens: 3,
      elapsed: number(), duration: number())
  }

  static func event(_ step: inout Int, _ dice: inout Dice) -> TrainingEvent {
    func number() -> Double { numbers.randomElement(using: &dice) ?? 0 }
    func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(number()) } }
    switch Int.random(in: 0..<16, using: &dice) {
    case 0:
      var run = SyntheticRun.description
      run.architecture =
        SyntheticTraces.all.randomElement(using: &dice)?.architecture
        ?? run.architecture
      run.task = TaskKind.allCases.randomElement(using: &dice) ?? .languageModel
      run.totalSteps = [nil, 0, -5, 10, .max].randomElement(using: &dice) ?? nil
      run.clipNorm = number()
      run.lossUnit = Bool.random(using: &dice) ? .squaredError : .natsPerTarget
      return .started(run)
    case 1...5:
      let records = (0..<Int.random(in: 0..<40, using: &dice)).map { _ -> StepRecord in
        step += Int.random(in: -3...9, using: &dice)
        return record(max(1, step), &dice)
      }
      return .steps(StepBatch(records))
    case 6:
      return .validation(
        ValidationRecord(
          step: step, epoch: number(), loss: number(), metric: number(), elapsed: number(),
          isBest: Bool.random(using: &dice)))
    case 7:
      return .state(
        [.training, .paused, .finished, .diverged].randomElement(using: &dice) ?? .paused)
    case 8:
      let units = Int.random(in: 0...40, using: &dice)
      let columns = Int.random(in: 0...90, using: &dice)
      let symbols = (0..<Int.random(in: 0...90, using: &dice)).map { _ in
        ["a", " ", "\n", "\u{1B}", "漢字", "", "word"].randomElement(using: &dice) ?? ""
      }
      let low = Float(number())
      return .frame(
        .hiddenStates(
          HiddenStateFrame(
            step: step, symbols: symbols,
            maps: [
              StateMap(name: "layer 1", units: units, values: floats(units * columns)),
              StateMap(
                name: "gate", units: 3, values: floats(7), lowest: low, highest: Float(number())),
            ], targetProbability: floats(columns / 2), loss: floats(columns),
            prediction: symbols)))
    case 9:
      return .frame(
        .gradientByLag(
          GradientByLag(
            step: step,
            curves: [
              LagCurve(
                name: "l", norms: floats(Int.random(in: 0...30, using: &dice)),
                factorPerStep: number())
            ])))
    case 10:
      var record = SyntheticRun.statistics
      record.step = step
      record.saturated = number()
      for index in record.parameters.indices {
        record.parameters[index].norm = number()
        record.parameters[index].gradientNorm = number()
        record.parameters[index].updateRatio = number()
      }
      return .frame(.statistics(record))
    case 11:
      return .frame(
        .trace(
          SyntheticTraces.trace(
            SyntheticTraces.all.randomElement(using: &dice)?.architecture
              ?? SyntheticTraces.bidirectional)))
    case 12:
      return .frame(
        .task(SyntheticTasks.all.randomElement(using: &dice)?.frame ?? SyntheticTasks.stack))
    case 13: return .reading(SyntheticTasks.reading)
    case 14:
      return .command(
        CommandRecord(
          step: step, elapsed: number(),
          name: ["clip-norm", "learning-rate", "", "x"]
            .randomElement(using: &dice) ?? "", text: "\u{1B}[31m", marker: "m", value: number()))
    default:
      return [
        .snapshot(SnapshotRecord(step: step, path: "p\u{7}", bytes: -1)),
        .warning(WarningRecord(step: step, kind: "k", text: "t")), .refused("no"),
        .frame(.samples(SampleFrame(step: step, temperature: number(), lines: ["", "\u{202E}x"]))),
        .finished(FinishRecord(reason: .stopped, step: step, elapsed: number())),
      ].randomElement(using: &dice) ?? .refused("")
    }
  }

  @Test(arguments: 1...16) func nothingTraps(seed: UInt64) {
    var dice = Dice(state: seed)
    var state = DashboardState()
    var step = 0
    var size = Size(width: 80, height: 24)
    for round in 0..<900 {
      switch Int.random(in: 0..<10, using: &dice) {
      case 0...5: _ = state.handle(Self.keys.randomElement(using: &dice) ?? .enter)
      case 6...7: state.apply(Self.event(&step, &dice), isPast: round % 7 == 0)
      case 8:
        size = Size(
          width: Int.random(in: 0...210, using: &dice),
          height: Int.random(in: 0...70, using: &dice))
        state.resize(size)
      default:
        let event = MouseEvent(
          action: [.press, .drag, .scrollUp, .scrollDown, .release]
            .randomElement(using: &dice) ?? .press,
          x: Int.random(in: -2...220, using: &dice), y: Int.random(in: -2...72, using: &dice))
        _ = state.handle(event)
      }
      state.advance(to: Double(round) / 5)
      _ = state.probeRequest
      guard round % 6 == 0 else { continue }
      let buffer = state.render(
        size: size, appearance: Self.appearances[round / 6 % Self.appearances.count])
      if buffer.size != size { Issue.record("\(size) came out as \(buffer.size)") }
      for cell in buffer.cells where cell.glyph.value < 0x20 && cell.glyph.value != 0 {
        Issue.record("a control character is on screen")
      }
    }
  }

  @Test func aMillionStepsAreDrawnAtOnceAndKeptSmall() {
    // Few enough for an unoptimised build; the measurement of a million is in `MeasureFrames`.
    var history = RunHistory()
    for step in 1...200_000 {
      history.append(
        StepRecord(
          step: step, epoch: 0, loss: 2, gradientNorm: step == 77_777 ? 500 : 1, clipped: false,
          learningRate: 0.01, tokens: 1, elapsed: Double(step), duration: 1))
    }
    var state = DashboardState()
    state.apply(.started(SyntheticRun.description))
    state.history = history
    let size = Size(width: 200, height: 60)
    state.resize(size)
    state.show(view: .gradients)
    // The one spike among them stands at its column.
    let panel = GradientNormPanel()
    let scene = Scene(state: state, appearance: Golden.appearance)
    let frame = panel.frame(scene, size: Size(width: 100, height: 20))
    #expect((frame?.scale.upper ?? 0) >= 500)
    _ = state.render(size: size, appearance: Golden.appearance)
  }
}
