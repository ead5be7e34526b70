import FileFormats
import RecurrentNetworks
import TrainingEvents

/// Figures of a network as a dynamical system: where its states go, with the fixed points, and
/// eigenvalues in the complex plane.
public struct DynamicsFigures: Sendable {
  /// In the title of each.
  public var title: String
  /// Which layers the system is made of, and what else is to be said below the title.
  public var subtitle: String
  /// Variance along each principal component over the variance in all.
  public var shares: [Double]
  /// States along the components, sequence by sequence.
  public var paths: [[[Double]]] = []
  /// What kind each fixed point is of, and where it lies along the components.
  public var fixedPoints: [(kind: String, place: [Double])] = []
  /// Eigenvalues of each matrix, by its symbol.
  public var spectra: [(symbol: String, eigenvalues: [(x: Double, y: Double)])] = []

  /// - Parameters:
  ///   - title: in the title of each figure
  ///   - subtitle: which layers the system is made of
  ///   - shares: variance along each component over the variance in all
  public init(title: String, subtitle: String, shares: [Double]) {
    (self.title, self.subtitle, self.shares) = (title, subtitle, shares)
  }

  /// What a probe saw.
  init(_ frame: DynamicsFrame, of run: RunDescription?) {
    self.init(
      title: run?.name ?? "", subtitle: "\(frame.system), step \(frame.step)", shares: frame.shares)
    paths = [frame.path.map { $0.map { Double($0) } }]
    fixedPoints = (frame.fixedPoints?.points ?? []).map {
      ($0.kind, $0.place.map { Double($0) })
    }
    spectra = frame.spectra.map { spectrum in
      (spectrum.symbol, spectrum.eigenvalues.map { ($0.real, $0.imaginary) })
    }
  }

  /// The figures that there are, by the names of their files.
  var files: [(name: String, text: String)] {
    [("trajectory.svg", trajectory), ("spectrum.svg", spectrum)].compactMap { name, text in
      text.map { (name, $0) }
    }
  }

  /// States along the first two components; nil where there is one at most.
  public var trajectory: String? {
    guard shares.count > 1 else { return nil }
    func axis(_ index: Int) -> String {
      let share = shares[index].isFinite ? "\(Int((100 * shares[index]).rounded()))" : "–"
      return "principal component \(index + 1), \(share) % of the variance"
    }
    func point(_ place: [Double]) -> (x: Double, y: Double)? {
      place.count > 1 ? (place[0], place[1]) : nil
    }
    var figure = SVGPlane(title: named("States"), xLabel: axis(0), yLabel: axis(1))
    figure.subtitle = subtitle
    figure.paths = paths.map { $0.compactMap(point) }
    for kind in FixedPoint.Kind.allCases {
      let points = fixedPoints.filter { $0.kind == kind.rawValue }.compactMap { point($0.place) }
      guard !points.isEmpty else { continue }
      let (shape, color): (SVGPlane.Shape, SVGColor) =
        switch kind {
        case .stable: (.dot, .lag)
        case .saddle: (.cross, .validation)
        case .repeller: (.ring, .limit)
        case .neutral: (.plus, .gradient)
        }
      figure.marks.append(
        .init("\(kind.rawValue) (\(points.count))", points, shape: shape, color: color))
    }
    return figure.svg()
  }

  /// Eigenvalues beside the circle |λ| = 1; nil where none were measured.
  public var spectrum: String? {
    guard spectra.contains(where: { !$0.eigenvalues.isEmpty }) else { return nil }
    var figure = SVGPlane(title: named("Spectrum"), xLabel: "Re λ", yLabel: "Im λ")
    figure.subtitle = "inside the circle |λ| = 1 a direction fades, outside it grows"
    figure.hasUnitCircle = true
    figure.marks = spectra.enumerated().map { index, spectrum in
      SVGPlane.Marks(
        spectrum.symbol, spectrum.eigenvalues, shape: index == 0 ? .dot : .plus,
        color: index == 0 ? .smoothed : .validation)
    }
    return figure.svg()
  }

  private func named(_ what: String) -> String { title.isEmpty ? what : "\(what): \(title)" }
}
