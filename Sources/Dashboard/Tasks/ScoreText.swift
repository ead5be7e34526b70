import TerminalGraphics
import TrainingEvents

/// A figure with what it is a figure of: never a share alone.
enum ScoreText {
  /// Below so many answers, a share pretends to more than they can tell.
  static let fewest = 50

  /// Such as `accuracy 76.3 %`, or `11 of 14 right` where there are few.
  static func figure(_ score: TaskScore, name: String) -> String {
    guard score.count > 0 else { return "\(name) –" }
    guard score.count >= fewest else { return "\(score.right) of \(score.count) correct" }
    return "\(name) \(percent(score.share))"
  }

  /// Whether a written answer is the right one, in words.
  static func comparison(_ isRight: Bool, isEmpty: Bool, _ appearance: Appearance) -> String {
    let signs = isRight ? ("✓", "ok") : ("✗", "x")
    let words =
      isRight
      ? "equals the target" : isEmpty ? "is empty, not the target" : "differs from the target"
    return "\(appearance.hasUnicode ? signs.0 : signs.1) \(words)"
  }

  /// The figure behind the longest of some labels that leaves room for it: a label never stands alone.
  static func labelled(
    _ labels: [String], _ score: TaskScore, name: String, width: Int, _ theme: Theme
  ) -> StyledText {
    let figures =
      labels.map { ($0, figure(score, name: name)) }
      + [(labels.last ?? "", figure(score, name: "").trimmed)]
    let texts = figures.map {
      StyledText($0.0, theme.muted).adding($0.1, theme.title, joined: true)
    }
    return texts.first { $0.width <= width }
      ?? StyledText(figure(score, name: name), theme.title)
      .fitting(width)
  }

  /// One decimal, as the log has it.
  static func percent(_ share: Double) -> String {
    share.isFinite ? "\(NumberText.fixed(100 * share, 1)) %" : "–"
  }

  /// The figure, then what it was computed on, then the simple method's.
  /// - Parameters:
  ///   - score: what was counted
  ///   - name: of the measure
  ///   - unit: singular name of an answer
  ///   - theme: colours
  static func styled(
    _ score: TaskScore, name: String, unit: String, _ theme: Theme
  ) -> StyledText {
    var text = StyledText(figure(score, name: name), theme.title)
    text.add("  n = \(NumberText.grouped(score.count)) \(plural(unit, score.count))", theme.muted)
    if let baseline = score.baseline {
      text.add("  \(baseline.name): ", theme.muted)
      text.add(percent(baseline.value), theme.text, joined: true)
      // What training has most of may come nowhere among these: a method that cannot win.
      if baseline.value == 0 {
        text.add(", right for none", theme.muted, joined: true)
      }
    }
    text.add(source(score.isHeldOut), theme.muted)
    if score.sequences != score.count { text.add(" in \(score.sequences) sequences", theme.muted) }
    return text
  }

  static func source(_ isHeldOut: Bool) -> String {
    isHeldOut ? "  held-out examples" : "  training examples, none are held out"
  }

  /// Such as `1 time step` or `1,200 labels`.
  static func counted(_ count: Int, _ word: String) -> String {
    "\(NumberText.grouped(count)) \(plural(word, count))"
  }

  static func plural(_ word: String, _ count: Int) -> String { count == 1 ? word : word + "s" }
}
