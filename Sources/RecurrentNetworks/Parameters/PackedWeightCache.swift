import LinearAlgebra
import Synchronization

/// Packed and transposed copies of the weights, which every part of a batch reads and none changes:
/// made once per update, by all threads that ask for one together.
///
/// An entry is cut into chunks. Whoever asks for it makes chunks until none is left, then waits for
/// those that others are still at: one thread makes all of them, and two make half each. A chunk
/// comes out the same whoever makes it, so results do not depend on the number of threads.
public final class PackedWeightCache<Scalar: NetworkScalar> {
  /// Entries of fewer scalars are made by each part for itself: meeting would take longer.
  let smallestShared: Int
  /// Threads that share products with a few rows; nil where each part of a batch has its own.
  let workers: ColumnWorkers?
  private let entries = Mutex<[Entry]>([])

  /// - Parameters:
  ///   - smallestShared: entries of fewer scalars are made by each part for itself
  ///   - workers: threads that share products with a few rows, where no other work is theirs
  public init(smallestShared: Int = 1 << 14, workers: ColumnWorkers? = nil) {
    self.smallestShared = smallestShared
    self.workers = workers
  }

  /// Bytes of all entries.
  public var bytes: Int {
    entries.withLock { $0.reduce(0) { $0 + $1.count } } * MemoryLayout<Scalar>.stride
  }

  /// To be called after every change of the weights, while nobody computes with them.
  public func weightsChanged() {
    entries.withLock { entries in
      for entry in entries { entry.forget() }
    }
  }

  /// The `count` scalars of an entry, of which `make` computes one of `chunks` chunks.
  ///
  /// - Parameter make: gets the entry's memory and the number of a chunk; must write that chunk and
  ///   read nothing that changes before the next update.
  func entry(
    _ key: Key, count: Int, chunks: Int, _ make: (UnsafeMutablePointer<Scalar>, Int) -> Void
  ) -> UnsafeMutablePointer<Scalar> {
    let entry = entries.withLock { entries in
      // By number: a closure over a generic sequence costs more than the search.
      for i in 0..<entries.count where entries[i].key == key { return entries[i] }
      let new = Entry(key: key, count: count)
      entries.append(new)
      return new
    }
    entry.complete(chunks: chunks, make)
    return entry.storage
  }

  /// Of which weights, and what was done to them.
  struct Key: Equatable, Sendable {
    enum Kind: Sendable {
      case packed, packedTransposed, table
    }

    let kind: Kind
    /// Address of the first weight.
    let first: UInt
    /// Address of the first of the other weights that took part; 0 where there are none.
    let other: UInt
    /// Shape of the entry.
    let rows: Int
    let columns: Int

    init(
      _ kind: Kind, of first: Matrix<Scalar>, and other: Matrix<Scalar>? = nil, rows: Int,
      columns: Int
    ) {
      self.kind = kind
      self.first = UInt(bitPattern: first.base)
      self.other = UInt(bitPattern: other?.base)
      self.rows = rows
      self.columns = columns
    }
  }

  /// Safe to share: a chunk of `storage` is written by the one thread that took its number from
  /// `taken`, and read after `finished` (raised with release ordering, read with acquire ordering)
  /// has counted every chunk. `forget` is called while no thread computes.
  private final class Entry: @unchecked Sendable {
    let key: Key
    let count: Int
    let storage: UnsafeMutablePointer<Scalar>
    private let taken = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)

    init(key: Key, count: Int) {
      self.key = key
      self.count = count
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(1, count) * MemoryLayout<Scalar>.stride, alignment: 64)
      storage = memory.bindMemory(to: Scalar.self, capacity: count)
      Scalar.fill(count, with: 0, storage)
    }

    deinit { storage.deallocate() }

    func forget() {
      taken.store(0, ordering: .relaxed)
      finished.store(0, ordering: .relaxed)
    }

    func complete(chunks: Int, _ make: (UnsafeMutablePointer<Scalar>, Int) -> Void) {
      if finished.load(ordering: .acquiring) == chunks { return }
      while true {
        let chunk = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        if chunk >= chunks { break }
        make(storage, chunk)
        finished.wrappingAdd(1, ordering: .acquiringAndReleasing)
      }
      var looks = 0
      while finished.load(ordering: .acquiring) < chunks {
        // Others are at work on their last chunk, unless they wait for a core.
        looks += 1
        if looks < 2000 { FloatingPointMode.spinPause() } else { FloatingPointMode.yieldCore() }
      }
    }
  }
}
