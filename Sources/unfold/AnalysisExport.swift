import FileFormats
import Runs
import Training

/// The files that `unfold analyse --export` writes: tables for scripts, figures for a paper.
struct AnalysisExport {
  private let analysis: StateAnalysis
  private let title: String
  private let landscape: LandscapeFigures

  /// - Parameters:
  ///   - analysis: what was found
  ///   - title: of the snapshot's preset
  ///   - landscape: what the snapshot's run had measured of the loss
  init(_ analysis: StateAnalysis, title: String, landscape: LandscapeFigures) {
    self.analysis = analysis
    self.title = title
    self.landscape = landscape
  }

  /// Writes all of them.
  /// - Parameter directory: made if missing
  /// - Returns: the paths, tables first
  /// - Throws: `RunError` where a file cannot be written
  func write(to directory: String) throws -> [String] {
    let base = directory + (directory.hasSuffix("/") ? "" : "/")
    var written: [String] = []
    let tables = [
      ("trajectory.csv", trajectoryTable), ("spectrum.csv", spectrumTable),
      ("fixed-points.csv", fixedPointTable),
    ]
    let pictures = [("trajectory.svg", figures.trajectory), ("spectrum.svg", figures.spectrum)]
    func there(_ files: [(String, String?)]) -> [(name: String, text: String)] {
      files.compactMap { name, text in text.map { (name, $0) } }
    }
    for (name, text) in there(tables) + landscape.tables + there(pictures) + landscape.figures {
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

  private var figures: DynamicsFigures {
    var figures = DynamicsFigures(
      title: title, subtitle: analysis.system, shares: analysis.components?.shares ?? [])
    if let components = analysis.components {
      for place in analysis.places(along: components) {
        if place.step == 0 || figures.paths.isEmpty { figures.paths.append([]) }
        figures.paths[figures.paths.count - 1].append(place.along)
      }
      figures.fixedPoints = analysis.fixedPoints.map {
        ($0.kind?.rawValue ?? "", components.project($0.state))
      }
    }
    figures.spectra = [analysis.recurrentMatrix, analysis.jacobian].compactMap { $0 }.map {
      ($0.symbol, ($0.eigenvalues ?? []).map { ($0.real, $0.imaginary) })
    }
    return figures
  }
}
