import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct HyperparameterTests {
  static func state() -> DashboardState {
    var description = SyntheticRun.description
    description.hyperparameters = [.learningRate, .clipNorm, .clipValue, .dropout, .truncation]
    description.hyperparameters[3].value = 0.2
    description.hyperparameters[4].value = 64
    var state = DashboardState()
    state.apply(.started(description))
    state.apply(.steps(StepBatch([EventTests.record(1, elapsed: 1)])))
    state.resize(Size(width: 100, height: 30))
    return state
  }

  @Test func keysTurnTheHyperparameterThatIsChosen() {
    var state = Self.state()
    _ = state.handle(.character("k"))
    #expect(state.handle(.right) == [.send(.scaleLearningRate(by: 2))])
    _ = state.handle(.down)
    #expect(state.handle(.left) == [.send(.set(key: "training.clip-norm", value: "2.5"))])
    _ = state.handle(.down)
    // Off: up gives it a first value, down cannot.
    #expect(state.handle(.left) == [])
    #expect(state.handle(.right) == [.send(.set(key: "training.clip-value", value: "1"))])
    _ = state.handle(.down)
    #expect(state.handle(.right) == [.send(.set(key: "network.dropout", value: "0.3"))])
    _ = state.handle(.down)
    #expect(state.handle(.left) == [.send(.set(key: "training.sequence-length", value: "32"))])
    _ = state.handle(.enter)
    #expect(state.prompt?.line.text == "set training.sequence-length=" && state.overlay == nil)
  }

  @Test func valuesFollowWhatTheEngineDid() {
    var state = Self.state()
    func now(_ hyperparameter: Hyperparameter) -> String { state.text(of: hyperparameter) }
    #expect(now(.clipNorm) == "5" && now(.clipValue) == "off")
    state.apply(
      .command(
        CommandRecord(step: 1, elapsed: 1, name: "clip-norm", text: "", value: 2.5)))
    #expect(now(.clipNorm) == "2.5" && state.clipNorm == 2.5)
    state.apply(.command(CommandRecord(step: 1, elapsed: 1, name: "clip-norm", text: "")))
    #expect(now(.clipNorm) == "off" && state.clipNorm == nil)
    #expect(now(.learningRate) == "0.01")
    #expect(now(.teacherForcing) == "as in the preset")
  }

  @Test func sharesStayInTheirRange() {
    #expect(Hyperparameter.dropout.value(after: 0.9, up: true) == "0.9")
    #expect(Hyperparameter.dropout.value(after: 0, up: false) == "0")
    #expect(Hyperparameter.teacherForcing.value(after: 0.95, up: true) == "1")
    #expect(Hyperparameter.truncation.value(after: 1, up: false) == "1")
    #expect(Hyperparameter.truncation.value(after: nil, up: true) == nil)
    #expect(Hyperparameter.learningRate.value(after: 0, up: true) == nil)
    #expect(Double(Hyperparameter.clipNorm.value(after: 1e-7, up: false) ?? "") == 5e-8)
    #expect(Double(Hyperparameter.clipNorm.value(after: 0.05, up: false) ?? "") == 0.025)
  }

  @Test func temperatureAndSequenceGoIntoTheRequest() {
    var state = Self.state()
    _ = state.handle(.character("t"))
    _ = state.handle(.character("n"))
    _ = state.handle(.character("n"))
    #expect(abs(state.probeRequest.temperature - 0.9) < 1e-9)
    #expect(state.probeRequest.sequence == 2)
    for _ in 0..<40 { _ = state.handle(.character("T")) }
    for _ in 0..<40 { _ = state.handle(.character("N")) }
    #expect(state.probeRequest.temperature == 0 && state.probeRequest.sequence == 0)
  }

  private static func change(
    _ name: String, _ text: String, _ value: Double, _ previous: String?, marker: String? = "m"
  ) -> TrainingEvent {
    .command(
      CommandRecord(
        step: 1, elapsed: 1, name: name, text: text, marker: marker, value: value,
        previous: previous))
  }

  /// `u` takes back settings, newest first, and never a step.
  @Test func aToastNamesTheKeyThatTakesASettingBack() {
    var state = Self.state()
    #expect(state.handle(.character("u")) == [])
    #expect(state.message?.text.contains("no hyperparameter was changed") == true)
    state.apply(Self.change("learning-rate", "learning rate 0.004 → 0.008", 0.008, "0.004"))
    let text = EventTests.text(state, state.size)
    #expect(text.contains("learning rate 0.004 → 0.008 · u: back to 0.004"))
    state.apply(Self.change("clip-norm", "clip norm none → 1", 1, "none"))
    #expect(
      state.handle(.character("u")) == [.send(.set(key: "training.clip-norm", value: "none"))])
    state.apply(Self.change("clip-norm", "clip norm 1 → none", .nan, "1"))
    #expect(state.message?.text == "clip norm 1 → none, taken back")
    #expect(
      state.handle(.character("u"))
        == [.send(.set(key: "training.optimizer.learning-rate", value: "0.004"))])
    // Refused: it stands, and can be tried again.
    state.apply(.refused("not now"))
    #expect(state.handle(.character("u")).count == 1)
    state.apply(Self.change("learning-rate", "learning rate 0.008 → 0.004", 0.004, "0.008"))
    #expect(state.handle(.character("u")) == [])
  }

  @Test func whatWentBackWithTheRunIsNotTakenBackAgain() {
    var state = Self.state()
    state.apply(Self.change("learning-rate", "learning rate 0.004 → 0.008", 0.008, "0.004"))
    state.apply(
      .command(CommandRecord(step: 1, elapsed: 1, name: "undo", text: "back", marker: "undo")))
    state.apply(
      Self.change("learning-rate", "learning rate 0.008 → 0.004", 0.004, "0.008", marker: nil))
    #expect(state.handle(.character("u")) == [])
  }

  @Test func thePaceGoesThroughItsLadder() {
    var state = Self.state()
    state.pace = 50
    #expect(state.handle(.character("[")) == [.send(.pace(20))])
    #expect(state.message?.text.contains("at most 20 steps a second") == true)
    #expect(state.handle(.character("]")) == [.send(.pace(50))])
    state.pace = 1000
    #expect(state.handle(.character("]")) == [.send(.pace(nil))])
    #expect(state.handle(.character("]")) == [] && state.pace == nil)
    state.pace = 0.5
    #expect(state.handle(.character("[")) == [.send(.pace(0.5))])
    _ = PromptTests.type(":pace 7\n", into: &state)
    #expect(state.pace == 7)
    state.isViewing = true
    #expect(state.handle(.character("]")) == [.changeSpeed(faster: true)])
  }

  @Test func goingBackAsksFirst() {
    var state = Self.state()
    #expect(state.handle(.character("U")) == [] && state.overlay == nil)
    state.apply(.snapshot(SnapshotRecord(step: 1, path: "s", bytes: 1)))
    #expect(Question.undo.words(state).contains("no step is lost"))
    #expect(Question.restart.words(state).contains("every training step so far is in a snapshot"))
    state.apply(.steps(StepBatch([EventTests.record(2, elapsed: 2)])))
    #expect(Question.undo.words(state) == "The step since the snapshot at 1 is lost.")
    #expect(Question.restart.words(state).hasSuffix("1 step is in no snapshot."))
    state.apply(.steps(StepBatch([EventTests.record(3, elapsed: 3)])))
    #expect(Question.restart.words(state).hasSuffix("2 steps are in no snapshot."))
    #expect(state.handle(.character("U")) == [])
    #expect(
      EventTests.text(state, state.size).contains("The 2 steps since the snapshot at 1 are lost"))
    #expect(state.handle(.escape) == [] && state.overlay == nil)
    _ = state.handle(.character("U"))
    #expect(state.handle(.enter) == [.send(.undo)])
    _ = state.handle(.character("R"))
    #expect(state.handle(.enter) == [.send(.restart)] && state.overlay == nil)
  }

  /// A temperature is shown as it was set, to hundredths.
  @Test func theTemperatureIsShownToTwoDigits() {
    var state = SyntheticRun.state(lastStep: 100)
    state.probe.temperature = 0.857
    #expect(HyperparametersOverlay.value(of: .temperature, state) == "0.86")
  }
}
