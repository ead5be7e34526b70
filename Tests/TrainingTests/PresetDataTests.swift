import Foundation
import Presets
import SequenceData
import Testing
import Training
import TrainingEvents

/// Every preset that comes with the program, and the data it names.
@Suite struct PresetDataTests {
  private static let presets = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("presets").path
  private static let packaged = [presets + "/data"]
  private static let everything = [presets + "/data", presets + "/fetched"]

  /// What the program carries is what stands in the folder, byte for byte.
  @Test func allAreThere() throws {
    func files(_ folder: String, _ ending: String) throws -> [String: String] {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      return Dictionary(
        uniqueKeysWithValues: try names.filter { $0.hasSuffix(ending) }.map {
          (
            String($0.dropLast(ending.count)),
            try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
          )
        })
    }
    #expect(
      Dictionary(uniqueKeysWithValues: EmbeddedFiles.presets.map { ($0.name, $0.text) })
        == (try files(Self.presets, ".yaml")))
    #expect(
      Dictionary(uniqueKeysWithValues: EmbeddedFiles.lessons.map { ($0.name, $0.text) })
        == (try files(Self.presets + "/lessons", ".md")))
    #expect(EmbeddedFiles.python == (try files(Self.presets, ".py"))["unfold"])
    #expect(PresetLibrary.names.first == PresetLibrary.standard)
  }

  @Test(arguments: PresetLibrary.names) func eachSaysWhatItShows(_ name: String) throws {
    let text = try #require(PresetLibrary.text(of: name))
    let comments = text.split(separator: "\n").prefix { $0.hasPrefix("#") }.joined(separator: "\n")
    for part in ["# Watch: ", "# Reference", "Takes "] { #expect(comments.contains(part)) }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    let preset = try PresetLibrary.preset(name)
    #expect(!preset.title.isEmpty && !preset.lecture.isEmpty)
    #expect(preset.training.steps != nil)
    if let command = DataCatalogue.command(toFetch: preset.task.data) {
      #expect(comments.contains(command))
    }
    #expect(DataCatalogue.licence(of: preset.task.data) != "your own")
  }

  /// Where the fetched data is here, it is loaded as well.
  @Test(arguments: PresetLibrary.names) func eachHasItsExamples(_ name: String) throws {
    let preset = try PresetLibrary.preset(name)
    let source = preset.task.data
    if !DataCatalogue.isAvailable(source, dataDirectories: Self.packaged) {
      let command = try #require(DataCatalogue.command(toFetch: source))
      do {
        _ = try TaskLoader.load(preset.task, seed: 1, dataDirectories: Self.packaged)
        Issue.record("loaded what is not there")
      } catch {
        #expect(
          error.description
            == "task.data: \(source.location) is not here yet; bring it with: \(command)")
      }
    }
    guard DataCatalogue.isAvailable(source, dataDirectories: Self.everything) else { return }
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: Self.everything)
    #expect(task.kind == preset.task.kind)
    let counts = [task.train, task.validation, task.test].map(\.count)
    #expect(counts == Self.counts[name])
    #expect([task.inputWidth, task.outputWidth] == Self.widths[name])
    #expect(!task.measures.isEmpty)
  }

  /// Examples, or lines, to train, validate and test.
  private static let counts: [String: [Int]] = [
    "words": [100842, 12605, 12605],
    "shakespeare": [1, 1, 1],
    "oscillator": [1, 1, 1],
    "sunspots": [186, 1, 1],
    "adding": [16000, 2000, 2000],
    "flip-flop": [16000, 2000, 2000],
    "sine": [16000, 2000, 2000],
    "context": [16000, 2000, 2000],
    "state-tracking": [16000, 2000, 2000],
    "copy": [16000, 2000, 2000],
    "brackets": [1600, 200, 200],
    "anbn": [1600, 200, 200],
    "two-brackets": [1600, 200, 200],
    "parity": [16000, 2000, 2000],
    "tiny": [16000, 2000, 2000],
    "peek": [16000, 2000, 2000],
    "reverse": [16000, 2000, 2000],
    "sentiment": [8563, 951, 1054],
    "speakers": [257, 13, 370],
    "spoken-digits": [2280, 120, 600],
    "connected-digits": [2280, 120, 600],
    "pronounce": [120027, 1260, 12605],
    "translate": [11408, 259, 1296],
    "fashion": [57000, 3000, 10000],
    "caption-hangul": [9497, 558, 1117],
  ]

  /// Symbols or numbers read and written at a step.
  private static let widths: [String: [Int]] = [
    "words": [30, 30],
    "shakespeare": [81, 81],
    "oscillator": [0, 1],
    "sunspots": [1, 1],
    "adding": [2, 1],
    "flip-flop": [3, 3],
    "sine": [1, 1],
    "context": [4, 2],
    "state-tracking": [5, 5],
    "copy": [10, 9],
    "brackets": [2, 2],
    "anbn": [2, 2],
    "two-brackets": [4, 2],
    "parity": [2, 2],
    "tiny": [2, 2],
    "peek": [2, 2],
    "reverse": [9, 9],
    "sentiment": [8975, 2],
    "speakers": [12, 9],
    "spoken-digits": [13, 10],
    "connected-digits": [13, 10],
    "pronounce": [29, 40],
    "translate": [110, 129],
    "fashion": [28, 10],
    "caption-hangul": [16, 22],
  ]
}
