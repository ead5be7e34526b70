import TerminalGraphics
import TrainingEvents

/// How far back in time a gradient reaches, in words.
struct GradientReach: Equatable {
  let fit: LagFit
  /// Whether gradients have another way, so that no alert is raised either.
  let isHarmless: Bool

  init(_ curve: LagCurve, isHarmless: Bool = false) {
    fit = LagFit(curve.norms)
    self.isHarmless = isHarmless
  }

  var verdict: LagFit.Verdict { fit.verdict }

  /// The verdict with its factor, and below it what that means, in as many words as fit into a width.
  func lines(width: Int, target: String, theme: Theme) -> [StyledText] {
    let choices = verdict == .unknown ? [] : rates(target)
    let lines = (choices + [""]).map { head(theme).adding($0, theme.text) }
    let first = lines.first { $0.width <= width } ?? head(theme).fitting(width)
    guard verdict == .vanishes, let reach = fit.reach(unit: target, isBrief: true) else {
      return [first]
    }
    return [first, StyledText(reach, theme.text).fitting(width)]
  }

  /// The change in words, in full and then shorter.
  private func rates(_ target: String) -> [String] {
    [false, true].compactMap { fit.rate(unit: target, isBrief: $0) }.map { " " + $0 }
  }

  /// The same in one line, in as many words as fit into a width.
  func line(width: Int, target: String, theme: Theme) -> StyledText {
    let head = head(theme)
    guard verdict != .unknown else { return head.fitting(width) }
    let rates = rates(target)
    var endings = rates + [""]
    if verdict == .vanishes, let lag = fit.hundredthAt,
      let reach = fit.reach(unit: target, isBrief: true)
    {
      endings =
        rates.flatMap { ["\($0), \(reach)", "\($0), 1 % left after \(lag)"] }
        + [", \(reach)", ", 1 % left after \(lag)", ", 1 % after \(lag)", ""]
    }
    let candidates = endings.map { head.adding($0, theme.text) }
    return candidates.first { $0.width <= width } ?? head.fitting(width)
  }

  /// The spectral radius of the averaged ∂s(t+1)/∂s(t), which explains the rate.
  static func jacobian(_ radius: Double, step: Int, theme: Theme) -> StyledText {
    StyledText("\(jacobianSymbol) ", theme.muted)
      .adding(NumberText.significant(radius, 3), theme.text, joined: true)
      .adding(" at step \(NumberText.grouped(step))", theme.muted, joined: true)
  }

  static let jacobianSymbol = "ρ(∂s(t+1)/∂s(t))"

  private func head(_ theme: Theme) -> StyledText {
    switch verdict {
    case .unknown: StyledText("not measured yet", theme.muted)
    case .holds: StyledText("holds", theme.good)
    case .explodes: StyledText("explodes", theme.bad)
    case .vanishes: StyledText("vanishes", isHarmless ? theme.text : theme.warning)
    }
  }
}
