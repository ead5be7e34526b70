import SequenceData
import Testing
import Training

@Suite struct PresetTests {
  private func message(_ yaml: String) -> String {
    do {
      _ = try Preset(yaml: yaml, file: "my.yaml", name: "my")
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test func theResolvedTextReadsBackAsTheSamePreset() throws {
    var preset = try PresetLibrary.preset("words")
    #expect(preset.network.hidden == 128)
    #expect(preset.training.optimizer.learningRate == 0.002)
    preset.title = "A \"quoted\" title: with #signs, \\ and a\nnew line"
    preset.training.optimizer.epsilon = 1.0 / 3
    preset.training.seed = .max
    preset.task.data.columns = ["a b", "2"]
    preset.task.data.joined = 2...5
    preset.network.attention = .additive
    preset.training.clipNorm = nil
    let again = try Preset(yaml: preset.resolvedText, file: "x", name: "other")
    #expect(again == preset)
  }

  @Test func anUnknownKeyIsNamedWithItsLineAndTheNearestKey() {
    #expect(
      message("title: x\nnetwork:\n  hiden: 3\n")
        == "my.yaml:3: network.hiden: unknown key; did you mean network.hidden?")
    #expect(
      message("training: { learning-rate: 1 }").contains("training.optimizer.learning-rate?"))
  }

  @Test func aWrongValueIsNamedWithWhatWasExpected() {
    #expect(
      message("network:\n  cell: lsmt\n")
        == "my.yaml:2: network.cell: found “lsmt”, expected tanh, relu, lstm, gru, "
        + "mingru, minlstm, slstm, lru; did you mean lstm?"
    )
    #expect(message("network: { hidden: -3 }").contains("expected a whole number from 1 to 16384"))
    #expect(message("network: { hidden: 1e99 }").contains("found “1e99”"))
    #expect(message("training: { batch: [1, 2] }").contains("found “[1, 2]”"))
    #expect(message("network: 3").contains("this holds further keys"))
    #expect(message("network: { hidden: { a: 1 } }").contains("expected a whole number"))
    #expect(message("training: { optimizer: { learning-rate: nan } }").contains("above 0"))
    #expect(message("task: { split: { validation: 1 } }").contains("below 1"))
  }

  @Test func whatIsNoYAMLIsRefusedWithItsLine() {
    #expect(message("title: [").hasPrefix("my.yaml:"))
    #expect(message("").contains("found nothing"))
    #expect(message("- 1\n- 2").contains("found no mapping"))
    #expect(message("title: a\ntitle: b").contains("twice"))
    #expect(message("task: { data: { text: a, lines: b } }").contains("one format"))
  }

  @Test func settingsOfTheCommandLineUseTheSameKeys() throws {
    var preset = try PresetLibrary.preset("words")
    try preset.set(argument: "task.data.text=my file.txt")
    #expect(preset.task.data.format == .text)
    #expect(preset.task.data.location == "my file.txt")
    try preset.set(argument: "training.clip-norm=none")
    #expect(preset.training.clipNorm == nil)
    try preset.set(argument: "training.optimizer=sgd")
    #expect(preset.training.optimizer.name == .sgd)
    #expect(throws: PresetError.self) { try preset.set(argument: "training.batch") }
    #expect(throws: PresetError.self) { try preset.set(argument: "training.batch=0") }
    do {
      try preset.set(argument: "training.bach=3")
      Issue.record("an unknown key was accepted")
    } catch {
      #expect(
        error.description == "--set training.bach: unknown key; did you mean training.batch?")
    }
  }

  @Test func anUnknownPresetIsNamedWithTheNearestOne() {
    #expect(throws: PresetError(description: "no preset is named “wrods”; did you mean words?")) {
      try PresetLibrary.preset("wrods")
    }
  }

  @Test func everyPresetOfTheLibraryReadsAndSaysWhatItShows() throws {
    for name in PresetLibrary.names {
      let preset = try PresetLibrary.preset(name)
      #expect(preset.name == name)
      #expect(!preset.title.isEmpty && !preset.lecture.isEmpty, "\(name)")
    }
  }

  @Test func differencesNameTheKeys() throws {
    let one = try PresetLibrary.preset("words")
    var other = one
    try other.set("network.cell", to: "gru")
    let differences = one.differences(from: other)
    #expect(differences.map(\.key) == ["network.cell"])
    #expect(differences.first?.mine == "tanh" && differences.first?.theirs == "gru")
  }
}
