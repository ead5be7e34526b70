import TerminalGraphics
import TrainingEvents

/// Where in all training data the units are on that are on throughout a passage, best first, with
/// what stands around each place; and sets of units that were kept.
struct AlikePanel: Panel {
  var name: String { "Find alike" }
  var summary: String {
    "Places in all training data where the units of a passage are on as long: how many of them (and "
      + "+ how many others), with what is read around each."
  }
  var interests: ProbeRequest.Interests { [.hiddenStates, .alike] }
  var context: KeyBinding.Context? { .alike }

  func absence(in state: DashboardState) -> String? {
    if let absence = state.alikeAbsence, state.alike.kept.isEmpty { return absence }
    return (state.shownMap?.columns ?? 0) > 0 ? nil : Absence.missing("hidden states", state)
  }

  func title(_ scene: Scene) -> StyledText {
    let (state, theme) = (scene.state, scene.theme)
    var text = StyledText("Find alike", theme.title)
    guard let map = state.shownMap else { return text }
    if let set = state.markedUnits {
      text.add("  \(set.units.count) of \(map.units) units", theme.text)
      text.add(" \(AlikeText.condition(set))", theme.text, joined: true)
      if let words = passage(state) { text.add("  “\(words)”", theme.accent) }
      text.add("  \(map.name)", theme.muted)
    } else if let query = state.alike.query {
      text.add("  \(query.set.units.count) units \(AlikeText.condition(query.set))", theme.text)
      text.add("  \(query.set.map)", theme.muted)
    }
    return text
  }

  private func passage(_ state: DashboardState) -> String? {
    guard let columns = state.markedColumns, let symbols = state.hiddenStates?.symbols,
      columns.upperBound <= symbols.count
    else { return nil }
    let words = AlikeText.joined(Array(symbols[columns]), of: symbols)
    return words.isEmpty ? nil : words.cut(to: 24)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let (state, theme) = (scene.state, scene.theme)
    var area = buffer.inside
    let kept = state.alike.kept.suffix(max(0, area.height / 3))
    for set in kept.reversed() {
      let (rest, foot) = area.cutBottom(1)
      area = rest
      AlikeText.line(set, width: foot.width - 2, scene).fitting(foot.width - 2)
        .write(x: foot.x + 1, y: foot.y, limit: foot.right, into: &buffer)
    }
    var (head, list) = area.cutTop(1)
    status(scene).fitting(head.width - 2)
      .write(x: head.x + 1, y: head.y, limit: head.right, into: &buffer)
    guard let frame = state.foundAlike else { return drawUnits(scene, list, into: &buffer) }
    guard !frame.places.isEmpty, list.height > 0 else { return }
    if list.height > 3 {
      (head, list) = list.cutTop(1)
      AlikeText.heading(frame, theme).write(
        x: head.x + 1, y: head.y, limit: head.right, into: &buffer)
    }
    let chosen = min(state.alike.chosen, frame.places.count - 1)
    let first = max(0, chosen - list.height + 1)
    for (row, index) in (first..<frame.places.count).prefix(list.height).enumerated() {
      AlikeText.line(
        frame.places[index], frame, isChosen: index == chosen, width: list.width - 2, theme
      ).write(x: list.x + 1, y: list.y + row, limit: list.right - 1, into: &buffer)
    }
    let words = " \(chosen + 1): \(AlikeText.place(frame.places[chosen], frame)) "
    StyledText(words, theme.accent).fitting(buffer.bounds.width - 4).write(
      x: 2, y: buffer.bounds.bottom - 1, limit: buffer.bounds.right - 1, into: &buffer)
  }

  private func status(_ scene: Scene) -> StyledText {
    let (state, theme) = (scene.state, scene.theme)
    if let absence = state.alikeAbsence { return StyledText(absence, theme.muted) }
    if let frame = state.foundAlike { return AlikeText.progress(frame, scene) }
    guard state.alike.query == nil else {
      return StyledText("the search begins …", theme.muted)
    }
    guard let set = state.markedUnits else {
      return StyledText("m marks where a passage begins, ← → extend it", theme.muted)
    }
    return set.units.isEmpty
      ? StyledText("no unit is on throughout: < lowers the threshold", theme.warning)
      : StyledText("a searches all training data for places where they are on", theme.muted)
  }

  /// The marked passage's units by number.
  private func drawUnits(_ scene: Scene, _ area: Rect, into buffer: inout CellBuffer) {
    guard scene.state.alike.query == nil, let units = scene.state.markedUnits?.units,
      !units.isEmpty
    else { return }
    let words = "units \(units.map { "\($0)" }.joined(separator: " "))"
    for (row, line) in words.wrapped(to: area.width - 2).prefix(area.height).enumerated() {
      buffer.write(
        line, x: area.x + 1, y: area.y + row, style: scene.theme.text, limit: area.right - 1)
    }
  }
}

extension PanelKind {
  static let alike = PanelKind(AlikePanel())
}
