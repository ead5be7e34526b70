import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// Batches of so many rows that the time loop works in slices.
@Suite struct SliceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var cell: CellKind
    var hidden: Int
    var lengths: [Int]
    var embedding: Int?
    var readsVectors = false
    var testDescription: String {
      "\(cell) \(hidden), \(lengths), \(readsVectors ? "vectors" : "embedding \(embedding ?? 0)")"
    }
  }

  /// The wider the pre-activations, the fewer rows make a slice worth while.
  static let cases: [Case] =
    CellKind.allCases.flatMap { cell in
      let n = cell == .tanh ? 4 : cell == .gru ? 2 : 1
      return [
        Case(cell: cell, hidden: 32, lengths: [Int](repeating: 100 * n, count: 12)),
        Case(
          cell: cell, hidden: 32, lengths: (0..<14).map { n * (100 - 7 * $0 % 50) }, embedding: 5),
        // More symbols than rows in each sequence: every row is embedded by itself.
        Case(cell: cell, hidden: 32, lengths: (0..<14).map { n * (90 + $0) }, embedding: 6),
        Case(
          cell: cell, hidden: 32, lengths: (0..<14).map { n * (75 + 4 * $0) }, readsVectors: true),
      ]
    } + [
      // ∇W is larger than what is added slice by slice.
      Case(cell: .lstm, hidden: 130, lengths: [90, 80, 70, 60], embedding: 4)
    ]

  /// Sequences by themselves are too short for slices, and their gradients add up.
  @Test(arguments: cases) func slicesChangeNoGradient(_ given: Case) {
    var network = NetworkConfiguration()
    network.cell = given.cell
    network.hidden = given.hidden
    network.layers = 2
    network.direction = .bidirectional
    network.embedding = given.embedding
    let (symbols, width, classes) = (given.embedding == 6 ? 5000 : 9, 3, 4)
    let sizes =
      given.readsVectors
      ? ModelSizes(width: width, outputs: classes) : ModelSizes(symbols: symbols, outputs: classes)
    let model = EveryStepOutput<Double>(network, sizes: sizes)
    var random = SeededRandom(seed: 17)
    let tokens = given.lengths.map { n in (0..<n).map { _ in Int32(random.index(below: symbols)) } }
    let vectors = given.lengths.map { n in (0..<n * width).map { _ in random.normal() } }
    let targets = given.lengths.map { n in (0..<n).map { _ in Int32(random.index(below: classes)) }
    }

    func gradient(of chosen: [Int]) -> [Double] {
      let batch = SequenceBatch<Double>()
      batch.steps.assign(lengths: chosen.map { given.lengths[$0] })
      batch.targets.assign(batch.packed(batch.steps) { targets[chosen[$0]][$1] })
      if given.readsVectors {
        batch.width = width
        batch.vectors.assign(
          batch.packed(batch.steps) { vectors[chosen[$0]][$1 * width..<($1 + 1) * width] }
            .flatMap { $0 })
      } else {
        batch.tokens.assign(batch.packed(batch.steps) { tokens[chosen[$0]][$1] })
      }
      let check = GradientCase(model, batch, seed: 3)
      let scale = Double(batch.steps.rowCount)
      let result = check.gradient()
      return (0..<model.layout.count).map { result.base[$0] * scale }
    }

    let rows = PackedSteps(lengths: given.lengths).rowCount
    let gates = given.cell == .tanh ? 1 : given.cell == .gru ? 3 : 4
    #expect(rows * gates * given.hidden > PackedSteps.scalarsInCache, "nothing is cut")
    let together = gradient(of: Array(given.lengths.indices))
    var apart = [Double](repeating: 0, count: together.count)
    for index in given.lengths.indices {
      for (i, value) in gradient(of: [index]).enumerated() { apart[i] += value }
    }
    #expect(relativeError(together, apart) < 1e-11)
  }

  @Test func everyStepIsInOneSliceInItsOrder() {
    let steps = PackedSteps(lengths: [9, 7, 7, 2, 1])
    for descending in [false, true] {
      for rows in [1, 3, 5, 12, 100] {
        var (visited, announced, done): ([Int], [Int], [Int]) = ([], [], [])
        steps.forEachSlice(ofRows: rows, descending: descending) { slice in
          #expect(steps.rows(of: slice).count >= rows || (slice.contains(descending ? 0 : 8)))
          announced += slice
        } step: {
          #expect(announced.contains($0) && !done.contains($0))
          visited.append($0)
        } after: {
          done += $0
        }
        #expect(visited == (descending ? Array((0..<9).reversed()) : Array(0..<9)))
        #expect(announced.sorted() == Array(0..<9) && done == announced)
      }
    }
  }
}
