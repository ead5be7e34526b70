import TerminalGraphics
import TrainingEvents

/// How far back in time a gradient reaches, in words.
///
/// What was measured is always said; that it vanishes or explodes only where the alert of that name
/// may be raised, so that panel and alert never contradict each other.
struct GradientReach: Equatable {
  enum Verdict: Equatable {
    case unknown, holds
    /// Less and less of the gradient is left, which harms the training or does not.
    case vanishes, falls
    case explodes, grows
  }

  let fit: LagFit
  let verdict: Verdict
  /// Why a curve that falls is no fault; nil where it is one, or does not fall.
  let excuse: String?

  /// The curve's own in the legend; empty where it is the only one.
  let sign: String

  /// - Parameter state: what is known of the run, and which alerts are active
  init(_ curve: LagCurve, _ state: DashboardState, sign: String = "") {
    self.sign = sign
    let fit = LagFit(curve.norms)
    self.fit = fit
    let watch = state.gradients
    func isRaised(_ alert: Alert) -> Bool { state.alerts.contains(kind: alert.rawValue) }
    verdict =
      switch fit.verdict {
      case .unknown: .unknown
      case .holds: .holds
      case .vanishes: isRaised(.vanishing) || watch.vanishes(fit) ? .vanishes : .falls
      case .explodes: isRaised(.exploding) || watch.explodes(fit) ? .explodes : .grows
      }
    excuse = verdict == .falls ? watch.excuse : nil
  }

  /// Whether the curve falls, harmful or not, so that its reach is worth a word.
  private var falls: Bool { fit.verdict == .vanishes }

  /// The verdict with its factor, and below it what that means, in as many words as fit into a width.
  func lines(width: Int, target: String, theme: Theme) -> [StyledText] {
    let choices = verdict == .unknown ? [] : rates(target)
    let lines = (choices + [""]).map { head(theme).adding($0, theme.text) }
    let first = lines.first { $0.width <= width } ?? head(theme).fitting(width)
    guard falls, let reach = fit.reach(unit: target, isBrief: true) else {
      return [first]
    }
    return [first, StyledText(reach, theme.text).fitting(width)]
  }

  /// The change in words, in full and then shorter.
  private func rates(_ target: String) -> [String] {
    // “falls ×1.02 in the first 4” would take a rise for a fall: the verdict is of the whole.
    let hasBoth =
      fit.stretches.contains { $0.factor > 1 } && fit.stretches.contains { $0.factor < 1 }
    let joint = hasBoth ? ": " : " "
    return [false, true].compactMap { fit.rate(unit: target, isBrief: $0) }.map { joint + $0 }
  }

  /// The same in one line, in as many words as fit into a width.
  func line(width: Int, target: String, theme: Theme) -> StyledText {
    let head = head(theme)
    guard verdict != .unknown else { return head.fitting(width) }
    let rates = rates(target)
    var endings = rates + [""]
    if falls, let lag = fit.hundredthAt,
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
  static func jacobian(
    _ radius: Double, step: Int, theme: Theme
  ) -> (value: StyledText, step: StyledText) {
    (
      StyledText("\(jacobianSymbol) ", theme.muted)
        .adding(NumberText.significant(radius, 3), theme.text, joined: true),
      StyledText("at step \(NumberText.grouped(step))", theme.muted)
    )
  }

  static let jacobianSymbol = "ρ(∂s(t+1)/∂s(t))"

  private func head(_ theme: Theme) -> StyledText {
    let (word, style) =
      switch verdict {
      case .unknown: ("not measured yet", theme.muted)
      case .holds: ("holds", theme.good)
      case .explodes: ("explodes", theme.bad)
      case .vanishes: ("vanishes", theme.warning)
      case .falls: ("falls", theme.text)
      case .grows: ("grows", theme.text)
      }
    return sign.isEmpty
      ? StyledText(word, style) : StyledText(sign, theme.lag).adding(word, style, joined: true)
  }
}
