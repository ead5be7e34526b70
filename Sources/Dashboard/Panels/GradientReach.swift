import TerminalGraphics
import TrainingEvents

/// How far back in time a gradient reaches, in words.
struct GradientReach: Equatable {
  let fit: LagFit

  init(_ curve: LagCurve) {
    fit = LagFit(curve.norms)
  }

  var verdict: LagFit.Verdict { fit.verdict }

  /// The verdict with its factor, and below it what that means.
  func lines(target: String, theme: Theme) -> [StyledText] {
    let rate = fit.rate().map { " " + $0 } ?? ""
    let first = head(theme).adding(verdict == .unknown ? "" : rate, theme.text)
    guard verdict == .vanishes, let reach = fit.reach(unit: target, isBrief: true) else {
      return [first]
    }
    return [first, StyledText(reach, theme.text)]
  }

  /// The same in one line, in as many words as fit into a width.
  func line(width: Int, target: String, theme: Theme) -> StyledText {
    let head = head(theme)
    guard verdict != .unknown else { return head.fitting(width) }
    let rate = fit.rate().map { " " + $0 }
    var endings = [rate, ""]
    if verdict == .vanishes, let lag = fit.hundredthAt,
      let reach = fit.reach(unit: target, isBrief: true)
    {
      endings = [
        rate.map { "\($0), \(reach)" }, rate.map { "\($0), 1 % left after \(lag)" },
        ", \(reach)", ", 1 % left after \(lag)", ", 1 % after \(lag)", "",
      ]
    }
    let candidates = endings.compactMap { $0 }.map { head.adding($0, theme.text) }
    return candidates.first { $0.width <= width } ?? head.fitting(width)
  }

  /// The spectral radius of the averaged ∂s(t+1)/∂s(t), which explains the rate.
  static func jacobian(_ radius: Double, theme: Theme) -> StyledText {
    StyledText("\(jacobianSymbol) ", theme.muted)
      .adding(NumberText.significant(radius, 3), theme.text, joined: true)
  }

  static let jacobianSymbol = "ρ(∂s′/∂s)"

  private func head(_ theme: Theme) -> StyledText {
    switch verdict {
    case .unknown: StyledText("not measured yet", theme.muted)
    case .holds: StyledText("holds", theme.good)
    case .explodes: StyledText("explodes", theme.bad)
    case .vanishes: StyledText("vanishes", theme.warning)
    }
  }
}
