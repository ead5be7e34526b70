import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Words of the screen that could be read in two ways.
@Suite struct PlainWordTests {
  private static let wide = Size(width: 160, height: 45)

  private static func state(_ change: (inout RunDescription) -> Void) -> DashboardState {
    var description = SyntheticRun.description
    change(&description)
    var state = DashboardState()
    state.resize(wide)
    state.apply(.started(description))
    var run = SyntheticRun()
    state.apply(.steps(StepBatch((1...300).map { run.record($0) })))
    return state
  }

  private static func text(_ state: DashboardState) -> String { EventTests.text(state, wide) }

  /// A validation's loss has its unit; accuracy of symbols is not taken for that of whole sequences.
  @Test func theLogNamesWhatAValidationMeasured() {
    let rows: [(TaskKind, LossUnit, String, String)] = [
      (.languageModel, .natsPerTarget, "character", "loss 2.000 nats/character  accuracy 50.0 %"),
      (.sequenceToSequence, .natsPerTarget, "letter", "2.000 nats/letter  letter accuracy 50.0 %"),
      (.captioning, .natsPerTarget, "letter", "2.000 nats/letter  letter accuracy 50.0 %"),
      (.forecasting, .squaredError, "step", "loss 2.00 (mean squared error)  accuracy 50.0 %"),
      (.forecasting, .natsPerTarget, "step", "loss 2.000 nats/time step  accuracy 50.0 %"),
      (.languageModel, .unknown, "step", "validation loss 2  accuracy 50.0 %"),
    ]
    for (task, unit, target, words) in rows {
      var state = Self.state { run in
        (run.task, run.lossUnit, run.targetName) = (task, unit, target)
        run.metric = MetricDescription(name: "accuracy", unit: "%", higherIsBetter: true)
      }
      var record = ValidationRecord(step: 300, loss: 2, isBest: true)
      record.metric = 50
      state.apply(.validation(record))
      let line = state.log.entries.last?.text ?? ""
      #expect(line.contains(words.replacing("loss 2  ", with: "loss 2.000  ")), "\(line)")
    }
  }

  @Test func directionsHaveArrowsOnlyWhereThereAreTwo() {
    let layers = [
      ["layer 1", "layer 1 backward"], ["encoder layer 1", "encoder layer 1 backward", "layer 1"],
      ["layer 1", "layer 2"],
    ]
    let shown = [
      ["layer 1 →", "layer 1 ←"], ["encoder layer 1 →", "encoder layer 1 ←", "layer 1"],
      ["layer 1", "layer 2"],
    ]
    for (layers, shown) in zip(layers, shown) {
      var state = Self.state { _ in }
      for step in [100, 200, 300] {
        state.apply(
          .frame(
            .stateNorms(
              StateNorms(
                step: step,
                layers: layers.enumerated().map { .init(name: $1, norm: Double($0 + 1)) }))))
      }
      state.show(view: .states)
      (state.focus, state.enlarged) = (.stateNorms, true)
      let text = Self.text(state)
      // Once in the title, once at the line's end.
      for name in shown {
        #expect(text.components(of: "──\(name)") == 1 && text.components(of: name) >= 2, "\(text)")
      }
    }
  }

  /// What is never trained has no epochs, and what was not measured is not shown.
  @Test func aNetworkSetByHandShowsNoEpochAndNoUnknownAccuracy() {
    var state = SyntheticTasks.state(.handBuilt, SyntheticTasks.stack)
    state.resize(Self.wide)
    let metric = MetricDescription(name: "accuracy", unit: "%", higherIsBetter: true)
    for view in [ViewKind.overview, .task] {
      state.show(view: view)
      let text = Self.text(state)
      #expect(!text.contains("epoch ") && !text.contains("accuracy"), "\(text)")
      #expect(text.contains("2^−depth") && text.contains("popped by a ) (r)"), "\(text)")
    }
    state.run?.metric = metric
    var record = ValidationRecord(step: 300, loss: 0, isBest: true)
    record.metric = 75
    state.apply(.validation(record))
    state.show(view: .overview)
    #expect(Self.text(state).contains("accuracy      75.0 %"))
  }

  /// Where a label and its figure do not fit, a shorter label stands there, or the figure alone.
  @Test func noLabelStandsWithoutItsFigure() {
    let score = TaskScore(right: 4_871, count: 5_000, sequences: 250)
    let labels = ["free-running, on its own outputs: ", "free-running: "]
    for width in 6...60 {
      let text = ScoreText.labelled(labels, score, name: "accuracy", width: width, .monochrome)
        .pieces.map(\.text).joined()
      #expect(text.count <= width && (text.contains("97.4 %") || width < 20), "\(width): \(text)")
      #expect(!text.hasSuffix(": "), "\(width): \(text)")
      #expect(text.hasPrefix(labels[0]) == (width >= 49))
    }
  }

  @Test func aMethodThatCannotBeRightIsSaidToBeNone() {
    let text = ScoreText.styled(
      TaskScore(
        right: 4, count: 13, sequences: 13, baseline: TaskBaseline(name: "always “9”", value: 0)),
      name: "exact match", unit: "sequence", .monochrome
    ).pieces.map(\.text).joined()
    #expect(text.contains("always “9”: 0.0 %, right for none"))
  }

  /// The last row offers what works: nothing that a replay or a followed log refuses.
  @Test func hintsAreKeysThatWork() {
    func hints(_ change: (inout DashboardState) -> Void) -> String {
      var state = SyntheticRun.state(lastStep: 50)
      state.resize(Self.wide)
      change(&state)
      return String(Self.text(state).split(separator: "\n").last ?? "")
    }
    let walking = String(
      EventTests.text(
        SyntheticTraces.state(SyntheticTraces.architecture(.everyStep), walking: 0),
        Size(width: 200, height: 60)
      ).split(separator: "\n").last ?? "")
    #expect(walking.contains("← → node") && walking.contains("[ ] pace"), "\(walking)")
    let live = hints { _ in }
    #expect(live.contains("space pause") && live.contains(". step"))
    #expect(live.contains("s snapshot"))
    let replay = hints { ($0.isViewing, $0.isReplaying) = (true, true) }
    #expect(replay.contains("space pause") && replay.contains(". step"))
    #expect(!replay.contains("snapshot") && !replay.contains("type"))
    let followed = hints { $0.isViewing = true }
    for word in ["pause", "step", "snapshot", "hyperparameters", "pace", "type"] {
      #expect(!followed.contains(word), "\(followed)")
    }
    let finished = hints {
      $0.apply(.finished(FinishRecord(reason: .completed, step: 50, elapsed: 1)))
    }
    #expect(finished.contains("space replay") && !finished.contains("snapshot"))
    let diverged = hints {
      $0.apply(.finished(FinishRecord(reason: .diverged, step: 50, elapsed: 1)))
    }
    #expect(!diverged.contains("pause") && !diverged.contains("snapshot"))
  }

  /// The panel says that a gradient vanishes where the alert may be raised; elsewhere what was
  /// measured, and why that is no fault.
  @Test func theGradientPanelAgreesWithTheAlert() {
    let norms = (0..<40).map { lag in (0..<lag).reduce(Float(1)) { value, _ in value / 2 } }
    func look(_ step: Int) -> TrainingEvent {
      .frame(
        .gradientByLag(GradientByLag(step: step, curves: [LagCurve(name: "l", norms: norms)])))
    }
    func steps(_ range: ClosedRange<Int>, _ loss: (Int) -> Double) -> TrainingEvent {
      .steps(StepBatch(range.map { StepRecord(step: $0, loss: loss($0)) }))
    }
    typealias Row = (
      name: String, excuse: String?, change: (inout RunDescription) -> Void, events: [TrainingEvent]
    )
    let rows: [Row] = [
      ("tanh", nil, { _ in }, [look(300)]),
      (
        "LSTM", "of s(t), not of the cell state c(t)", { $0.architecture?.cell = "lstm" },
        [look(300)]
      ),
      ("a GRU that learns", "not on a plateau", { $0.architecture?.cell = "gru" }, [look(300)]),
      (
        "a GRU that learns no more", nil, { $0.architecture?.cell = "gru" },
        [steps(301...9_000) { _ in 2 }, look(9_000)]
      ),
      (
        "a loss that falls fast", "the loss falls fast", { _ in },
        [look(300), steps(301...320) { 2 - 0.09 * Double($0 - 300) }, look(320)]
      ),
      (
        "solved", "the task is solved", { _ in },
        [steps(301...600) { _ in 0.001 }, look(600), look(610)]
      ),
      (
        "forced", "targets are fed back",
        {
          $0.architecture?.shape = .outputRecurrence
          $0.architecture?.teacherForcing = 1
        }, [look(300)]
      ),
      (
        "forced, then no more", nil,
        {
          $0.architecture?.shape = .outputRecurrence
          $0.architecture?.teacherForcing = 1
        },
        [
          .command(
            CommandRecord(
              step: 300, name: "network.teacher-forcing", text: "teacher forcing 1 → 0", value: 0)),
          look(300),
        ]
      ),
    ]
    for row in rows {
      var (state, watch) = (Self.state(row.change), AlertWatch())
      var told: [TrainingEvent] = state.run.map { watch.observe(.started($0)) } ?? []
      told += watch.observe(steps(1...300) { _ in 3 })
      for event in row.events {
        state.apply(event)
        told += watch.observe(event)
      }
      if row.name != "a loss that falls fast" {
        for step in [9_010, 9_020, 9_030] { told += watch.observe(look(step)) }
      }
      #expect(watch.active.contains(.vanishing) == (row.excuse == nil), "\(row.name): \(told)")
      state.show(view: .gradients)
      let text = Self.text(state)
      let word = row.excuse == nil ? "vanishes" : "falls"
      #expect(text.contains("\(word) ×0.50 per character"), "\(row.name): \(text)")
      if let excuse = row.excuse { #expect(text.contains(excuse), "\(row.name): \(text)") }
      // An alert that was raised holds until it is over, whatever the next curve says.
      state.apply(.warning(WarningRecord(step: 300, kind: "vanishing", text: "gradients vanish")))
      #expect(Self.text(state).contains("vanishes ×0.50 per character"), "\(row.name)")
    }
  }

  /// Of several curves the verdict has the sign of its own, and the spectral radius never stands
  /// without its number, however narrow the panel is.
  @Test func theVerdictNamesItsCurve() {
    let norms = (0..<40).map { lag in (0..<lag).reduce(Float(1)) { value, _ in value / 2 } }
    for names in [["layer 1"], ["encoder layer 1", "encoder layer 1 backward", "layer 1"]] {
      var state = Self.state { _ in }
      state.apply(
        .frame(
          .gradientByLag(
            GradientByLag(step: 300, curves: names.map { LagCurve(name: $0, norms: norms) }))))
      var statistics = SyntheticRun.statistics
      (statistics.step, statistics.jacobianRadius) = (12_345, 0.6432)
      state.apply(.frame(.statistics(statistics)))
      for size in GoldenFrameTests.sizes {
        state.resize(size)
        for view in [ViewKind.overview, .gradients] {
          state.show(view: view)
          let text = EventTests.text(state, size)
          #expect(text.contains("█ vanishes") == (names.count > 1 && text.contains("vanishes")))
          for row in text.split(separator: "\n") where row.contains("ρ(∂s(t+1)/∂s(t))") {
            #expect(row.contains("ρ(∂s(t+1)/∂s(t)) 0.643"), "\(row)")
          }
        }
      }
    }
  }

  @Test func anAlertThatIsOverLeavesTheScreenAndStaysInTheLog() {
    var state = Self.state { _ in }
    state.apply(
      .warning(WarningRecord(step: 250, kind: "vanishing", text: "gradients vanish: ×0.5")))
    #expect(state.alerts.shown.map(\.alert) == [.vanishing])
    state.apply(.recovered(RecoveryRecord(step: 300, kind: "vanishing")))
    state.apply(.recovered(RecoveryRecord(step: 300, kind: "plateau")))
    #expect(state.alerts.shown.isEmpty)
    #expect(
      state.log.entries.suffix(2).map(\.text) == [
        "gradients vanish: ×0.5", "over: gradients vanish",
      ])
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { split(separator: part).count - 1 }
}
