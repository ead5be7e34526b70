import TerminalGraphics
import TrainingEvents

/// State, speed, hyperparameters and health of the run.
struct RunPanel: Panel {
  var name: String { "Run" }
  var summary: String { "State, speed, hyperparameters and health of the run." }
  var interests: ProbeRequest.Interests { [.statistics] }

  func absence(in state: DashboardState) -> String? {
    state.run == nil ? "waiting for a run" : nil
  }

  /// Cells for the labels, which are shorter in a narrow panel.
  private static func labelWidth(in width: Int) -> Int { isNarrow(width) ? 9 : 14 }

  private static func isNarrow(_ width: Int) -> Bool { width < 38 }

  func title(_ scene: Scene) -> StyledText {
    let text = StyledText("Run", scene.theme.title)
    guard let run = scene.state.run else { return text }
    return text.adding("  \(run.title)", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard scene.state.run != nil else { return }
    let area = buffer.inside
    drawProgress(scene, y: area.y, into: &buffer)
    for (index, line) in lines(scene, width: area.width).enumerated() {
      let y = area.y + 1 + index
      guard y < area.bottom else { return }
      buffer.write(line.label, x: area.x + 1, y: y, style: scene.theme.muted)
      let left = area.x + 1 + Self.labelWidth(in: area.width)
      line.value.fitting(area.right - left).write(
        x: left, y: y, limit: area.right, into: &buffer)
    }
  }

  private func drawProgress(_ scene: Scene, y: Int, into buffer: inout CellBuffer) {
    let area = buffer.inside
    let state = StateText(scene.state)
    let end = state.styled(scene).write(x: area.x + 1, y: y, limit: area.right, into: &buffer)
    let left = max(end + 1, area.x + 1 + Self.labelWidth(in: area.width))
    guard let progress = scene.state.progress else {
      buffer.write(
        "no end set", x: left, y: y, style: scene.theme.muted, limit: area.right)
      return
    }
    let share = NumberText.percent(progress).rightAligned(to: 6)
    let width = area.right - left - CharacterWidth.of(share) - 1
    guard width >= 4 else { return }
    Bars.progress(
      progress, x: left, y: y, width: width, done: state.style(scene.theme),
      rest: scene.theme.faint, appearance: scene.appearance, into: &buffer)
    buffer.write(share, x: left + width, y: y, style: scene.theme.text, limit: area.right)
  }

  private struct Line {
    var label: String
    var value: StyledText
  }

  /// Most important first: the last ones leave first where there is no room.
  private func lines(_ scene: Scene, width: Int) -> [Line] {
    let state = scene.state
    let theme = scene.theme
    /// Parts that do not fit whole leave, the last ones first.
    func value(_ parts: [(String, String)], within room: Int = .max) -> StyledText {
      let text = whole(parts)
      return text.width <= room || parts.count < 2
        ? text : value(parts.dropLast(), within: room)
    }
    func whole(_ parts: [(String, String)]) -> StyledText {
      parts.reduce(into: StyledText()) { text, part in
        if !text.isEmpty { text.add("   ", theme.muted) }
        text.add(part.0.isEmpty ? "" : part.0 + " ", theme.muted, joined: !text.isEmpty)
        text.add(part.1, theme.text, joined: true)
      }
    }
    let isNarrow = Self.isNarrow(width)
    let room = width - Self.labelWidth(in: width) - 1
    let alerts = state.alerts.shown.map(\.alert.title).joined(separator: ", ")
    let watch =
      alerts.isEmpty ? [] : [Line(label: "alerts", value: StyledText(alerts, theme.warning))]
    if state.run?.task == .handBuilt {
      // No rate, no clipping, no snapshot worth a name: nothing changes the weights.
      return [
        Line(label: "speed", value: value(speeds(state)))
      ] + accuracy(state).map { Line(label: "accuracy", value: value($0)) } + [
        Line(label: "time", value: value(times(state))),
        Line(label: "memory", value: value(memory(state))),
      ]
    }
    let ranks = RankLanes(state.history)
    let slowest =
      ranks.words.map { [Line(label: "ranks", value: StyledText($0, theme.text))] } ?? []
    let lanes = ranks.lanes.map {
      Line(label: "rank \($0.rank)", value: ranks.line($0, width: room, scene))
    }
    return [
      Line(label: "speed", value: value(speeds(state)))
    ] + processes(state).map { Line(label: "processes", value: value($0)) } + slowest + [
      Line(label: isNarrow ? "rate" : "learning rate", value: value(hyperparameters(state))),
      Line(label: "units", value: health(state, width: room, value: whole)),
    ] + watch + [
      Line(
        label: isNarrow ? "snapshot" : "last snapshot",
        value: StyledText(snapshotText(state, width: room), theme.text)),
      Line(label: "time", value: value(times(state))),
      Line(label: "memory", value: value(memory(state))),
    ] + lanes
  }

  /// What a job's processes use; none for what is no job.
  private func processes(_ state: DashboardState) -> [[(String, String)]] {
    guard let usage = state.usage else { return [] }
    var parts = [
      ("", "\(usage.processors.map { NumberText.fixed($0, 2) } ?? "–") CPUs"),
      ("", NumberText.bytes(usage.memoryBytes)),
      ("", "\(usage.threads) \(usage.threads == 1 ? "thread" : "threads")"),
      ("", "\(usage.processes) \(usage.processes == 1 ? "process" : "processes")"),
    ]
    if let share = usage.graphicsShare { parts.append(("GPU", NumberText.percent(share))) }
    if let bytes = usage.graphicsBytes { parts.append(("", NumberText.bytes(bytes))) }
    return [parts]
  }

  private func speeds(_ state: DashboardState) -> [(String, String)] {
    let steps = state.rates.stepsPerSecond.map { Self.rate($0) } ?? "–"
    let tokens = state.rates.tokensPerSecond.map { $0 > 0 ? Self.rate($0) : "–" } ?? "–"
    let pace = state.pace.map { [("pace", "\(NumberText.brief($0, 3)) steps/s")] } ?? []
    // A step of training and a step through time are told apart by their names.
    let unit = state.run?.unitOfTarget ?? "target"
    return [
      ("", "\(steps) steps/s"), ("", "\(tokens) \(unit)s/s"),
    ] + pace
  }

  /// Four digits are read faster than a unit prefix.
  private static func rate(_ value: Double) -> String {
    value >= 100 && value < 10_000
      ? NumberText.grouped(Int(value.rounded())) : NumberText.compact(value)
  }

  private func hyperparameters(_ state: DashboardState) -> [(String, String)] {
    let rate = state.learningRate.map { NumberText.brief($0, 3) } ?? "–"
    var parts = [("", rate)]
    if let optimizer = state.run?.optimizer, !optimizer.isEmpty { parts.append(("", optimizer)) }
    // A run that says nothing of clipping may well clip.
    if state.clipNorm != nil || state.history.clippedShare != nil {
      parts.append(("clip", state.clipNorm.map { NumberText.brief($0, 3) } ?? "off"))
    }
    return parts
  }

  /// What is known of the units, and of which step: in a large network or on a busy machine it may
  /// be many steps old. The step stays whatever else has to leave.
  private func health(
    _ state: DashboardState, width: Int, value: ([(String, String)]) -> StyledText
  ) -> StyledText {
    guard let statistics = state.statistics else { return value([("", "–")]) }
    let saturated = statistics.saturated.map { [("saturated", NumberText.percent($0))] } ?? []
    let dead = [("dead", NumberText.percent(statistics.dead))]
    let step = [("at step", NumberText.grouped(statistics.step))]
    var radius: [(String, String)] = []
    if let jacobian = statistics.jacobianRadius {
      radius = [(GradientReach.jacobianSymbol, NumberText.significant(jacobian, 3))]
    } else if let spectral = statistics.spectralRadius {
      radius = [("ρ(\(statistics.recurrentSymbol))", NumberText.significant(spectral, 3))]
    }
    if let spectrumStep = statistics.spectrumStep, !radius.isEmpty {
      radius.append(("at step", NumberText.grouped(spectrumStep)))
    }
    let candidates = [
      saturated + dead + step + radius, saturated + dead + step,
      (saturated.isEmpty ? dead : saturated) + step,
    ].map(value)
    return candidates.first { $0.width <= width } ?? candidates[2]
  }

  /// Of the strings that are held out; none where none was decided yet.
  private func accuracy(_ state: DashboardState) -> [[(String, String)]] {
    guard let metric = state.run?.metric,
      let newest = state.history.validations.last?.metric
    else { return [] }
    return [[("", MetricText.value(newest, metric)), ("", "held-out strings decided correctly")]]
  }

  private func snapshotText(_ state: DashboardState, width: Int) -> String {
    guard let snapshot = state.lastSnapshot else {
      return state.finish == nil ? "none yet" : "none"
    }
    return snapshot.path.cutFront(to: width)
  }

  private func times(_ state: DashboardState) -> [(String, String)] {
    let elapsed = state.history.last?.elapsed.map { NumberText.duration($0) } ?? "–"
    let passed = Absence.isSetByHand(state) ? elapsed : "\(elapsed) trained"
    guard state.trainingState == .training, let left = state.secondsLeft else {
      return [("", passed)]
    }
    return [("", passed), ("", "\(NumberText.duration(left)) left")]
  }

  private func memory(_ state: DashboardState) -> [(String, String)] {
    [
      ("", state.memoryBytes.map { NumberText.bytes($0) } ?? "–"),
      ("history", "\(NumberText.grouped(state.history.count)) steps"),
    ]
  }
}

extension PanelKind {
  static let run = PanelKind(RunPanel())
}
