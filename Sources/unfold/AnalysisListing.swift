import FileFormats
import Foundation
import RecurrentNetworks
import Runs
import Training

/// What `unfold analyse` prints.
struct AnalysisListing {
  private let analysis: StateAnalysis
  private let snapshot: LoadedSnapshot
  private let title: String

  init(_ analysis: StateAnalysis, of snapshot: LoadedSnapshot, title: String) {
    self.analysis = analysis
    self.snapshot = snapshot
    self.title = title
  }

  // MARK: JSON

  /// One object on one line. Eigenvalues are pairs of a real and an imaginary part.
  var json: String {
    let object: JSONValue = [
      "snapshot": .string(snapshot.path), "title": .string(title),
      "step": .integer(snapshot.checkpoint.state.step), "system": .string(analysis.system),
      "cell": .string(analysis.cell), "size": .integer(analysis.size),
      "states": .integer(analysis.states), "sequences": .integer(analysis.sequences),
      "input": analysis.input.map { .string($0) } ?? .null,
      "fixedPoints": .array(analysis.fixedPoints.map(Self.json)),
      "lyapunov": .array(analysis.lyapunov.map { .real($0) }),
      "lyapunovSteps": .integer(analysis.lyapunovSteps),
      "spectrum": [
        "weights": analysis.recurrentMatrix.map(Self.json) ?? .null,
        "jacobian": analysis.jacobian.map(Self.json) ?? .null,
      ],
      "dimension": analysis.dimension.map { .real($0) } ?? .null,
      "variance": .array(analysis.varianceShares.map { .real($0) }),
      "sharpness": analysis.sharpness.map(Self.json) ?? .null,
    ]
    return String(decoding: object.encoded(), as: UTF8.self)
  }

  private static func json(_ point: FixedPoint) -> JSONValue {
    [
      "kind": point.kind.map { .string($0.rawValue) } ?? .null,
      "unstable": point.unstable.map { .integer($0) } ?? .null,
      "period": point.period.map { .real($0) } ?? .null,
      "residual": .real(point.residual), "eigenvalues": json(point.eigenvaluePairs),
      "state": .array(point.state.map { .real($0) }),
    ]
  }

  private static func json(_ pairs: [[Double]]?) -> JSONValue {
    guard let pairs else { return .null }
    return .array(pairs.map { pair in .array(pair.map { .real($0) }) })
  }

  private static func json(_ sharpness: Sharpness) -> JSONValue {
    [
      "eigenvalue": .real(sharpness.eigenvalue), "residual": .real(sharpness.residual),
      "converged": .bool(sharpness.isConverged),
    ]
  }

  private static func json(_ matrix: StateAnalysis.Matrix) -> JSONValue {
    [
      "symbol": .string(matrix.symbol), "radius": matrix.radius.map { .real($0) } ?? .null,
      "eigenvalues": json(matrix.eigenvaluePairs),
      "singularValues": matrix.singularValues.map { .array($0.map { .real($0) }) } ?? .null,
    ]
  }

  // MARK: Text

  var text: String {
    var lines = [title, "step \(snapshot.checkpoint.state.step), \(system)"]
    lines.append("states      " + dimensions)
    lines.append("exponents   " + exponents)
    for matrix in [analysis.recurrentMatrix, analysis.jacobian].compactMap({ $0 }) {
      let symbol = matrix.symbol + (matrix.symbol.hasPrefix("∂") ? ", mean" : "")
      lines.append(
        "spectrum    \(symbol): largest |λ| \(Self.number(matrix.radius)), largest singular value "
          + Self.number(matrix.singularValues?.first))
    }
    if let sharpness = analysis.sharpness {
      lines.append(
        "sharpness   largest eigenvalue of the loss’s Hessian \(Self.number(sharpness.eigenvalue))"
          + ", found to \(String(format: "%.1g", 100 * sharpness.residual)) %")
    }
    lines.append("")
    lines.append(pointsInWords)
    return (lines + pointRows).joined(separator: "\n")
  }

  private var system: String {
    let name = analysis.cell == "set by hand" ? analysis.cell : "\(analysis.cell) cells"
    return "\(analysis.system) (\(name)): \(Self.count(analysis.size, "number")) a state; followed "
      + "for \(Self.count(analysis.states, "step"))"
      + (analysis.sequences == 1 ? "" : " in \(analysis.sequences) sequences")
  }

  private var dimensions: String {
    guard let dimension = analysis.dimension else { return "do not vary" }
    let shares = analysis.varianceShares.prefix(3).map { String(format: "%.0f %%", 100 * $0) }
    return "use \(String(format: "%.1f", dimension)) dimensions (participation ratio); variance "
      + "along the first components: " + shares.joined(separator: ", ")
  }

  private var exponents: String {
    guard let first = analysis.lyapunov.first else { return "–" }
    guard first.isFinite else { return "−∞: a small difference is gone after one step" }
    let all = analysis.lyapunov.prefix(4).map { $0.isFinite ? Self.signed($0) : "−∞" }
    let meaning =
      if abs(first) < 0.005 {
        "small differences neither grow nor fade"
      } else if first > 0 {
        "small differences grow, ×e every \(Self.number(1 / first)) steps"
      } else {
        "small differences fade, ÷e every \(Self.number(-1 / first)) steps"
      }
    return all.joined(separator: ", ") + (analysis.lyapunov.count > 4 ? ", …" : "")
      + " nats a step, over \(Self.count(analysis.lyapunovSteps, "step")): " + meaning
  }

  private var pointsInWords: String {
    let place =
      analysis.input.map { "with the input held at \($0)" } ?? "without input"
    guard !analysis.fixedPoints.isEmpty else { return "fixed points \(place): none found" }
    let names: [(FixedPoint.Kind?, String)] = [
      (.stable, "stable point"), (.neutral, "neutral point"), (.saddle, "saddle"),
      (.repeller, "repeller"), (nil, "point without eigenvalues"),
    ]
    let words = names.compactMap { kind, name -> String? in
      let count = analysis.fixedPoints.count { $0.kind == kind }
      return count == 0 ? nil : Self.count(count, name)
    }
    return "fixed points \(place): " + words.joined(separator: ", ")
  }

  /// Fixed points listed at most.
  private static let listed = 24

  private var pointRows: [String] {
    guard !analysis.fixedPoints.isEmpty else { return [] }
    let head = ["kind", "unstable", "|λ|", "turns in", "‖s‖", "residual"]
    let rows = analysis.fixedPoints.prefix(Self.listed).map { point in
      [
        point.kind?.rawValue ?? "–", point.unstable.map { "\($0)" } ?? "–",
        Self.number(point.eigenvalues?.first?.modulus),
        point.period.map { Self.number($0) + " steps" } ?? "–",
        Self.number(point.state.reduce(0) { $0 + $1 * $1 }.squareRoot()),
        String(format: "%.0e", point.residual),
      ]
    }
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    let lines = ([head] + rows).map { row in
      "  "
        + row.enumerated().map { column, cell in
          cell + String(repeating: " ", count: widths[column] - cell.count)
        }.joined(separator: "  ")
    }.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    let left = analysis.fixedPoints.count - rows.count
    return lines + (left > 0 ? ["  and \(left) more; --json lists all"] : [])
  }

  private static func count(_ number: Int, _ name: String) -> String {
    "\(number) \(name)\(number == 1 ? "" : "s")"
  }

  private static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    // What is left of many halvings is none.
    if abs(value) < 1e-12 { return "0" }
    return abs(value) < 0.001 || abs(value) >= 1e5
      ? String(format: "%.1e", value) : String(format: "%.3g", value)
  }

  private static func signed(_ value: Double) -> String {
    (value < 0 ? "−" : "+") + number(abs(value))
  }
}
