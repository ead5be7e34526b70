import TrainingEvents

@testable import Dashboard

/// What panels of the view Dynamics must say, from the frame that they show.
enum DynamicsFacts {
  static func trajectory(_ run: ToldRun) -> [Fact] {
    guard let frame: DynamicsFrame = run.frames.newest(), frame.shares.count > 1 else { return [] }
    return [
      Fact(" numbers use ", Double(frame.size), isBehind: true),
      Fact(" numbers use ", frame.dimension),
    ]
      + frame.shares.enumerated().map { index, share in
        Fact("PC \(index + 1) ", share, .share, isRequired: index < 2)
      }
  }

  static func spectrum(_ run: ToldRun) -> [Fact] {
    guard let frame: DynamicsFrame = run.frames.newest() else { return [] }
    // The same matrix may stand there as it was before, too.
    return frame.spectra.map { spectrum in
      let earlier = frame.earlier?.spectra.first { $0.symbol == spectrum.symbol }
      return Fact(
        "\(spectrum.symbol) ρ ", anyOf: [spectrum.radius, earlier?.radius].compactMap { $0 })
    }
  }

  static func exponents(_ run: ToldRun) -> [Fact] {
    guard let frame: DynamicsFrame = run.frames.newest() else { return [] }
    let first = frame.lyapunov.first.flatMap { $0.isFinite ? $0 : nil }
    let fades = first.flatMap { $0 <= -0.005 ? 4.60517 / -$0 : nil }
    let grows = first.flatMap { $0 >= 0.005 ? 1 / $0 : nil }
    var facts = [
      // A number above 0 has its sign, too.
      Fact((first ?? 0) > 0 ? "λ₁ +" : "λ₁ ", first), Fact("1 % left after ", fades),
      Fact("×e every ", grows),
    ]
    guard let found = frame.fixedPoints else { return facts }
    for (kind, name) in [("stable", " stable point"), ("saddle", " saddle")] {
      let count = found.points.count { $0.kind == kind }
      facts.append(Fact(name, count > 0 ? Double(count) : nil, isBehind: true))
    }
    facts.append(Fact("at step ", Double(found.step), isRequired: false))
    return facts
  }
}
