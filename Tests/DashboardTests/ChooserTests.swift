import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct ChooserTests {
  static let presets: [PresetChoice] = {
    let names = [
      ("words", "Inventing English words", "Slides 13–20: an output and a loss at every step"),
      ("shakespeare", "Writing like Shakespeare", "Slides 13–25: truncated BPTT"),
      ("sentiment", "Is a review friendly?", "Slide 30: one output at the end"),
      ("pronounce", "From letters to phones", "Slides 40–44: encoder and decoder"),
      ("parity", "Counting by feeding the output back", "Slides 26–29: output recurrence"),
      ("sunspots", "Going on with a series", "Slide 8: driven by data"),
      ("brackets", "Deciding a language exactly", "Slide 24: universality"),
    ]
    let shapes: [Architecture.Shape] = [
      .everyStep, .everyStep, .final, .encoderDecoder, .outputRecurrence, .everyStep, .handBuilt,
    ]
    return names.enumerated().map { index, preset in
      PresetChoice(
        name: preset.0, title: preset.1, lecture: preset.2,
        summary: "Words that do not exist, spelled as if they did: the network reads a dictionary "
          + "letter by letter and learns which letter comes next.\n"
          + "Watch: the loss falls fast, then slowly; the gradient dies within a few letters.",
        network: index == 3 ? "gru 128" : "tanh 128",
        architecture: SyntheticTraces.architecture(shapes[index]), hasData: index != 1,
        fetchCommand: index == 1 ? "presets/fetch shakespeare" : nil)
    }
  }()

  static func state() -> ChooserState {
    var state = ChooserState(presets: presets, default: "words")
    state.resize(Size(width: 120, height: 40))
    return state
  }

  static func text(_ state: ChooserState, _ size: Size = Size(width: 120, height: 40)) -> String {
    state.render(size: size, appearance: Golden.appearance).lines.joined(separator: "\n")
  }

  @Test(arguments: [
    Size(width: 60, height: 16), Size(width: 80, height: 24), Size(width: 120, height: 40),
    Size(width: 200, height: 60),
  ])
  func frames(size: Size) throws {
    var state = Self.state()
    state.resize(size)
    try Golden.check(
      state.render(size: size, appearance: Golden.appearance),
      "chooser-\(size.width)x\(size.height)")
  }

  @Test func enterStartsTheDefault() {
    var state = Self.state()
    #expect(state.handle(.enter) == [.start(preset: "words")])
    state = ChooserState(presets: Self.presets, default: "parity")
    #expect(state.handle(.enter) == [.start(preset: "parity")])
    state = ChooserState(presets: [], default: "words")
    #expect(state.handle(.enter) == [] && state.chosen == nil)
    _ = state.handle(.down)
    _ = Self.text(state)
  }

  /// The mouse chooses the line that it points at, in a list that is scrolled, too.
  @Test func aClickChoosesTheLineItPointsAt() throws {
    let size = Size(width: 60, height: 16)
    var state = Self.state()
    state.resize(size)
    for _ in 0..<Self.presets.count { _ = state.handle(.down) }
    for choice in Self.presets.suffix(3) {
      let lines = Self.text(state, size).split(separator: "\n", omittingEmptySubsequences: false)
      let y = try #require(lines.firstIndex { $0.contains(" \(choice.name) ") })
      _ = state.handle(.mouse(MouseEvent(action: .press, x: 4, y: y)))
      #expect(state.chosen?.name == choice.name)
    }
  }

  @Test func missingDataIsToldWithItsCommand() {
    var state = Self.state()
    _ = state.handle(.down)
    #expect(state.handle(.enter) == [])
    #expect(Self.text(state).contains("this brings it: presets/fetch shakespeare"))
  }

  @Test func typingNarrowsTheList() {
    var state = Self.state()
    _ = state.handle(.character("/"))
    for letter in "slide 8" { _ = state.handle(.character(letter)) }
    #expect(state.shown.map(\.name) == ["sunspots"])
    _ = state.handle(.enter)
    #expect(state.handle(.enter) == [.start(preset: "sunspots")])
    // q first takes the filter away.
    #expect(state.handle(.character("q")) == [] && state.shown.count == Self.presets.count)
    #expect(state.handle(.character("q")) == [.quit])
    _ = state.handle(.character("/"))
    _ = state.handle(.paste("zzz\n"))
    #expect(state.shown.isEmpty && state.chosen == nil)
    #expect(Self.text(state).contains("no preset matches"))
    _ = state.handle(.escape)
    #expect(state.chosen?.name == "words")
  }

  @Test func everyNamedKeyWorksAndNoneMeansTwoThings() {
    for context in ChooserKey.Context.allCases {
      let keys = ChooserKey.all.filter { $0.context == context }
      #expect(Set(keys.flatMap(\.keys)).count == keys.flatMap(\.keys).count)
      for binding in keys {
        for key in binding.keys {
          var state = Self.state()
          state.index = 3
          if context == .filter {
            _ = state.handle(.character("/"))
            state.edit { $0.insert("s i") }
          }
          if context == .settings { _ = state.handle(.character(",")) }
          let before = Self.text(state)
          let actions = state.handle(key)
          #expect(!actions.isEmpty || Self.text(state) != before, "\(key) in \(context)")
        }
      }
    }
  }

  @Test func theMouseChoosesAndStarts() {
    var state = Self.state()
    let third = MouseEvent(action: .press, x: 5, y: 4)
    #expect(state.handle(third) == [] && state.index == 2)
    #expect(state.handle(.mouse(third)) == [.start(preset: "sentiment")])
    _ = state.handle(MouseEvent(action: .scrollDown, x: 5, y: 4))
    #expect(state.index == 3)
    #expect(state.handle(MouseEvent(action: .press, x: 5, y: 39)) == [] && state.index == 3)
    // The frame is no line; its first cell inside is.
    _ = state.handle(MouseEvent(action: .press, x: 0, y: 2))
    _ = state.handle(MouseEvent(action: .press, x: 5, y: 1))
    #expect(state.index == 3)
    _ = state.handle(MouseEvent(action: .press, x: 1, y: 2))
    #expect(state.index == 0)
  }

  @Test func everySizeDraws() {
    var state = Self.state()
    for width in stride(from: 1, through: 250, by: 3) {
      for height in stride(from: 1 + width % 4, through: 80, by: 4) {
        let size = Size(width: width, height: height)
        state.index = (width + height) % Self.presets.count
        #expect(state.render(size: size, appearance: Golden.appearance).size == size)
      }
    }
  }
}
