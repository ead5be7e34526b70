import TerminalGraphics
import TrainingEvents

/// An image in blocks beside what is written under it.
struct CaptionDrawing {
  let frame: CaptionFrame

  func draw(_ scene: Scene, in whole: Rect, into buffer: inout CellBuffer) {
    var area = whole
    if let score = frame.score {
      ScoreText.styled(score, name: "exact match", unit: "caption", scene.theme)
        .fitting(area.width - 2)
        .write(x: area.x + 1, y: area.y, limit: area.right, into: &buffer)
      area = area.cutTop(1).rest
    }
    let image = PixelImage(width: frame.width, height: frame.height, pixels: frame.pixels)
    let isWide = area.width >= 60
    let room =
      isWide
      ? area.cutLeft(area.width - 24).left : area.cutBottom(3).rest
    let drawn = image.draw(scene, in: room.inset(1, 0), into: &buffer)
    let words =
      isWide
      ? Rect(
        x: drawn.right + 3, y: area.y, width: area.right - drawn.right - 3, height: area.height)
      : area.cutBottom(3).bottom
    drawWords(scene, in: words, into: &buffer)
  }

  private func drawWords(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let isRight = frame.output == frame.target
    let lines = [
      StyledText("target  ", theme.muted).adding(frame.target, theme.title, joined: true),
      StyledText("caption ", theme.muted)
        .adding(frame.output, isRight ? theme.good : theme.bad, joined: true),
      StyledText(
        ScoreText.comparison(isRight, isEmpty: frame.output.isEmpty, scene.appearance),
        isRight ? theme.good : theme.bad),
    ]
    for (row, line) in lines.enumerated() where row < area.height {
      line.write(x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
  }
}

/// A grey image in cells: two pixels a cell where colour and half blocks allow, else shades.
struct PixelImage {
  let width: Int
  let height: Int
  let pixels: [Float]

  /// Draws as large as fits, made smaller by whole steps.
  /// - Returns: the cells that it took.
  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) -> Rect {
    guard width > 0, height > 0, pixels.count >= width * height, !area.isEmpty else {
      return Rect(x: area.x, y: area.y, width: 0, height: 0)
    }
    // A cell is twice as high as wide: one pixel across, two down.
    let across = (width + area.width - 1) / area.width
    let down = (height + 2 * area.height - 1) / (2 * area.height)
    let step = max(1, across, down)
    let (columns, rows) = (width / step, (height / step + 1) / 2)
    for row in 0..<rows {
      for column in 0..<columns {
        let upper = mean(column * step, 2 * row * step, step)
        let lower = mean(column * step, (2 * row + 1) * step, step)
        buffer[area.x + column, area.y + row] = cell(upper, lower, scene.appearance)
      }
    }
    return Rect(x: area.x, y: area.y, width: columns, height: rows)
  }

  private func mean(_ x: Int, _ y: Int, _ step: Int) -> Float {
    var (sum, count) = (Float(0), 0)
    for row in y..<min(y + step, height) {
      for column in x..<min(x + step, width) where pixels[row * width + column].isFinite {
        sum += pixels[row * width + column]
        count += 1
      }
    }
    return count > 0 ? sum / Float(count) : 0
  }

  private func cell(_ upper: Float, _ lower: Float, _ appearance: Appearance) -> Cell {
    if appearance.hasColor, appearance.hasUnicode {
      return Cell("▀", Style(grey(upper), on: grey(lower)))
    }
    let both = Double(upper + lower) / 2
    guard appearance.hasUnicode else {
      let ramp: [Unicode.Scalar] = [" ", ".", ":", "+", "#"]
      return Cell(ramp[min(4, Int(min(max(both, 0), 1) * 5))])
    }
    switch (upper >= 0.5, lower >= 0.5) {
    case (true, true): return Cell("█")
    case (true, false): return Cell("▀")
    case (false, true): return Cell("▄")
    case (false, false): return Cell(both > 0.2 ? "░" : " ")
    }
  }

  /// Ink is light, as on the terminal's dark ground.
  private func grey(_ value: Float) -> Color {
    let level = UInt8(min(max(value, 0), 1) * 220 + 16)
    return .rgb(red: level, green: level, blue: level)
  }
}
