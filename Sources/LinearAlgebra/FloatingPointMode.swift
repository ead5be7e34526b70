import COpenBLAS
import CVectorMath
import Glibc

/// How threads that compute should treat numbers.
public enum FloatingPointMode {
  /// Makes denormals zero on the calling thread, for a thread of one's own. Vanishing gradients are
  /// denormals, and arithmetic on them runs 20 to 50 times slower.
  public static func flushDenormals() {
    _ = vector_math_flush_denormals()
  }

  /// Makes denormals zero while `body` runs, for a thread that belongs to a pool: the next to use
  /// it finds numbers treated as before.
  public static func flushingDenormals<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let mode = vector_math_flush_denormals()
    defer { vector_math_set_mode(mode) }
    return try body()
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

  /// Lets another thread have the core, for a thread that has spun for long. It sleeps: who calls
  /// sched_yield again and again while others want the core may not get it back for seconds.
  public static func yieldCore() {
    usleep(20)
  }
}
