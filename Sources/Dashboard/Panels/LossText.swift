import TerminalGraphics
import TrainingEvents

/// Losses in words, always with their unit.
enum LossText {
  /// Such as `nats/character`.
  static func unit(_ run: RunDescription?) -> String {
    guard let run else { return "" }
    switch run.lossUnit {
    case .natsPerTarget: return "nats/\(run.unitOfTarget)"
    case .squaredError: return "mean squared error"
    case .unknown: return ""
    }
  }

  /// A loss in a sentence, such as `2.187 nats/character` or `0.168 (mean squared error)`.
  static func told(_ loss: Double, _ run: RunDescription?) -> String {
    let unit = unit(run)
    let value = plain(loss, run)
    return unit.isEmpty ? value : value + (isNats(run) ? " \(unit)" : " (\(unit))")
  }

  /// Such as `2.187 nats · 3.16 bits`.
  static func value(_ loss: Double, _ run: RunDescription?) -> String {
    guard let bits = bits(loss, run) else { return NumberText.significant(loss, 4) }
    return "\(NumberText.decimals(loss, 3)) nats · \(bits)"
  }

  /// The same in bits, where the loss is in nats.
  static func bits(_ loss: Double, _ run: RunDescription?) -> String? {
    guard isNats(run) else { return nil }
    return "\(NumberText.decimals(loss / 0.693_147_180_559_945_3, 2)) bits"
  }

  /// The legend of the loss curves, each with its newest value, in as few words as a width asks
  /// for; the signs are those of the curves.
  static func legend(_ scene: Scene, width: Int) -> StyledText {
    let history = scene.state.history
    let (theme, run) = (scene.theme, scene.state.run)
    let (dots, line) = scene.appearance.hasUnicode ? ("··", "──") : ("..", "--")
    let (diamond, dashes) = scene.appearance.hasUnicode ? ("◆", "╌╌") : ("o", "- ")
    let train = history.loss.last.map { plain(Double($0), run) } ?? "–"
    let smoothed = history.smoothedLoss.last.map { plain(Double($0), run) } ?? "–"
    let validation = history.validations.last.map { plain($0.loss, run) }
    func text(_ names: (String, String, String), values: (Bool, Bool)) -> StyledText {
      var text = StyledText("\(dots)\(names.0)", theme.raw)
      if values.0 { text.add(" \(train)", theme.raw, joined: true) }
      text.add(" \(line)\(names.1)", theme.smoothed)
      if values.1 { text.add(" \(smoothed)", theme.smoothed, joined: true) }
      // A mark that stands nowhere in the chart needs no legend.
      if let validation {
        text.add(" \(diamond)\(names.2)", theme.validation)
        if values.1 { text.add(" \(validation)", theme.validation, joined: true) }
      }
      for comparison in scene.state.shownComparisons {
        text.add(" \(dashes)\(comparison.name)", theme.muted)
      }
      return text
    }
    let names = ("train", "smoothed", "validation")
    let averaged = run?.averagesWeights == true ? " of averaged weights" : ""
    let choices = [
      text(("train", "smoothed", "validation" + averaged), values: (true, true)),
      text(names, values: (true, true)), text(names, values: (false, true)),
      text(("train", "smooth", "valid"), values: (false, true)),
      text(("train", "smooth", "valid"), values: (false, false)),
    ]
    return choices.first { $0.width <= width } ?? choices[3].fitting(width)
  }

  /// What the cursor reads off, as much as fits.
  static func reading(_ values: CursorValues, _ scene: Scene, width: Int) -> StyledText {
    let (theme, run) = (scene.theme, scene.state.run)
    var text = StyledText("step \(NumberText.grouped(values.step))", theme.accent)
      .adding("  train ", theme.muted)
      .adding(plain(values.loss, run), theme.raw, joined: true)
      .adding("  smoothed ", theme.muted)
      .adding(plain(values.smoothed, run), theme.smoothed, joined: true)
    if let validation = values.validation {
      text.add("  validation ", theme.muted)
      text.add(plain(validation.loss, run), theme.validation, joined: true)
    }
    if let epoch = values.epoch {
      text.add("  epoch \(NumberText.fixed(epoch, 2))", theme.muted)
    }
    if let elapsed = values.elapsed {
      text.add("  \(NumberText.duration(elapsed))", theme.muted)
    }
    return text.fitting(width)
  }

  static func plain(_ loss: Double, _ run: RunDescription?) -> String {
    isNats(run)
      ? NumberText.decimals(loss, 3)
      : NumberText.significant(loss, run?.lossUnit == .unknown ? 4 : 3)
  }

  /// Nobody knows the unit of another program's loss.
  static func isNats(_ run: RunDescription?) -> Bool {
    run.map { $0.lossUnit == .natsPerTarget } ?? true
  }
}
