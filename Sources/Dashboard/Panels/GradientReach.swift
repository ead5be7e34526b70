import TerminalGraphics
import TrainingEvents

/// How far back in time a gradient reaches, in words.
struct GradientReach: Equatable {
  enum Verdict: Equatable {
    case vanishes
    case holds
    case explodes
    case unknown
  }

  let verdict: Verdict
  /// Change of the norm over one step back in time.
  let factor: Double
  /// The first lag at which less than a hundredth is left; nil when that is not reached.
  let hundredthAt: Int?

  init(_ curve: LagCurve) {
    factor = curve.factorPerStep
    switch factor {
    case ..<0.93: verdict = .vanishes
    case 0.93...1.07: verdict = .holds
    case 1.07...: verdict = .explodes
    default: verdict = .unknown
    }
    let start = curve.norms.first { $0 > 0 } ?? 0
    hundredthAt = curve.norms.firstIndex { $0 < start / 100 }
  }

  /// The verdict with its factor, and below it what that means.
  func lines(target: String, theme: Theme) -> [StyledText] {
    guard verdict != .unknown else { return [head(theme)] }
    let first = head(theme).adding("\(rate) per step", theme.text)
    guard verdict == .vanishes, let hundredthAt else { return [first] }
    return [
      first,
      StyledText(
        "1 % left after \(hundredthAt) \(target)\(hundredthAt == 1 ? "" : "s")", theme.text),
    ]
  }

  /// The same in one line, in as many words as fit into a width.
  func line(width: Int, target: String, theme: Theme) -> StyledText {
    let head = head(theme)
    guard verdict != .unknown else { return head.fitting(width) }
    var endings = ["\(rate) per step", rate, ""]
    if verdict == .vanishes, let hundredthAt {
      endings = [
        "\(rate) per step, 1 % left after \(hundredthAt) \(target)\(hundredthAt == 1 ? "" : "s")",
        "\(rate) per step, 1 % left after \(hundredthAt)",
        "\(rate), 1 % left after \(hundredthAt)", ", 1 % after \(hundredthAt)", "",
      ]
    }
    let candidates = endings.map { head.adding($0, theme.text) }
    return candidates.first { $0.width <= width } ?? head.fitting(width)
  }

  private var rate: String { " ×\(NumberText.significant(factor, 2))" }

  private func head(_ theme: Theme) -> StyledText {
    switch verdict {
    case .unknown: StyledText("not measured yet", theme.muted)
    case .holds: StyledText("holds", theme.good)
    case .explodes: StyledText("explodes", theme.bad)
    case .vanishes: StyledText("vanishes", theme.warning)
    }
  }
}
