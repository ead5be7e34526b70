import TerminalGraphics
import TrainingEvents

/// The states of one sequence as a path through their principal components, those of others as dots
/// behind it, and the fixed points.
struct TrajectoryPanel: Panel {
  var name: String { "Trajectory" }
  var summary: String {
    "States while one sequence is read, along the directions in which states vary most (principal "
      + "components); dots are states of other sequences, and fixed points are marked."
  }
  var interests: ProbeRequest.Interests { [.dynamics, .hiddenStates] }
  var context: KeyBinding.Context? { .dynamics }

  /// Steps of the longest sequence that is looked at.
  static let columns = 64

  func absence(in state: DashboardState) -> String? {
    if let absence = state.dynamicsAbsence("trajectory") { return absence }
    return (state.dynamics?.shares.count ?? 0) > 1
      ? nil : "states vary along one direction at most: there is no plane to draw"
  }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    var text = StyledText("Trajectory", theme.title)
    guard let frame = scene.state.dynamics else { return text }
    text.add("  \(frame.system)", theme.muted)
    if let dimension = frame.dimension {
      text.add(
        "  \(NumberText.grouped(frame.size)) numbers use \(NumberText.fixed(dimension, 1)) dimensions",
        theme.text)
    }
    text.add("  colour: \(scene.state.dynamicsControls.coloring.rawValue)", theme.muted)
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.dynamics,
      let axes = scene.state.dynamicsControls.axes(of: frame.shares.count)
    else { return }
    let inside = buffer.inside
    let (area, foot) = inside.cutBottom(1)
    guard area.height > 1, area.width > 4 else { return }
    let plane = PlaneGeometry(frame, axes, size: area.size, drawing: scene.appearance.drawing)
    var canvas = DotCanvas(size: area.size, drawing: scene.appearance.drawing)
    for place in frame.others {
      guard let dot = plane.dot(place) else { continue }
      canvas.set(dot.x, dot.y, style: scene.theme.faint, priority: 1)
    }
    let colors = PathColors(frame, scene)
    for position in frame.path.indices.dropLast() {
      guard let from = plane.dot(frame.path[position]), let to = plane.dot(frame.path[position + 1])
      else { continue }
      canvas.line(from: from, to: to, style: colors.style(at: position + 1), priority: 2)
    }
    canvas.draw(into: &buffer, x: area.x, y: area.y)
    drawSymbols(frame, plane, colors, area, scene, into: &buffer)
    drawFixedPoints(frame, plane, area, scene, into: &buffer)
    drawCursor(frame, plane, area, scene, into: &buffer)
    drawFoot(frame, axes, foot, scene, into: &buffer)
  }

  /// As many symbols as find a place of their own beside the path.
  private func drawSymbols(
    _ frame: DynamicsFrame, _ plane: PlaneGeometry, _ colors: PathColors, _ area: Rect,
    _ scene: Scene, into buffer: inout CellBuffer
  ) {
    let read = frame.symbols.map(ReadableSymbol.text)
    guard read.allSatisfy({ CharacterWidth.of($0) <= 2 }) else { return }
    var taken: Set<Int> = []
    for position in frame.path.indices where position < read.count {
      guard let cell = plane.cell(frame.path[position]) else { continue }
      let key = cell.y * area.width + cell.x
      // A little apart, so that letters can be told.
      guard !(-2...2).contains(where: { taken.contains(key + $0) }) else { continue }
      taken.insert(key)
      var style = colors.style(at: position)
      style.attributes.insert(.bold)
      buffer.write(
        read[position].cut(to: 1), x: area.x + cell.x, y: area.y + cell.y, style: style,
        limit: area.right)
    }
  }

  private func drawFixedPoints(
    _ frame: DynamicsFrame, _ plane: PlaneGeometry, _ area: Rect, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    for point in (frame.fixedPoints?.points ?? []).reversed() {
      guard let cell = plane.cell(point.place) else { continue }
      buffer[area.x + cell.x, area.y + cell.y] = FixedPointMark.cell(point.kind, scene)
    }
  }

  private func drawCursor(
    _ frame: DynamicsFrame, _ plane: PlaneGeometry, _ area: Rect, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    guard let position = scene.state.dynamicsCursor, let cell = plane.cell(frame.path[position])
    else { return }
    let symbol = position < frame.symbols.count ? ReadableSymbol.text(frame.symbols[position]) : ""
    buffer.write(
      symbol.isEmpty ? "+" : symbol.cut(to: 1), x: area.x + cell.x, y: area.y + cell.y,
      style: scene.theme.chosen, limit: area.right)
  }

  private func drawFoot(
    _ frame: DynamicsFrame, _ axes: (right: Int, up: Int), _ foot: Rect, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let theme = scene.theme
    func share(_ index: Int) -> String {
      "PC \(index + 1) \(NumberText.percent(frame.shares[index]))"
    }
    let (right, up) = scene.appearance.hasUnicode ? ("→", "↑") : (">", "^")
    var text = StyledText("\(right) \(share(axes.right))", theme.text)
      .adding("  \(up) \(share(axes.up))", theme.text)
    if let position = scene.state.dynamicsCursor {
      text.add("  position \(position + 1) of \(frame.path.count)", theme.muted)
    }
    for kind in FixedPointMark.kinds
    where frame.fixedPoints?.points.contains(where: { $0.kind == kind }) ?? false {
      let mark = FixedPointMark.cell(kind, scene)
      text.add("  \(Character(mark.glyph)) ", mark.style)
      text.add(kind, theme.muted, joined: true)
    }
    text.fitting(foot.width - 1).write(x: foot.x + 1, y: foot.y, limit: foot.right, into: &buffer)
  }
}

extension PanelKind {
  static let trajectory = PanelKind(TrajectoryPanel())
}

/// How a fixed point is marked.
enum FixedPointMark {
  static let kinds = ["stable", "neutral", "saddle", "repeller"]

  static func cell(_ kind: String, _ scene: Scene) -> Cell {
    let (appearance, theme) = (scene.appearance, scene.theme)
    return switch kind {
    case "stable": Cell(appearance.glyph("●", ascii: "O"), theme.good)
    case "saddle": Cell(appearance.glyph("×", ascii: "x"), theme.warning)
    case "repeller": Cell(appearance.glyph("○", ascii: "o"), theme.bad)
    default: Cell(appearance.glyph("◇", ascii: "*"), theme.accent)
    }
  }
}

/// Where places along two components are among the dots of a canvas: both to the same scale.
struct PlaneGeometry {
  private let axes: (right: Int, up: Int)
  private let centre: (right: Double, up: Double)
  /// Dots for one unit of length.
  private let scale: (across: Double, down: Double)
  private let dots: (across: Int, down: Int)
  private let dotsOfCell: (across: Int, down: Int)

  init(
    _ frame: DynamicsFrame, _ axes: (right: Int, up: Int), size: Size,
    drawing: Appearance.Drawing
  ) {
    self.axes = axes
    let canvas = DotCanvas(size: Size(width: 1, height: 1), drawing: drawing)
    dotsOfCell = (canvas.dotsAcross, canvas.dotsDown)
    dots = (size.width * canvas.dotsAcross, size.height * canvas.dotsDown)
    var (right, up) = (Extent(), Extent())
    for place in frame.path + frame.others {
      if place.indices.contains(axes.right) { right.include(Double(place[axes.right])) }
      if place.indices.contains(axes.up) { up.include(Double(place[axes.up])) }
    }
    centre = (right.middle, up.middle)
    // A cell is twice as high as wide: dots of braille are square, those of blocks are not.
    let shape = 2 * Double(canvas.dotsAcross) / Double(canvas.dotsDown)
    let across = 0.92 * Double(dots.across) / max(1e-9, right.width)
    let down = 0.88 * Double(dots.down) / max(1e-9, up.width)
    let both = min(across, down * shape)
    scale = (both, both / shape)
  }

  /// Nil where a number is missing or lies outside.
  func dot(_ place: [Float]) -> (x: Int, y: Int)? {
    guard place.indices.contains(axes.right), place.indices.contains(axes.up) else { return nil }
    let x = Double(dots.across) / 2 + (Double(place[axes.right]) - centre.right) * scale.across
    let y = Double(dots.down) / 2 - (Double(place[axes.up]) - centre.up) * scale.down
    guard x >= 0, y >= 0, x < Double(dots.across), y < Double(dots.down) else { return nil }
    return (Int(x), Int(y))
  }

  func cell(_ place: [Float]) -> (x: Int, y: Int)? {
    dot(place).map { ($0.x / dotsOfCell.across, $0.y / dotsOfCell.down) }
  }

  /// Of finite numbers.
  private struct Extent {
    private var low = Double.infinity
    private var high = -Double.infinity

    mutating func include(_ value: Double) {
      guard value.isFinite else { return }
      (low, high) = (min(low, value), max(high, value))
    }

    var middle: Double { low <= high ? (low + high) / 2 : 0 }
    var width: Double { low < high ? high - low : 1 }
  }
}

/// The colour of every position of a path: by time from dark to bright, or one for each symbol.
struct PathColors {
  private let styles: [Style]

  init(_ frame: DynamicsFrame, _ scene: Scene) {
    let (count, theme) = (frame.path.count, scene.theme)
    guard scene.appearance.hasColor else {
      styles = frame.path.map { _ in theme.smoothed }
      return
    }
    switch scene.state.dynamicsControls.coloring {
    case .time:
      styles = (0..<count).map { position in
        let share = Double(position) / Double(max(1, count - 1))
        return Style(theme.sequential.color(at: 0.25 + 0.75 * share))
      }
    case .symbol:
      let names = Array(Set(frame.symbols)).sorted()
      styles = (0..<count).map { position in
        guard position < frame.symbols.count, !theme.series.isEmpty,
          let index = names.firstIndex(of: frame.symbols[position])
        else { return theme.smoothed }
        return theme.series[index % theme.series.count]
      }
    }
  }

  func style(at position: Int) -> Style {
    styles.indices.contains(position) ? styles[position] : .plain
  }
}
