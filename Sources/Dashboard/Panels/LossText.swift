import TerminalGraphics
import TrainingEvents

/// Losses in words, always with their unit.
enum LossText {
  /// Such as `nats/character`.
  static func unit(_ run: RunDescription?) -> String {
    guard let run else { return "" }
    switch run.lossUnit {
    case .natsPerTarget: return "nats/\(run.targetName)"
    case .squaredError: return "mean squared error"
    case .unknown: return ""
    }
  }

  /// Such as `2.187 nats · 3.16 bits`.
  static func value(_ loss: Double, _ run: RunDescription?) -> String {
    guard isNats(run) else { return NumberText.significant(loss, 4) }
    let bits = loss / 0.693_147_180_559_945_3
    return "\(NumberText.fixed(loss, 3)) nats · \(NumberText.fixed(bits, 2)) bits"
  }

  /// The best and the newest values, one line each, for a chart of some width in cells.
  static func summary(_ scene: Scene, width: Int) -> [StyledText] {
    let history = scene.state.history
    let theme = scene.theme
    var lines: [StyledText] = []
    if let best = history.best {
      lines.append(
        StyledText("best ", theme.muted)
          .adding(
            width < 32 ? plain(best.loss, scene.state.run) : value(best.loss, scene.state.run),
            theme.validation, joined: true
          )
          .adding(" at \(NumberText.grouped(best.step))", theme.muted))
    }
    if let smoothed = history.smoothedLoss.last, smoothed.isFinite {
      var line = StyledText("now ", theme.muted)
        .adding(plain(Double(smoothed), scene.state.run), theme.smoothed, joined: true)
        .adding(" train", theme.muted, joined: true)
      if let validation = history.validations.last {
        line.add("  \(plain(validation.loss, scene.state.run))", theme.validation)
        line.add(" validation", theme.muted, joined: true)
      }
      lines.append(line)
    } else if let last = history.loss.last, !last.isFinite {
      lines.append(StyledText("now not a number", theme.bad))
    }
    return lines
  }

  /// What the cursor reads off, one line each.
  static func reading(_ values: CursorValues, _ scene: Scene, width: Int) -> [StyledText] {
    let (theme, run) = (scene.theme, scene.state.run)
    var first = StyledText("step \(NumberText.grouped(values.step))", theme.accent)
    if let epoch = values.epoch {
      first.add("  epoch \(NumberText.fixed(epoch, 2))", theme.muted)
    }
    if let elapsed = values.elapsed {
      first.add("  \(NumberText.duration(elapsed))", theme.muted)
    }
    var second = StyledText("train ", theme.muted)
      .adding(plain(values.loss, run), theme.raw, joined: true)
      .adding("  smoothed ", theme.muted)
      .adding(plain(values.smoothed, run), theme.smoothed, joined: true)
    if let validation = values.validation {
      second.add("  validation ", theme.muted)
      second.add(plain(validation.loss, run), theme.validation, joined: true)
    }
    return [first, second]
  }

  static func plain(_ loss: Double, _ run: RunDescription?) -> String {
    isNats(run)
      ? NumberText.fixed(loss, 3) : NumberText.significant(loss, run?.lossUnit == .unknown ? 4 : 3)
  }

  /// Nobody knows the unit of another program's loss.
  static func isNats(_ run: RunDescription?) -> Bool {
    run.map { $0.lossUnit == .natsPerTarget } ?? true
  }
}
