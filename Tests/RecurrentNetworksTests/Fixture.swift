import Foundation
import LinearAlgebra
import RecurrentNetworks

/// A reference case computed by PyTorch in float64.
struct Fixture: Decodable {
  struct Configuration: Decodable {
    var cell: String?
    var variant: String?
    var output: String?
    var layers: Int?
    var projection: Int?
    var peepholes: Bool?
    var residual: Bool?
    var normalised: Bool?
    var bidirectional: Bool?
    var N: Int
    var T: Int
    var D: Int?
    var S: Int?
    var X: Int?
    var H: Int
    var K: Int
    var teacher_forced: Bool?
    var embedding: Int?
  }

  struct Batch: Decodable {
    var lengths: [Int]?
    var tokens: [[Int]]?
    var inputs: [[[Double]]]?
    var targets: Targets?
    var source: [[Int]]?
    var source_lengths: [Int]?
    var target: [[Int]]?
    var target_lengths: [Int]?
    var vectors: [[Double]]?
    var target_values: [[[Double]]]?
  }

  /// Classes at every step, or one a sequence.
  enum Targets: Decodable {
    case steps([[Int]])
    case sequences([Int])

    init(from decoder: Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let steps = try? container.decode([[Int]].self) {
        self = .steps(steps)
      } else {
        self = .sequences(try container.decode([Int].self))
      }
    }
  }

  /// A matrix, or a vector of `values.count` values.
  struct Tensor: Decodable {
    var shape: [Int]
    var values: [Double]

    init(from decoder: Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let rows = try? container.decode([[Double]].self) {
        shape = [rows.count, rows.first?.count ?? 0]
        values = rows.flatMap { $0 }
      } else {
        values = try container.decode([Double].self)
        shape = [values.count]
      }
    }
  }

  var name: String
  var config: Configuration
  var parameters: [String: Tensor]
  var batch: Batch
  var loss: Double
  var gradients: [String: Tensor]
  var trajectory: [Double]?
  var gradient_norms: [Double]?
  /// α of every sequence's real target steps over its real source steps.
  var attention: [[[Double]]]?

  static func load(_ name: String) throws -> Fixture {
    let url = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/\(name).json")
    guard let url else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  var tensors: [NamedTensor] {
    parameters.map { NamedTensor(name: $0.key, shape: $0.value.shape, values: $0.value.values) }
  }
}

extension SequenceBatch {
  /// Packs one value a step from `value(sequence, step)`.
  func packed<T>(_ steps: PackedSteps, _ value: (Int, Int) -> T) -> [T] {
    (0..<steps.stepCount).flatMap { t in
      (0..<steps.active[t]).map { value(steps.order[$0], t) }
    }
  }
}

/// The largest difference between two gradients, relative to the larger of their largest entries.
func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  let scale = max(a.map(abs).max() ?? 0, b.map(abs).max() ?? 0, 1e-300)
  return zip(a, b).map { abs($0 - $1) }.max().map { $0 / scale } ?? 0
}
