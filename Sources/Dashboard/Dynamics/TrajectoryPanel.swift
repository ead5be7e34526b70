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
    text.add("  colour: \(PathColors.words(scene))", theme.muted)
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let controls = scene.state.dynamicsControls
    guard let frame = scene.state.dynamics,
      let axes = controls.direction.axes(of: frame.shares.count)
    else { return }
    let inside = buffer.inside
    let (area, foot) = inside.cutBottom(1)
    guard area.height > 1, area.width > 4 else { return }
    let plane = PlaneGeometry(frame, axes, size: area.size, drawing: scene.appearance.drawing)
    if controls.wantsField(size: frame.size), showsField(scene) {
      FieldArrows.draw(frame, plane, area, scene, into: &buffer)
    }
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
    drawSlowDirections(frame, plane, scene, on: &canvas)
    canvas.draw(into: &buffer, x: area.x, y: area.y)
    drawSymbols(frame, plane, colors, area, scene, into: &buffer)
    drawFixedPoints(frame, plane, area, scene, into: &buffer)
    drawCursor(frame, plane, area, scene, into: &buffer)
    drawFoot(frame, axes, foot, scene, into: &buffer)
  }

  /// Arrows lie in one plane of two components, as it is before it is turned.
  private func showsField(_ scene: Scene) -> Bool {
    guard let frame = scene.state.dynamics, let field = frame.field else { return false }
    let direction = scene.state.dynamicsControls.direction
    return !direction.isTurned && direction.fieldAxes(of: frame.shares.count) == field.axes
  }

  /// Through every stable point and saddle, or through the one that is looked at alone.
  private func drawSlowDirections(
    _ frame: DynamicsFrame, _ plane: PlaneGeometry, _ scene: Scene, on canvas: inout DotCanvas
  ) {
    let picked = scene.state.pickedFixedPoint
    for (index, point) in (frame.fixedPoints?.points ?? []).enumerated()
    where picked == nil || picked == index {
      for direction in point.slow.prefix(picked == nil ? 1 : 2) {
        let length = Float(plane.extent) * (picked == nil ? 0.05 : 0.12)
        func end(_ sign: Float) -> [Float] {
          zip(point.place, direction.along).map { $0 + sign * length * $1 }
        }
        guard let from = plane.dot(end(-1)), let to = plane.dot(end(1)) else { continue }
        canvas.line(
          from: from, to: to, style: FixedPointMark.cell(point.kind, scene).style, priority: 3)
      }
    }
  }

  /// As many symbols as find a place of their own beside the path.
  private func drawSymbols(
    _ frame: DynamicsFrame, _ plane: PlaneGeometry, _ colors: PathColors, _ area: Rect,
    _ scene: Scene, into buffer: inout CellBuffer
  ) {
    let read = frame.symbols.map(ReadableSymbol.text)
    // Where all are the same, as where nothing is read, they tell nothing.
    guard read.allSatisfy({ CharacterWidth.of($0) <= 2 }), Set(read).count > 1 else { return }
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
        read[position], x: area.x + cell.x, y: area.y + cell.y, style: style,
        limit: area.right)
    }
  }

  private func drawFixedPoints(
    _ frame: DynamicsFrame, _ plane: PlaneGeometry, _ area: Rect, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let points = frame.fixedPoints?.points ?? []
    let picked = scene.state.pickedFixedPoint
    for index in points.indices.reversed() + (picked.map { [$0] } ?? []) {
      guard let cell = plane.cell(points[index].place) else { continue }
      var mark = FixedPointMark.cell(points[index].kind, scene)
      if index == picked { mark.style = scene.theme.chosen }
      buffer[area.x + cell.x, area.y + cell.y] = mark
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
    _ frame: DynamicsFrame, _ axes: (right: [Double], up: [Double]), _ foot: Rect,
    _ scene: Scene, into buffer: inout CellBuffer
  ) {
    let theme = scene.theme
    // Variances along orthogonal directions add up by the squares of what goes along each.
    func share(_ weights: [Double]) -> String {
      let share = zip(weights, frame.shares).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
      let only = weights.indices.filter { abs(weights[$0]) > 1e-6 }
      let name = only.count == 1 ? "PC \(only[0] + 1) " : ""
      return "\(name)\(NumberText.percent(share))"
    }
    let (right, up) = scene.appearance.hasUnicode ? ("→", "↑") : (">", "^")
    var text = StyledText("\(right) \(share(axes.right))", theme.text)
      .adding("  \(up) \(share(axes.up))", theme.text)
    let direction = scene.state.dynamicsControls.direction
    if direction.isTurned { text.add("  rotated \(direction.words)", theme.muted) }
    if scene.state.dynamicsControls.wantsField(size: frame.size), let field = frame.field {
      let words = field.input.isEmpty ? "" : " under \(ReadableSymbol.text(field.input))"
      text.add(
        showsField(scene)
          ? "  arrows: one step\(words)"
          : "  arrows lie in PC \(field.axes.right + 1) and PC \(field.axes.up + 1)", theme.muted)
    }
    if let position = scene.state.dynamicsCursor {
      text.add("  position \(position + 1) of \(frame.path.count)", theme.muted)
    }
    text = text.appending(PathColors.layerLegend(scene))
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
