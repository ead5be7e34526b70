import COpenBLAS
import CVectorMath
import Foundation
import Synchronization
import Testing

@testable import LinearAlgebra

/// Inner loops against what they should compute, at sizes that leave a rest after whole vectors.
struct KernelTests {
  @Test func tanhInPlaceAgreesWithTheLibrary() {
    var x: [Float] = (0..<1003).map { Float($0 - 501) / 40 }
    let expected = x.map { Foundation.tanh(Double($0)) }
    x.withUnsafeMutableBufferPointer { x in
      guard let base = x.baseAddress else { return }
      Float.tanh(x.count, base, base)
    }
    for (found, wanted) in zip(x, expected) {
      #expect(abs(Double(found) - wanted) <= 4e-7 * max(abs(wanted), 1e-6))
      #expect(abs(found) <= 1)
    }
  }

  @Test func sigmoidInPlaceAgreesWithItsDefinition() {
    var x: [Float] = (0..<501).map { Float($0 - 250) / 20 }
    let expected = x.map { 1 / (1 + exp(-Double($0))) }
    x.withUnsafeMutableBufferPointer { x in
      guard let base = x.baseAddress else { return }
      Float.sigmoid(x.count, base, base)
    }
    for (found, wanted) in zip(x, expected) {
      #expect(abs(Double(found) - wanted) <= 5e-7 * wanted)
    }
  }

  /// Rows beyond those that count, and what was there before, are left as they are.
  @Test(arguments: [(1, 7), (3, 16), (5, 33)])
  func attentionGoesThroughTanhAndBack(count: Int, size: Int) {
    let random = { (number: Int) in Float((number * 37) % 101 - 50) / 40 }
    let keys = (0..<count * size).map(random)
    let query = (0..<size).map { random($0 + 7) }
    var sums = [Float](repeating: 9, count: count * size + 1)
    Float.attentionForward(count, size: size, keys: keys, query: query, sums: &sums)
    let (d, energy) = ((0..<count).map { random($0 + 3) }, (0..<size).map { random(5 * $0) })
    var (dKeys, dQuery) = ((0...count * size).map { Float($0) }, (0..<size).map { Float(-$0) })
    Float.attentionBackward(
      count, size: size, d: d, energy: energy, sums: sums, dKeys: &dKeys, dQuery: &dQuery)
    var asked = (0..<size).map { -Double($0) }
    for i in 0..<count {
      for j in 0..<size {
        let at = i * size + j
        let s = Foundation.tanh(Double(keys[at]) + Double(query[j]))
        let g = Double(d[i]) * Double(energy[j]) * (1 - s * s)
        #expect(abs(Double(sums[at]) - s) < 1e-6)
        #expect(abs(Double(dKeys[at]) - Double(at) - g) < 1e-5 * Double(at + 1))
        asked[j] += g
      }
    }
    for (found, wanted) in zip(dQuery, asked) { #expect(abs(Double(found) - wanted) < 1e-4) }
    #expect(sums.last == 9 && dKeys.last == Float(count * size))
  }

  @Test func adamMovesEveryElementByItsRule() {
    let count = 37
    var (w, m, v): ([Float], [Float], [Float]) = ([], [], [])
    let g: [Float] = (0..<count).map { Float($0 - 18) / 7 }
    for i in 0..<count {
      w.append(Float(i) / 10)
      m.append(Float(i % 5) / 9)
      v.append(Float(i % 3) / 4)
    }
    let (w0, m0, v0) = (w, m, v)
    Float.adam(
      count, weights: &w, gradient: g, mean: &m, square: &v, scale: 0.5, decay: 0.1, beta1: 0.9,
      beta2: 0.99, rate: 0.01, correction: 2, epsilon: 1e-3, times: 2)
    for i in 0..<count {
      let gradient = 0.5 * Double(g[i]) + 0.1 * Double(w0[i])
      let mean = 0.9 * Double(m0[i]) + 0.1 * gradient
      let square = 0.99 * Double(v0[i]) + 0.01 * gradient * gradient
      let moved = Double(w0[i]) - 2 * 0.01 * mean / (square.squareRoot() * 2 + 1e-3)
      #expect(abs(Double(m[i]) - mean) < 1e-6)
      #expect(abs(Double(v[i]) - square) < 1e-6)
      #expect(abs(Double(w[i]) - moved) < 1e-5)
    }
  }

  @Test(arguments: [(1, 1), (3, 5), (17, 33), (40, 16)])
  func transposesWindowsOfLargerMatrices(rows: Int, columns: Int) {
    let arena = Arena<Float>()
    let outer = arena.zeros(columns, rows + 2)
    let source = outer.columns(1, rows)
    for c in 0..<columns { for r in 0..<rows { source[c, r] = Float(100 * r + c) } }
    let around = arena.zeros(rows, columns + 3)
    around.fill(-7)
    let target = around.columns(2, columns)
    target.copyTransposed(source)
    target.addTransposed(source)
    for r in 0..<rows {
      for c in 0..<columns { #expect(target[r, c] == Float(2 * (100 * r + c))) }
      #expect(around[r, 0] == -7 && around[r, 1] == -7 && around[r, columns + 2] == -7)
    }
  }

  @Test func fillKeepsToItsWindow() {
    let arena = Arena<Double>()
    let around = arena.zeros(5, 9)
    around.columns(3, 4).fill(2.5)
    let sum: Double = around.elements.reduce(0, +)
    #expect(sum == 50)
    #expect(around[4, 2] == 0 && around[0, 7] == 0)
  }

  @Test func anArenaSaysWhatIsInUse() {
    let arena = Arena<Float>(capacity: 64)
    _ = arena.scalars(40)
    _ = arena.scalars(100)
    #expect(arena.usedBytes >= 140 * 4)
    arena.reset()
    #expect(arena.usedBytes == 0)
    #expect(arena.bytes >= 140 * 4)
  }

  /// Rows by columns by depth, so that every height and width of tile and a cut depth are met.
  @Test func widerVectorsGiveTheSameBytes() {
    guard vector_math_use(VECTOR_MATH_AVX512) == VECTOR_MATH_AVX512 else { return }
    defer { _ = vector_math_use(VECTOR_MATH_AVX512) }
    var random = SeededRandom(seed: 3)
    for rows in [1, 2, 3, 4, 5, 6, 7, 13] {
      for (columns, depth) in [(1, 1), (16, 9), (33, 300), (64, 5), (79, 17), (150, 3)] {
        let arena = Arena<Float>()
        let (a, b) = (arena.matrix(rows, depth), arena.matrix(depth, columns))
        for k in 0..<rows * depth { a.base[k] = Float(random.uniform() - 0.5) }
        for k in 0..<depth * columns { b.base[k] = Float(random.uniform() - 0.5) }
        let found = [VECTOR_MATH_AVX2, VECTOR_MATH_AVX512].map { instructions in
          _ = vector_math_use(instructions)
          let c = arena.matrix(rows, columns)
          c.fill(0.25)
          c.product(a, PackedMatrix(b, in: arena), accumulate: depth % 2 == 0)
          Float.tanh(rows * columns, c.base, c.base)
          var scales = [Double](repeating: 0, count: rows)
          Float.logSumExp(rows: rows, columns: columns, x: c.base, stride: columns, y: &scales)
          Float.softmax(rows: rows, columns: columns, x: c.base, stride: columns)
          let widths = scales.map { UInt32(truncatingIfNeeded: $0.bitPattern) }
          return c.elements.map(\.bitPattern) + widths + [
            UInt32(truncatingIfNeeded: Float.sumOfSquares(rows * columns, c.base).bitPattern)
          ]
        }
        #expect(found[0] == found[1], "\(rows) x \(columns), depth \(depth)")
      }
    }
  }

  /// Depth by columns: with panels for every thread, with fewer, and with a last one that is not full.
  @Test(arguments: [(600, 515), (1 << 14, 16), (300, 1000)])
  func threadsThatShareAProductGiveTheSameBytes(_ depth: Int, _ columns: Int) {
    let arena = Arena<Float>()
    var random = SeededRandom(seed: 6)
    let (a, b) = (arena.matrix(5, depth), arena.matrix(depth, columns))
    for k in 0..<5 * depth { a.base[k] = Float(random.uniform() - 0.5) }
    for k in 0..<depth * columns { b.base[k] = Float(random.uniform() - 0.5) }
    let alone = PackedMatrix(b, in: arena)
    func product(_ rows: Int, _ packed: PackedMatrix<Float>) -> [UInt32] {
      let c = arena.matrix(rows, columns)
      c.fill(0.25)
      c.product(a.rows(0, rows), packed, accumulate: true)
      return c.elements.map(\.bitPattern)
    }
    for threads in [1, 2, 3] {
      let asked = Mutex(0)
      let workers = ColumnWorkers(count: threads) { count, body in
        asked.withLock { $0 += 1 }
        for index in (0..<count).reversed() { body(index) }
      }
      withExtendedLifetime(workers) {
        let shared = PackedMatrix(
          depth: depth, columns: columns, storage: alone.storage, workers: workers)
        for rows in 1...5 { #expect(product(rows, shared) == product(rows, alone)) }
      }
      #expect(asked.withLock { $0 } == 4, "five rows are work enough for one thread")
    }
  }

  @Test(arguments: [1, 5, 8, 19, 64]) func logarithmsOfSumsAreThoseOfTheLargestTerms(_ columns: Int)
  {
    var random = SeededRandom(seed: 5)
    for shift in [-300.0, 0, 1000] {
      let wide = (0..<2 * columns).map { _ in shift + 9 * (random.uniform() - 0.5) }
      let narrow = wide.map { Float($0) }
      var (exact, found) = ([0.0, 0], [0.0, 0])
      Double.logSumExp(rows: 2, columns: columns, x: wide, stride: columns, y: &exact)
      Float.logSumExp(rows: 2, columns: columns, x: narrow, stride: columns, y: &found)
      for row in 0..<2 {
        let sum = (0..<columns).reduce(0) { $0 + exp(wide[row * columns + $1] - shift) }
        #expect(abs(exact[row] - shift - log(sum)) < 1e-12 * max(1, abs(shift)))
        #expect(abs(found[row] - exact[row]) < 1e-6 * max(1, abs(shift)))
      }
    }
  }

  /// OpenBLAS takes a processor that is newer than itself for one of 2004, and is then put right.
  @Test func theLibraryOfMatrixProductsUsesWhatTheMachineHas() throws {
    guard vector_math_use(VECTOR_MATH_AVX512) != VECTOR_MATH_BASELINE,
      ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] == nil,
      let name = openblas_get_corename().map({ String(cString: $0).lowercased() })
    else { return }
    let old = ["prescott", "core2", "penryn", "nehalem", "sandybridge", "generic"]
    #expect(!old.contains(name), "\(name) has no AVX2")
  }
}
