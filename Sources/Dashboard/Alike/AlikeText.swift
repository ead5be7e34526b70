import TerminalGraphics
import TrainingEvents

/// Words and lines of what is found alike.
enum AlikeText {
  /// Such as `beyond ±0.50`.
  static func condition(_ threshold: Float, _ usesMagnitude: Bool) -> String {
    let number = NumberText.fixed(Double(threshold), 2)
    return usesMagnitude ? "beyond ±\(number)" : "above \(number)"
  }

  static func condition(_ set: UnitSet) -> String { condition(set.threshold, set.usesMagnitude) }

  /// Symbols in a row, as they are read.
  static func joined(_ symbols: [String], of all: [String]) -> String {
    symbols.map(ReadableSymbol.text).joined(separator: Passage.separator(of: all))
  }

  /// Such as `sequence 13, time step 4`.
  static func place(_ place: AlikeFrame.Place, _ frame: AlikeFrame) -> String {
    let step = "time step \(NumberText.grouped(place.position + 1))"
    return frame.isOneText
      ? "\(step) of the text" : "sequence \(NumberText.grouped(place.sequence + 1)), \(step)"
  }

  /// How much was read with which weights, and what was found.
  static func progress(_ frame: AlikeFrame, _ scene: Scene) -> StyledText {
    let theme = scene.theme
    let total = NumberText.grouped(frame.total)
    let share = Double(frame.read) / Double(max(1, frame.total))
    // Rounded down: all is read only when it is.
    let percent = frame.isComplete ? "all" : "\(Int(100 * share)) % of"
    var text = StyledText("\(percent) \(total) time steps read", theme.text)
    let half = max(1, (frame.query.set.units.count + 1) / 2)
    let places = frame.found == 1 ? "place" : "places"
    text.add("  \(NumberText.grouped(frame.found)) \(places), \(half) or more on", theme.text)
    text.add("  weights of step \(NumberText.grouped(frame.step))", theme.muted)
    if frame.places.count < frame.found {
      text.add("  the best \(frame.places.count) listed", theme.muted)
    }
    if !frame.isComplete, scene.state.trainingState == .training {
      text.add("  faster while paused", theme.muted)
    }
    return text
  }

  /// What stands over the numbers of a list.
  static func heading(_ frame: AlikeFrame, _ theme: Theme) -> StyledText {
    let digits = "\(frame.query.set.units.count)".count
    return StyledText("on".padded(to: 2 * digits + 1), theme.muted)
      .adding(" others on", theme.muted, joined: true)
  }

  /// Such as `9/9  +3  …before[here]after…`, the passage in the middle.
  static func line(
    _ place: AlikeFrame.Place, _ frame: AlikeFrame, isChosen: Bool, width: Int, _ theme: Theme
  ) -> StyledText {
    let all = frame.query.set.units.count
    let digits = "\(all)".count
    let on = "\("\(place.on)".rightAligned(to: digits))/\(all)"
    var text = StyledText(
      on, isChosen ? theme.chosen : place.on == all ? theme.good : theme.text)
    text.add(" +\(place.others)".padded(to: 6), theme.muted, joined: true)
    let symbols = place.before + place.symbols + place.after
    let here = joined(place.symbols, of: symbols)
    let gap = Passage.separator(of: symbols)
    let room = max(0, width - text.width - CharacterWidth.of(here) - 2 * gap.count)
    let before = place.before.isEmpty ? "" : joined(place.before, of: symbols) + gap
    text.add(
      before.cutFront(to: room / 2).rightAligned(to: room / 2), theme.muted, joined: true)
    text.add(here, isChosen ? theme.chosen : theme.accent, joined: true)
    let after = joined(place.after, of: symbols)
    text.add((gap + after).cut(to: max(0, room - room / 2)), theme.muted, joined: true)
    return text
  }

  /// Columns of a row that shows how counts went.
  private static let leastRow = 8

  /// A kept set: how many of it are on in its passage now, and over training.
  static func line(_ kept: KeptUnits, width: Int, _ scene: Scene) -> StyledText {
    let theme = scene.theme
    let all = kept.set.units.count
    let counts = scene.state.counts(of: kept)
    var text = StyledText(kept.name.cut(to: 16), theme.accent)
    let now = counts.flatMap { $0.on(at: $0.steps.upperBound) }.map { "\($0)" } ?? "–"
    text.add("  \(now) of \(all) on", theme.text, joined: true)
    let passage = joined(kept.symbols, of: kept.symbols)
    text.add(" in “\(passage.cut(to: 24))”", theme.muted, joined: true)
    guard let counts, counts.steps.count > 1 else { return text }
    let (first, last) = (counts.steps.lowerBound, counts.steps.upperBound)
    let span = "  steps \(NumberText.grouped(first))–\(NumberText.grouped(last))"
    let whole = width - text.width - 2
    // What the row spans goes before the row's length.
    let isTold = whole >= CharacterWidth.of(span) + leastRow
    let room = min(48, isTold ? whole - CharacterWidth.of(span) : whole)
    guard room >= leastRow else { return text }
    let columns = min(room, counts.steps.count)
    var row = ""
    for column in 0..<columns {
      let on = counts.on(at: first + column * (last - first) / max(1, columns - 1))
      let share = Double(on ?? 0) / Double(max(1, all))
      row.unicodeScalars.append(Bars.level(share, appearance: scene.appearance))
    }
    text.add("  \(row)", theme.smoothed)
    if isTold { text.add(span, theme.muted, joined: true) }
    return text
  }
}
