import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// What letters and signs on screen mean is said where they stand.
@Suite struct LegendTests {
  private static let size = Size(width: 120, height: 60)

  private static func text(_ run: ToldRun, _ view: ViewKind, _ size: Size = size) -> String {
    ShownScreen(run, view, size).text
  }

  /// Every unit of a network that is set by hand has a word under its column, in the design's names.
  @Test(arguments: ["brackets", "two-brackets", "anbn"])
  func unitsSetByHandAreExplained(name: String) async throws {
    let run = try await ShownRun.run(of: name, seed: 1)
    guard case .stack(let frame)? = run.state.task else {
      Issue.record("\(name) has no stack")
      return
    }
    let text = Self.text(run, .task)
    #expect(!frame.unitNames.isEmpty)
    let legend = text.split(separator: "\n").drop { !$0.contains("number: ") }.joined()
    let words = Set(legend.split { !$0.isLetter && !$0.isNumber }.map(String.init))
    for unit in frame.unitNames {
      // A range such as eA–eC names what lies between.
      let isInRange = unit.hasPrefix("e") && words.isSuperset(of: ["eA", "eC"])
      #expect(words.contains(unit) || isInRange, "\(name): no word for \(unit)\n\(text)")
    }
    // What is never trained has no loss, no gradient and no learning rate to be read off.
    let values = Self.text(run, .loss)
    #expect(values.contains("weights set by hand, not trained"), "\(values)")
    for word in ["gradient norm", "learning rate", "smoothed", "best 0"] {
      #expect(!values.contains(word), "\(name): \(word)\n\(values)")
    }
  }

  /// Under a column of the graph stands what is read, and beside a loss its unit.
  @Test(arguments: [
    ("words", "Under x(t): the symbol that is read → the likeliest output.", "loss in nats"),
    ("adding", "Under x(t): the number that is read, with * where it is marked.", ""),
    ("sunspots", "Under x(t): the number that is read.", "its squared error"),
    ("speakers", "Under x(t): the time step’s number.", ""),
    ("pronounce", "Under x(t) and y(t−1): the symbol that is read", ""),
    ("anbn", "Under x(t): the symbol that is read → the verdict.", ""),
    ("oscillator", "", "its squared error"),
  ])
  func theGraphSaysWhatStandsUnderIt(name: String, inputs: String, losses: String) async throws {
    let run = try await ShownRun.run(of: name, seed: 1)
    // As one line, however it is wrapped.
    let screen = Self.text(run, .graph, Size(width: 160, height: 50))
    let text = screen.split { " ┃\n".contains($0) }.joined(separator: " ")
    #expect(inputs.isEmpty ? !text.contains("Under ") : text.contains(inputs), "\(name)\n\(screen)")
    #expect(losses.isEmpty ? !text.contains("Beside L(t)") : text.contains(losses), "\(screen)")
  }
}
