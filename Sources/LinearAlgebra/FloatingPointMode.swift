import COpenBLAS
import CVectorMath

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How threads that compute should treat numbers.
public enum FloatingPointMode {
  /// Makes denormals zero on the calling thread. Vanishing gradients are denormals, and
  /// arithmetic on them runs 20 to 50 times slower.
  public static func flushDenormals() {
    vector_math_flush_denormals()
  }

  /// Keeps the BLAS library on the calling thread; parallelism is over parts of a batch instead.
  public static func useOneBLASThread() {
    openblas_set_num_threads(1)
  }

  /// A short pause for a thread that spins, kind to the other thread of its core.
  @inline(__always)
  public static func spinPause() {
    vector_math_spin_pause()
  }

  /// Lets another thread have the core, for a thread that has spun for long.
  public static func yieldCore() {
    sched_yield()
  }
}
