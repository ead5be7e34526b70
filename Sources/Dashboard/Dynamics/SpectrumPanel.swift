import TerminalGraphics
import TrainingEvents

/// Eigenvalues of the recurrent matrix and of the mean Jacobian in the complex plane, with the circle
/// |λ| = 1 that parts what fades from what grows.
struct SpectrumPanel: Panel {
  var name: String { "Spectrum" }
  var summary: String {
    "Eigenvalues λ of the recurrent matrix, and of ∂s(t+1)/∂s(t) averaged along the text, in the "
      + "complex plane: inside the circle |λ| = 1 a direction fades, outside it grows. With a cursor "
      + "also of ∂s(t+1)/∂s(t) there, with its largest singular values σ; faint, where they were first."
  }
  var interests: ProbeRequest.Interests { [.dynamics] }
  var context: KeyBinding.Context? { .dynamics }

  func absence(in state: DashboardState) -> String? {
    if let absence = state.dynamicsAbsence("spectrum") { return absence }
    guard let frame = state.dynamics, frame.spectra.isEmpty else { return nil }
    return frame.size > 256
      ? "eigenvalues of \(NumberText.grouped(frame.size)) rows take long: unfold analyse computes them"
      : "no eigenvalues could be computed"
  }

  func title(_ scene: Scene) -> StyledText {
    StyledText("Spectrum", scene.theme.title).appending(radii(scene))
  }

  /// The mark of each matrix with its largest |λ|.
  private func radii(_ scene: Scene) -> StyledText {
    var text = StyledText()
    for (index, spectrum) in (scene.state.dynamics?.spectra ?? []).enumerated() {
      let mark = Self.mark(index, scene)
      text.add("  \(Character(mark.glyph)) ", mark.style)
      text.add(spectrum.symbol, scene.theme.muted, joined: true)
      if let radius = spectrum.radius {
        text.add(" ρ \(NumberText.significant(radius, 3))", scene.theme.text, joined: true)
      }
    }
    if let step = scene.state.dynamics?.spectraStep, step != scene.state.dynamics?.step {
      text.add("  of step \(NumberText.grouped(step))", scene.theme.muted)
    }
    return text
  }

  private static func mark(_ index: Int, _ scene: Scene) -> Cell {
    index == 0
      ? Cell(scene.appearance.glyph("·", ascii: "."), scene.theme.smoothed)
      : Cell(scene.appearance.glyph("+", ascii: "+"), scene.theme.validation)
  }

  private static func cursorMark(_ scene: Scene) -> Cell {
    Cell(scene.appearance.glyph("×", ascii: "x"), scene.theme.accent)
  }

  /// What stood there when it was looked at first, so that one sees how it moved.
  private static func earlierMark(_ scene: Scene) -> Cell {
    Cell(scene.appearance.glyph("∘", ascii: ","), scene.theme.faint)
  }

  /// Of the Jacobian under the cursor, what small differences are stretched by in one step.
  private func cursorLine(_ frame: DynamicsFrame, _ scene: Scene) -> StyledText? {
    guard let cursor = frame.atCursor else { return nil }
    let (mark, theme) = (Self.cursorMark(scene), scene.theme)
    var text = StyledText("  \(Character(mark.glyph)) ", mark.style)
    text.add("position \(cursor.position + 1)", theme.muted, joined: true)
    if let radius = cursor.spectrum.radius {
      text.add(" ρ \(NumberText.significant(radius, 3))", theme.text, joined: true)
    }
    let largest = cursor.singularValues.prefix(3).map { NumberText.significant($0, 3) }
    if !largest.isEmpty { text.add("  σ \(largest.joined(separator: ", "))", theme.text) }
    return text
  }

  private func earlierLine(_ frame: DynamicsFrame, _ scene: Scene) -> StyledText? {
    guard let earlier = frame.earlier, let spectrum = earlier.spectra.first else { return nil }
    let mark = Self.earlierMark(scene)
    var text = StyledText("  \(Character(mark.glyph)) ", mark.style)
    text.add(
      "\(spectrum.symbol) at step \(NumberText.grouped(earlier.step))", scene.theme.muted,
      joined: true)
    if let radius = spectrum.radius {
      text.add(" ρ \(NumberText.significant(radius, 3))", scene.theme.muted, joined: true)
    }
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.dynamics else { return }
    var area = buffer.inside
    guard area.height > 2, area.width > 6 else { return }
    // Where the border has no room for all of them, they stand below.
    let radii = radii(scene)
    var lines = radii.width > area.width - 12 ? [radii] : []
    // A low panel has room for one of them: what a person points at comes first.
    let more = [cursorLine(frame, scene), earlierLine(frame, scene)].compactMap { $0 }
    lines += more.prefix(area.height >= 20 ? 2 : 1)
    for line in lines.reversed() where area.height >= 10 {
      let (rest, foot) = area.cutBottom(1)
      area = rest
      line.fitting(foot.width).write(x: foot.x, y: foot.y, limit: foot.right, into: &buffer)
    }
    var canvas = DotCanvas(size: area.size, drawing: scene.appearance.drawing)
    let largest = frame.spectra.compactMap(\.radius).max() ?? 1
    let shape = 2 * Double(canvas.dotsAcross) / Double(canvas.dotsDown)
    // The largest eigenvalue fits, but one far out does not make the circle a dot.
    let shown = min(max(1.1, 1.05 * largest), 3)
    let (middle, centre) = (Double(canvas.width) / 2, Double(canvas.height) / 2)
    let down = min(centre, middle / shape) / shown
    let across = down * shape
    func dot(_ real: Double, _ imaginary: Double) -> (x: Int, y: Int)? {
      let (x, y) = (middle + real * across, centre - imaginary * down)
      guard x.isFinite, y.isFinite, abs(x) < 1e6, abs(y) < 1e6 else { return nil }
      return (Int(x), Int(y))
    }
    drawCircle(dot, scene, on: &canvas)
    canvas.draw(into: &buffer, x: area.x, y: area.y)
    var drawn = (frame.earlier?.spectra.prefix(1) ?? []).map { (Self.earlierMark(scene), $0) }
    drawn += frame.spectra.enumerated().map { (Self.mark($0.offset, scene), $0.element) }
    if let cursor = frame.atCursor { drawn.append((Self.cursorMark(scene), cursor.spectrum)) }
    for (mark, spectrum) in drawn {
      for eigenvalue in spectrum.eigenvalues {
        guard let place = dot(eigenvalue.real, eigenvalue.imaginary) else { continue }
        let (x, y) = (place.x / canvas.dotsAcross, place.y / canvas.dotsDown)
        guard (0..<area.width).contains(x), (0..<area.height).contains(y) else { continue }
        buffer[area.x + x, area.y + y] = mark
      }
    }
    drawOutside(frame, shown, area, scene, into: &buffer)
  }

  /// The circle |λ| = 1, point by point along a turn.
  private func drawCircle(
    _ dot: (Double, Double) -> (x: Int, y: Int)?, _ scene: Scene, on canvas: inout DotCanvas
  ) {
    let points = 180
    // One turn after the other by the same rotation, so that no library of mathematics is needed.
    let (c, s) = (0.99939082701909573, 0.03489949670250097)
    var (real, imaginary) = (1.0, 0.0)
    for _ in 0..<points {
      if let place = dot(real, imaginary) {
        canvas.set(place.x, place.y, style: scene.theme.faint)
      }
      (real, imaginary) = (c * real - s * imaginary, s * real + c * imaginary)
    }
  }

  private func drawOutside(
    _ frame: DynamicsFrame, _ shown: Double, _ area: Rect, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let outside = frame.spectra.reduce(0) { count, spectrum in
      count
        + spectrum.eigenvalues.count {
          ($0.real * $0.real + $0.imaginary * $0.imaginary).squareRoot() > shown
        }
    }
    guard outside > 0 else { return }
    buffer.write(
      "\(outside) farther out", x: area.x + 1, y: area.bottom - 1, style: scene.theme.warning,
      limit: area.right)
  }
}

extension PanelKind {
  static let spectrum = PanelKind(SpectrumPanel())
}
