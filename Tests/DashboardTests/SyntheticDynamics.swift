import TrainingEvents

@testable import Dashboard

/// A system that never was: a path that winds inward, with its spectra and fixed points.
extension SyntheticRun {
  static let dynamics: DynamicsFrame = {
    let symbols = text.map { String($0) }
    var frame = DynamicsFrame(step: 12_400, system: "layer 1", size: 128)
    frame.symbols = symbols
    // Turns by the same angle, shrinks by the same factor.
    let (c, s) = (0.88, 0.42)
    var (x, y) = (2.4, 0.3)
    for position in symbols.indices {
      frame.path.append([Float(x), Float(y), Float(position % 7) / 7 - 0.5])
      (x, y) = (c * x - s * y + (position % 11 == 0 ? 1.1 : 0), s * x + c * y)
    }
    for index in 0..<160 {
      let (a, b) = (Float(index % 16) / 8 - 1, Float(index / 16) / 5 - 1)
      frame.others.append([a * 2.6, b * 1.9, a * b])
    }
    frame.shares = [0.31, 0.2, 0.09]
    frame.dimension = 7.24
    frame.spectra = [
      .init(symbol: "W", eigenvalues: turned(40, from: 1.18)),
      .init(symbol: "∂s(t+1)/∂s(t)", eigenvalues: turned(40, from: 0.86)),
    ]
    (frame.lyapunov, frame.lyapunovSteps) = ([-0.118, -0.2, -0.31, -.infinity], 65)
    for position in (symbols.count - 40)..<symbols.count {
      frame.attribution.append(
        (0...position).map { 1 / Float(1 + (position - $0) * (1 + $0 % 3)) })
      frame.answers.append(position + 1 < symbols.count ? symbols[position + 1] : "e")
    }
    let kinds = [("stable", 0), ("stable", 0), ("saddle", 1), ("repeller", 128)]
    frame.fixedPoints = .init(
      step: 12_000, input: " ",
      points: kinds.enumerated().map { index, kind in
        .init(
          kind: kind.0, unstable: kind.1, modulus: 0.8 + 0.2 * Double(index),
          period: index == 2 ? 9.5 : nil, place: [Float(index) - 1.5, 0.5 - Float(index) / 4, 0],
          slow: [
            .init(eigenvalue: 0.99, along: [0.6, 0.8, 0]),
            .init(eigenvalue: 0.7, along: [0.8, -0.6, 0]),
          ])
      })
    frame.secondsLeft = 3
    frame.products = frame.attribution.map { norms in
      norms.enumerated().map { $0.offset % 2 == 0 ? $0.element : -$0.element }
    }
    frame.earlier = (20, [.init(symbol: "W", eigenvalues: turned(40, from: 1.02))])
    frame.atCursor = .init(
      position: 74, spectrum: .init(symbol: "∂s(t+1)/∂s(t)", eigenvalues: turned(40, from: 0.95)),
      singularValues: [1.3, 0.7])
    frame.field = .init(
      input: " ",
      arrows: (0..<288).map { index in
        let (x, y) = (Float(index % 24) / 4 - 3, Float(index / 24) / 2.5 - 2)
        return [x, y, -0.12 * x - 0.42 * y, 0.42 * x - 0.12 * y]
      })
    return frame
  }()

  private static func turned(
    _ count: Int, from first: Double
  ) -> [(real: Double, imaginary: Double)] {
    var (x, y) = (first, 0.0)
    return (0..<count).map { _ in
      defer { (x, y) = (0.8 * x - 0.55 * y, 0.55 * x + 0.8 * y) }
      return (x, y)
    }
  }
}
