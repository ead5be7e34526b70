import FileFormats
import Foundation
import Training

/// One row of `unfold benchmark`.
struct BenchmarkListing {
  let result: BenchmarkResult
  /// Share of the machine's fastest matrix product on as many threads.
  /// nil where operations are not counted.
  let peakShare: Double?

  init(_ result: BenchmarkResult, peak: MatrixProductPeak) {
    self.result = result
    peakShare = result.gigaflops.flatMap { peak.gigaflops > 0 ? $0 / peak.gigaflops : nil }
  }

  static func line(_ peak: MatrixProductPeak) -> String {
    let threads = peak.threads == 1 ? "1 thread" : "\(peak.threads) threads"
    return "fastest matrix product on \(threads): \(fixed(peak.gigaflops, 1)) GFLOP/s"
  }

  static let head = columns([
    "task", "cell", "inputs", "lengths", "vocabulary", "hidden", "batch", "length", "threads",
    "ms/step", "tokens/s", "GFLOP/s", "of peak", "states MB", "gradients MB",
  ])

  var line: String {
    let row = result.measured
    return Self.columns([
      row.task.rawValue, row.cell.rawValue, row.inputs.rawValue, row.isVaried ? "varied" : "equal",
      "\(row.vocabulary)", "\(row.hidden)", "\(row.batch)", "\(row.length)", "\(row.threads)",
      Self.fixed(result.medianMilliseconds, 3), Self.fixed(result.tokensPerSecond, 0),
      result.gigaflops.map { Self.fixed($0, 1) } ?? "–",
      peakShare.map { Self.fixed(100 * $0, 1) + " %" } ?? "–",
      Self.megabytes(result.stateBytes), Self.megabytes(result.gradientBytes),
    ])
  }

  private static func columns(_ cells: [String]) -> String {
    let widths = [9, 6, 9, 7, 10, 6, 5, 6, 7, 9, 9, 8, 8, 10, 13]
    return zip(cells, widths).enumerated().map { index, cell in
      let room = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return index < 4 ? cell.0 + room : room + cell.0
    }.joined(separator: " ")
  }

  private static func megabytes(_ bytes: Int?) -> String {
    bytes.map { fixed(Double($0) / 1e6, 2) } ?? "–"
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}

extension BenchmarkListing {
  /// The array that `unfold benchmark --json` prints.
  static func json(_ rows: [BenchmarkListing]) -> String {
    let values = rows.map { row -> JSONValue in
      let measured = row.result.measured
      return [
        "task": .string(measured.task.rawValue), "cell": .string(measured.cell.rawValue),
        "vocabulary": .integer(measured.vocabulary),
        "hidden": .integer(measured.hidden), "batch": .integer(measured.batch),
        "length": .integer(measured.length), "threads": .integer(measured.threads),
        "varied": .bool(measured.isVaried), "inputs": .string(measured.inputs.rawValue),
        "medianMilliseconds": .real(row.result.medianMilliseconds),
        "tokensPerSecond": .real(row.result.tokensPerSecond),
        "gigaflops": row.result.gigaflops.map { .real($0) } ?? .null,
        "peakShare": row.peakShare.map { .real($0) } ?? .null,
        "lengths": .array(measured.lengths.map { .integer($0) }),
      ]
    }
    return String(decoding: JSONValue.array(values).encoded(), as: UTF8.self)
  }
}
