import TerminalGraphics
import TrainingEvents

/// Where the rows and the columns of the unfolded graph stand, and which columns there is room for.
extension UnfoldedDrawing {
  /// Where the rows and the columns stand on screen.
  struct Raster {
    /// Columns from left to right; nil where some are left out.
    var shown: [Int?]
    var left: Int
    var top: Int
    var pitch: Int
    var step: Int
  }

  /// Rows that the drawing takes with lines between nodes, and without where there is little room.
  func height(in area: Rect) -> Int {
    isSpacious(area) ? 2 * model.rows.count : model.rows.count + 1
  }

  private func isSpacious(_ area: Rect) -> Bool {
    area.height >= 2 * model.rows.count + detailRows
  }

  /// Cells from one column to the next: what is asked for, but never so few that nodes touch.
  private func pitch(room: Int) -> Int {
    var widest = Self.nodeWidth - 1
    for index in [model.cellCount, model.columns.count - 1] {
      for row in model.rows where model.has(row, at: index) && row != .loss {
        widest = max(widest, CharacterWidth.of(model.name(row, at: index)))
      }
    }
    widest = max(widest, longestName)
    // Two states side by side, and the lines between.
    var least = model.architecture.bidirectional ? max(widest + 6, 15) : widest + 6
    // One digit of each loss, at the ends of a sequence that has no room for all of it.
    for index in (model.cellCount..<model.columns.count).suffix(8)
    where model.has(.loss, at: index) && model.columns[index].loss != nil {
      least = max(least, CharacterWidth.of(lossText(index, 1)) + 1)
    }
    return min(max(16, least), max(least, room / max(1, count)))
  }

  /// Digits of the losses beside L(t): fewer where columns are narrow, and nil where not all of them
  /// have room or there is none, so that a number never stands beside some only.
  func lossDigits(pitch: Int, _ shown: [Int?]) -> Int? {
    let columns = shown.compactMap { $0 }.filter {
      model.has(.loss, at: $0) && model.columns[$0].loss != nil
    }
    guard !columns.isEmpty else { return nil }
    return [3, 2, 1].first { digits in
      columns.allSatisfy { CharacterWidth.of(lossText($0, digits)) < pitch }
    }
  }

  func lossText(_ column: Int, _ digits: Int) -> String {
    let name = model.name(.loss, at: column)
    guard let loss = model.columns[column].loss else { return name }
    return "\(name) \(NumberText.significant(loss, digits))"
  }

  /// Whether losses stand beside L(t).
  func showsLosses(in area: Rect) -> Bool {
    let pitch = pitch(room: area.width - Self.margin)
    return lossDigits(pitch: pitch, places(in: area, pitch: pitch)) != nil
  }

  /// Columns that are drawn here: an image's blocks have a picture of their own.
  private var count: Int { model.columns.count - model.cellCount }

  private func places(in area: Rect, pitch: Int) -> [Int?] {
    places(max(1, min(count, (area.width - Self.margin) / pitch)))
      .map { $0.map { $0 + model.cellCount } }
  }

  /// Where rows and columns stand.
  func raster(in area: Rect) -> Raster {
    let pitch = pitch(room: area.width - Self.margin)
    return Raster(
      shown: places(in: area, pitch: pitch), left: area.x + Self.margin, top: area.y, pitch: pitch,
      step: isSpacious(area) ? 2 : 1)
  }

  /// The columns on screen, with a gap where some are left out: as many of the beginning as of the end,
  /// and of one that is scrolled to or walked through the end alone, which is always in sight. The walk's
  /// own column stays in the middle.
  private func places(_ room: Int) -> [Int?] {
    guard count > room, room >= 4 else {
      let first = firstColumn(room)
      return (first..<min(count, first + room)).map { $0 }
    }
    let first = firstColumn(room - 2)
    if first == 0, here == nil {
      let end = (room - 1) / 2
      return (0..<room - 1 - end).map { $0 } + [nil] + (count - end..<count).map { $0 }
    }
    guard first + room < count else { return (count - room..<count).map { $0 } }
    return (first..<first + room - 2).map { $0 } + [nil, count - 1]
  }

  /// The first column on screen: the walk's own stays in the middle.
  private func firstColumn(_ shown: Int) -> Int {
    let last = max(0, count - shown)
    guard let here else { return min(max(0, scene.state.graph.firstColumn), last) }
    return min(max(0, here.column - model.cellCount - shown / 2), last)
  }
}
