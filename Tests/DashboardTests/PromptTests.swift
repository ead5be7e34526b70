import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct PromptTests {
  static func state() -> DashboardState {
    var state = SyntheticRun.state(lastStep: 900)
    state.resize(Size(width: 100, height: 30))
    return state
  }

  static func type(_ text: String, into state: inout DashboardState) -> [DashboardAction] {
    var actions: [DashboardAction] = []
    for character in text {
      actions += state.handle(character == "\n" ? .enter : .character(character))
    }
    return actions
  }

  @Test(arguments: [
    (":set training.clip-norm=2\n", TrainingCommand.set(key: "training.clip-norm", value: "2")),
    (":set clip-norm 2\n", .set(key: "training.clip-norm", value: "2")),
    (":set network.made-up=x\n", .set(key: "network.made-up", value: "x")),
    (":run until step 5,000\n", .run(until: .step(5_000))),
    (":run until epoch 2.5\n", .run(until: .epoch(2.5))),
    (":run until loss 2.2\n", .run(until: .loss(2.2))),
    (":run 100\n", .run(until: .step(1_000))),
    (":step\n", .step(count: 1)), (":step 12\n", .step(count: 12)),
    (":pause\n", .pause), (":sn\n", .snapshot), (":back\n", .undo), (":best\n", .goBackToBest),
    (":read the cat\n", .read(text: "the cat")), ("ethe cat\n", .read(text: "the cat")),
  ])
  func commandsDoWhatTheySay(line: String, command: TrainingCommand) {
    var state = Self.state()
    #expect(Self.type(line, into: &state) == [.send(command)])
    #expect(state.prompt == nil)
  }

  /// Whoever completes a line mends it: what was said against it goes.
  @Test func completingTakesAMistakeBack() {
    var state = Self.state()
    _ = Self.type(":set clip-norm\n", into: &state)
    #expect(state.prompt?.mistake != nil)
    _ = state.handle(.tab)
    #expect(state.prompt != nil && state.prompt?.mistake == nil)
  }

  @Test(arguments: [
    (":set clip-norm\n", "set needs PATH=VALUE"),
    (":set clip-nom=2\n", "did you mean clip-norm?"),
    (":run until step 5\n", "is past"), (":run until noon\n", "needs one limit"),
    (":run until noon 3\n", "not “noon”"), (":step -3\n", "not “-3”"),
    (":snapshoot\n", "did you mean snapshot?"), (":re\n", "may mean"),
    (":goto gradiant\n", "did you mean gradients?"), (":smooth 2\n", "from 0 to below 1"),
    (":temperature warm\n", "not “warm”"), (":sequence 0\n", "not “0”"),
    (":find\n", "needs a pattern"), (":unit 999\n", "from 0 to 127"), (":xyzzy\n", "no command"),
  ])
  func mistakesAreToldInOneLine(line: String, words: String) {
    var state = Self.state()
    let entries = state.log.entries
    #expect(Self.type(line, into: &state) == [])
    let rows = state.render(size: state.size, appearance: Golden.appearance).lines
    #expect(rows.last?.contains(words) == true, "\(rows.suffix(3))")
    // The line stays to be mended, and the run's log is the run's.
    #expect(rows.last?.contains(line.dropLast()) == true)
    #expect(state.log.entries == entries)
    _ = state.handle(.backspace)
    #expect(!EventTests.text(state, state.size).contains(words))
  }

  /// Typed or pressed, what loses steps asks first; what loses none does not.
  @Test func whatLosesStepsAsksFirst() {
    var state = Self.state()
    state.apply(.snapshot(SnapshotRecord(step: 500, path: "runs/1/step-500", bytes: 9)))
    state.apply(
      .snapshot(SnapshotRecord(step: 400, path: "runs/1/best", bytes: 9, reason: .best)))
    for (line, key, command) in [
      (":back\n", "U", TrainingCommand.undo), (":restart\n", "R", .restart),
      (":best\n", nil, .goBackToBest),
    ] as [(String, Character?, TrainingCommand)] {
      #expect(Self.type(line, into: &state) == [])
      let asked = state.overlay
      let text = EventTests.text(state, state.size)
      #expect(asked != nil && text.contains("of step 400") == (key == nil))
      #expect(state.handle(.enter) == [.send(command)] && state.overlay == nil)
      guard let key else { continue }
      #expect(state.handle(.character(key)) == [] && state.overlay == asked)
      state.overlay = nil
    }
    state.apply(.snapshot(SnapshotRecord(step: 900, path: "runs/1/step-900", bytes: 9)))
    #expect(Self.type(":back\n", into: &state) == [.send(.undo)])
    #expect(Self.type(":restart\n", into: &state) == [.send(.restart)])
  }

  @Test func whatTheEngineRefusesIsAnsweredOnThePromptLine() {
    var state = Self.state()
    let entries = state.log.entries
    _ = Self.type(":set network.made-up=x\n", into: &state)
    #expect(state.prompt == nil)
    state.apply(.refused("network.made-up: there is no such key; did you mean network.hidden?"))
    let row = state.render(size: state.size, appearance: Golden.appearance).lines.last ?? ""
    #expect(row.contains(":set network.made-up=x") && row.contains("did you mean network.hidden?"))
    // A refusal of something that was not typed, or after another key, is a message.
    state.prompt = nil
    _ = Self.type(":set network.made-up=x\n", into: &state)
    _ = state.handle(.character("l"))
    state.apply(.refused("no such key"))
    #expect(state.prompt == nil && state.message?.text == "no such key")
    #expect(state.log.entries == entries)
  }

  /// At the smallest width a long answer stands right above the line.
  @Test func aLongAnswerIsNotCut() {
    var state = Self.state()
    state.resize(Size(width: 60, height: 16))
    _ = Self.type(":order by the size of everything\n", into: &state)
    let text = EventTests.text(state, state.size).replacing("\n", with: " ")
    for word in ["there is no order", "activity", "variance", "similarity", "number"] {
      #expect(text.contains(word), "\(word)")
    }
  }

  @Test func gotoShowsViewsAndSteps() {
    var state = Self.state()
    _ = Self.type(":goto gradients\n", into: &state)
    #expect(state.view == .gradients)
    _ = Self.type(":goto states\n", into: &state)
    _ = Self.type(":goto 450\n", into: &state)
    #expect(state.chart.cursor == 450 && state.view == .loss)
  }

  @Test func tabCompletesToWhatAllShareAndThenGoesRound() {
    var state = Self.state()
    _ = Self.type(":se", into: &state)
    _ = state.handle(.tab)
    // `set` and `sequence`: nothing more in common, so the first is taken.
    #expect(state.prompt?.line.text == "set ")
    state.prompt = nil
    _ = Self.type(":set tr", into: &state)
    _ = state.handle(.tab)
    #expect(state.prompt?.line.text == "set training.")
    _ = state.handle(.tab)
    #expect(state.prompt?.line.text == "set training.optimizer.learning-rate=")
    _ = state.handle(.tab)
    #expect(state.prompt?.line.text == "set training.clip-norm=")
    _ = state.handle(.backTab)
    #expect(state.prompt?.line.text == "set training.optimizer.learning-rate=")
    let text = EventTests.text(state, state.size)
    #expect(text.contains("learning rate, now 0.004"))
  }

  @Test func oneWayIsTakenAtOnceAndTheNextWordFollows() {
    var state = Self.state()
    _ = Self.type(":goto gra", into: &state)
    _ = state.handle(.tab)
    #expect(state.prompt?.line.text.hasPrefix("goto gra") == true)
    state.prompt = nil
    _ = Self.type(":fi", into: &state)
    _ = state.handle(.tab)
    #expect(state.prompt?.line.text == "find ")
    _ = state.handle(.tab)
    #expect(state.prompt?.line.text == "find inside quotes")
  }

  @Test func olderLinesComeBackAndTheDraftIsKept() {
    var state = Self.state()
    _ = Self.type(":goto loss\n", into: &state)
    _ = Self.type(":goto log\n", into: &state)
    _ = Self.type(":und", into: &state)
    _ = state.handle(.up)
    #expect(state.prompt?.line.text == "goto log")
    _ = state.handle(.up)
    _ = state.handle(.up)
    #expect(state.prompt?.line.text == "goto loss")
    _ = state.handle(.down)
    _ = state.handle(.down)
    #expect(state.prompt?.line.text == "und")
    // What is read is another history.
    state.prompt = Prompt(.reading)
    _ = state.handle(.up)
    #expect(state.prompt?.line.text == "")
  }

  @Test func linesAreEdited() {
    var line = LineEditor("set clip norm")
    line.deleteWord()
    #expect(line.text == "set clip ")
    line.moveToStart()
    line.move(by: 3)
    line.insert("!\n?")
    #expect(line.text == "set!? clip " && line.cursor == 5)
    line.deleteToStart()
    line.deleteForward()
    line.deleteToEnd()
    #expect(line.isEmpty)
    line.deleteBackward()
    line.deleteWord()
    line.insert(String(repeating: "x", count: 9_000))
    #expect(line.characters.count == LineEditor.longest)
  }

  @Test func aPasteIsTextAndNeverKeys() {
    var state = Self.state()
    #expect(state.handle(.paste("q\nR s\n")) == [])
    #expect(state.prompt?.kind == .reading && state.prompt?.line.text == "q R s")
    #expect(state.handle(.enter) == [.send(.read(text: "q R s"))])
    _ = state.handle(.character(":"))
    state.paste("goto loss")
    _ = state.handle(.enter)
    #expect(state.view == .loss)
    state.overlay = .quit
    state.paste("q")
    #expect(state.overlay == .quit && state.prompt == nil)
  }

  @Test func backspaceInAnEmptyLineLeaves() {
    var state = Self.state()
    _ = Self.type(":a", into: &state)
    _ = state.handle(.backspace)
    #expect(state.prompt != nil)
    _ = state.handle(.backspace)
    #expect(state.prompt == nil)
    _ = state.handle(.character(":"))
    _ = state.handle(.escape)
    #expect(state.prompt == nil)
  }

  @Test func everyCommandIsInTheHelp() {
    var state = Self.state()
    state.overlay = .help(HelpPage(showsAll: true))
    let text = EventTests.text(state, Size(width: 100, height: 400))
    for command in Command.all { #expect(text.contains("\(command.name) \(command.arguments)")) }
    #expect(Set(Command.all.map(\.name)).count == Command.all.count)
  }

  @Test func anUnknownWordIsMatchedByDistance() {
    #expect(EditDistance.between(Array("kitten"), Array("sitting")) == 3)
    #expect(EditDistance.nearest(to: "los", among: ["loss", "log"]) == "loss")
    #expect(EditDistance.nearest(to: "qqqqq", among: ["loss"]) == nil)
  }
}
