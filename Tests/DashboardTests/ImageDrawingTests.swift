import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// The unfolded graph of a recurrence over an image: part of the grid, in every direction that there is,
/// and nothing that there is not.
@Suite struct ImageDrawingTests {
  private func architecture(
    _ rows: Int, _ columns: Int, _ corners: [String], shape: Architecture.Shape = .final,
    isSum: Bool = false
  ) -> Architecture {
    var result = SyntheticTraces.architecture(shape)
    result.twoDimensional = true
    result.grid = Architecture.Grid(rows: rows, columns: columns, corners: corners, isSum: isSum)
    return result
  }

  private static let all = ["↘", "↖", "↙", "↗"]

  private func text(_ architecture: Architecture, _ size: Size) -> String {
    var state = SyntheticTraces.state(architecture)
    state.resize(size)
    return EventTests.text(state, size)
  }

  @Test func everyDirectionIsDrawnFromItsCornerToTheOppositeOne() {
    for size in GoldenFrameTests.sizes where size.width >= 80 {
      let text = text(architecture(40, 30, Self.all), size)
      for words in [
        "↘ from the top left", "↖ from the bottom right", "↙ from the top right",
        "↗ from the bottom left", "s(1,1)", "s(40,30)", "s(40,1)", "s(1,30)", "⋯", "⋮", "►", "◄",
        "▼",
        "▲",
        "Wₕ", "Wᵥ", "[s↘(40,30); s↖(1,1); s↙(40,1); s↗(1,30)] ─V─► o ──► L",
      ] {
        #expect(text.contains(words), "\(size): \(words)")
      }
    }
  }

  /// An image of one row has no column of states to go down, and one corner one direction.
  @Test func nothingIsDrawnThatTheModelHasNot() {
    let text = text(architecture(1, 2, ["↘"]), Size(width: 80, height: 24))
    let picture = text.prefix(upTo: text.firstRange(of: "tanh(b")?.lowerBound ?? text.endIndex)
    for words in ["⋯", "⋮", "Wᵥ", "↖ from", "◄", "▼", "s(2,", ",3)"] {
      #expect(!picture.contains(words), "\(words)")
    }
    #expect(picture.contains("s(1,1)") && picture.contains("s(1,2)") && picture.contains("Wₕ"))
    let whole = self.text(architecture(3, 3, ["↘"]), Size(width: 120, height: 40))
    #expect(!whole.contains("⋯") && whole.contains("s(3,3)") && whole.contains("x(2,2)"))
  }

  @Test func everyStateReadsItsBlockAndItsTwoNeighbours() {
    for (rows, columns, corners) in [
      (3, 4, Self.all), (1, 5, ["↘", "↖"]), (4, 1, ["↘"]), (1, 1, ["↘"]),
    ] {
      let grid = architecture(rows, columns, corners)
      let model = GraphModel(grid, columns: SyntheticTraces.state(grid).graphColumns)
      let each = rows * columns + (rows - 1) * columns + rows * (columns - 1)
      // What stands behind it reads every end, and the loss reads that.
      #expect(model.edges.count == corners.count * (each + 1) + 1)
    }
    let grid = architecture(2, 2, ["↖"])
    let model = GraphModel(grid, columns: SyntheticTraces.state(grid).graphColumns)
    #expect(model.neighbour(of: 0, .vertical, corner: 1) == 2)
    #expect(model.neighbour(of: 0, .horizontal, corner: 1) == 1)
    #expect(model.neighbour(of: 3, .vertical, corner: 1) == nil)
    #expect(model.imageEnds == [GraphModel.Place(row: .cell(1), column: 0)])
  }

  @Test func aTextBeginsFromWhereTheImageEnds() {
    for size in GoldenFrameTests.sizes where size.width >= 80 {
      let text = text(architecture(8, 8, Self.all, shape: .encoderDecoder, isSum: true), size)
      #expect(text.contains("s↘(8,8) + s↖(1,1) + s↙(8,1) + s↗(1,8) ──► C"))
      #expect(text.contains("d(1)") && text.contains("o(3)") && !text.contains("s(0)"), "\(size)")
    }
  }

  @Test func blocksBesideTheWalkAreInSight() {
    #expect(ImagePanel.shown(5, room: 5, here: nil) == [1, 2, 3, 4, 5])
    #expect(ImagePanel.shown(9, room: 4, here: nil) == [1, 2, nil, 9])
    #expect(ImagePanel.shown(9, room: 5, here: 5) == [1, nil, 5, nil, 9])
    #expect(ImagePanel.shown(9, room: 3, here: 5) == [nil, 5, nil])
    #expect(ImagePanel.shown(9, room: 2, here: nil) == [1])
    #expect(ImagePanel.shown(9, room: 5, here: 9) == [1, 2, nil, 8, 9])
  }

  /// A record of an older version has no sizes: what it says is in words.
  @Test func withoutSizesThereAreWordsAlone() {
    var grid = architecture(3, 3, ["↘"])
    grid.grid = nil
    let text = text(grid, Size(width: 120, height: 40))
    #expect(text.contains("s(i−1,j)") && !text.contains("from the top left"))
  }
}
