import RecurrentNetworks
import Testing
import TrainingEvents

@testable import Training

@Suite struct ArchitectureOfModelTests {
  struct Row: Sendable {
    var preset: String
    var settings: [String: String] = [:]
    var shape: Architecture.Shape
    var isAligned = false
    var isGrid = false
    var attention = false
  }

  static let rows = [
    Row(preset: "words", shape: .everyStep), Row(preset: "fashion", shape: .final),
    Row(
      preset: "fashion", settings: ["network.image-reading": "two-dimensional"], shape: .final,
      isGrid: true),
    Row(preset: "connected-digits", shape: .everyStep),
    Row(
      preset: "pronounce", settings: ["network.loss": "ctc", "network.attention": "none"],
      shape: .everyStep, isAligned: true),
    Row(preset: "caption-hangul", shape: .encoderDecoder),
    Row(
      preset: "caption-hangul", settings: ["network.image-reading": "two-dimensional"],
      shape: .encoderDecoder, isGrid: true),
    Row(preset: "pronounce", shape: .encoderDecoder, attention: true),
    Row(preset: "oscillator", shape: .autonomous), Row(preset: "brackets", shape: .handBuilt),
    Row(preset: "parity", settings: ["network.recurrence": "output"], shape: .outputRecurrence),
  ]

  /// The chooser's picture, before any data is read.
  @Test(arguments: rows.indices) func presetsSayWhatTheyAre(index: Int) throws {
    let row = Self.rows[index]
    var preset = try PresetLibrary.preset(row.preset)
    for (key, value) in row.settings { try preset.set(key, to: value) }
    let architecture = preset.architecture
    #expect(architecture.shape == row.shape, "\(row.preset)")
    #expect(architecture.isAligned == row.isAligned && architecture.twoDimensional == row.isGrid)
    #expect(architecture.attention == row.attention)
    #expect(architecture.hiddenSize == preset.network.hidden)
  }

  /// Of an image, how many blocks it has and where its recurrences begin.
  @Test func gridsSayHowLargeTheyAre() throws {
    let test = try #require(TraceCase.all.first { $0.name == "grid, 2 corners, concatenation" })
    let grid = try #require(try test.trainer().trainer.description.architecture?.grid)
    #expect(
      grid == Architecture.Grid(rows: 3, columns: 2, corners: ["↘", "↖"], isSum: false))
    let chain = try #require(TraceCase.all.first { $0.name == "picture" })
    #expect(try chain.trainer().trainer.description.architecture?.grid == nil)
  }

  /// What a run says of itself is what was built, with the sizes of its data.
  @Test func runsSayWhatWasBuilt() throws {
    let (preset, task) = try TinyRun.preset()
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    let architecture = try #require(trainer.description.architecture)
    var expected = preset.architecture
    (expected.inputSize, expected.outputSize) = (task.inputWidth, task.outputWidth)
    #expect(architecture == expected && task.inputWidth > 0)
  }
}
