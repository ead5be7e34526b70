import LinearAlgebra

/// How fast this machine multiplies matrices of `Float` at best: the limit of any training step.
public struct MatrixProductPeak: Sendable {
  /// Threads that multiplied at once.
  public let threads: Int
  /// Thousand million operations a second on all threads together.
  public let gigaflops: Double

  /// The best of the BLAS library's product and of the packed product that time steps use, each
  /// thread on matrices of its own that stay in its cache.
  public static func measure(threads: Int, seconds: Double = 0.6) -> MatrixProductPeak {
    FloatingPointMode.useOneBLASThread()
    let pool = WorkerPool(threads: threads)
    let benches = (0..<threads).map { _ in Bench() }
    var best = 0.0
    for method in Bench.Method.allCases {
      let clock = ContinuousClock()
      let start = clock.now
      var now = start
      while start.duration(to: now) < .seconds(seconds / 2) {
        pool.run(threads) { benches[$0].multiply(method) }
        let end = clock.now
        let time = now.duration(to: end) / .seconds(1)
        best = max(best, Bench.operations * Double(threads) / time / 1e9)
        now = end
      }
    }
    return MatrixProductPeak(threads: threads, gigaflops: best)
  }

  /// One thread's matrices. Used by one thread at a time.
  private final class Bench {
    enum Method: CaseIterable {
      case library
      case packed
    }

    private static let (rows, columns, depth) = (384, 384, 384)
    static let operations = 2.0 * Double(rows * columns * depth)

    private let arena = Arena<Float>(capacity: 1 << 20)
    private let a: Matrix<Float>
    private let b: Matrix<Float>
    private let c: Matrix<Float>
    private let packed: PackedMatrix<Float>

    init() {
      a = arena.zeros(Self.rows, Self.depth)
      b = arena.zeros(Self.depth, Self.columns)
      c = arena.zeros(Self.rows, Self.columns)
      a.fill(0.5)
      b.fill(0.5)
      packed = PackedMatrix(b, in: arena)
    }

    func multiply(_ method: Method) {
      switch method {
      case .library: c.product(a, b)
      case .packed: c.product(a, packed)
      }
    }
  }
}
