import FileFormats
import RecurrentNetworks
import Runs
import Training

/// The files that `unfold analyse --export` writes: tables for scripts, figures for a paper.
struct AnalysisExport {
  private let analysis: StateAnalysis
  private let title: String

  init(_ analysis: StateAnalysis, title: String) {
    self.analysis = analysis
    self.title = title
  }

  /// Writes all of them.
  /// - Parameter directory: made if missing
  /// - Returns: the paths, tables first
  /// - Throws: `RunError` where a file cannot be written
  func write(to directory: String) throws -> [String] {
    let base = directory + (directory.hasSuffix("/") ? "" : "/")
    var written: [String] = []
    for (name, text) in [
      ("trajectory.csv", trajectoryTable), ("spectrum.csv", spectrumTable),
      ("fixed-points.csv", fixedPointTable), ("trajectory.svg", trajectoryFigure),
      ("spectrum.svg", spectrumFigure),
    ] {
      guard let text else { continue }
      try AtomicFile.write(text, to: base + name, makesDirectories: true)
      written.append(base + name)
    }
    return written
  }

  // MARK: Tables

  /// Principal components that are told of.
  private static let components = 3

  private var axes: [String] { (1...Self.components).map { "pc\($0)" } }

  private var trajectoryTable: String? {
    guard let components = analysis.components else { return nil }
    var table = CSVWriter(columns: ["sequence", "step"] + axes)
    for place in analysis.places(along: components) {
      table.append(
        [.integer(place.sequence + 1), .integer(place.step + 1)]
          + place.along.prefix(Self.components).map { .number($0) })
    }
    return String(decoding: table.takeBytes(), as: UTF8.self)
  }

  private var spectrumTable: String {
    var table = CSVWriter(columns: ["matrix", "index", "real", "imaginary", "singular value"])
    for matrix in [analysis.recurrentMatrix, analysis.jacobian].compactMap({ $0 }) {
      let (values, singular) = (matrix.eigenvalues ?? [], matrix.singularValues ?? [])
      for index in 0..<max(values.count, singular.count) {
        let value = values.indices.contains(index) ? values[index] : nil
        table.append([
          .text(matrix.symbol), .integer(index + 1),
          value.map { .number($0.real) } ?? .empty, value.map { .number($0.imaginary) } ?? .empty,
          singular.indices.contains(index) ? .number(singular[index]) : .empty,
        ])
      }
    }
    return String(decoding: table.takeBytes(), as: UTF8.self)
  }

  private var fixedPointTable: String {
    let units = (0..<analysis.size).map { "s\($0)" }
    var table = CSVWriter(
      columns: ["kind", "unstable", "largest modulus", "period", "residual"] + axes + units)
    for point in analysis.fixedPoints {
      let along = analysis.components?.project(point.state) ?? []
      var row: [CSVWriter.Field] = [
        .text(point.kind?.rawValue ?? ""), point.unstable.map { .integer($0) } ?? .empty,
        point.eigenvalues?.first.map { .number($0.modulus) } ?? .empty,
        point.period.map { .number($0) } ?? .empty, .number(point.residual),
      ]
      row += (0..<Self.components).map {
        along.indices.contains($0) ? .number(along[$0]) : .empty
      }
      table.append(row + point.state.map { .number($0) })
    }
    return String(decoding: table.takeBytes(), as: UTF8.self)
  }

  // MARK: Figures

  private var trajectoryFigure: String? {
    guard let components = analysis.components, components.directions.count > 1 else { return nil }
    func axis(_ index: Int) -> String {
      "principal component \(index + 1), "
        + "\(Int((100 * components.shares[index]).rounded())) % of the variance"
    }
    var figure = SVGPlane(title: "States: \(title)", xLabel: axis(0), yLabel: axis(1))
    figure.subtitle = analysis.system
    var paths: [[(x: Double, y: Double)]] = []
    for place in analysis.places(along: components) {
      if place.step == 0 || paths.isEmpty { paths.append([]) }
      paths[paths.count - 1].append((place.along[0], place.along[1]))
    }
    figure.paths = paths
    for kind in FixedPoint.Kind.allCases {
      let points = analysis.fixedPoints.filter { $0.kind == kind }.map {
        let along = components.project($0.state)
        return (x: along[0], y: along[1])
      }
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

  private var spectrumFigure: String? {
    let matrices = [analysis.recurrentMatrix, analysis.jacobian].compactMap { $0 }
    guard matrices.contains(where: { $0.eigenvalues != nil }) else { return nil }
    var figure = SVGPlane(title: "Spectrum: \(title)", xLabel: "Re λ", yLabel: "Im λ")
    figure.subtitle = "inside the circle |λ| = 1 a direction fades, outside it grows"
    figure.hasUnitCircle = true
    figure.marks = matrices.enumerated().map { index, matrix in
      SVGPlane.Marks(
        matrix.symbol, (matrix.eigenvalues ?? []).map { ($0.real, $0.imaginary) },
        shape: index == 0 ? .dot : .plus, color: index == 0 ? .smoothed : .validation)
    }
    return figure.svg()
  }
}
