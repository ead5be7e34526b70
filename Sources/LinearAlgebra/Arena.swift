/// Working memory for one step of one worker: handed out from the front, taken back all at once.
///
/// The first step of each shape may grow it; from then on a step allocates nothing.
public final class Arena<Scalar: NetworkScalar> {
  private var block: UnsafeMutablePointer<Scalar>
  private var capacity: Int
  private var used = 0
  /// Blocks that were outgrown during this step and are still referred to.
  private var outgrown: [UnsafeMutablePointer<Scalar>] = []
  private var outgrownSize = 0
  /// Scalars handed out when something was last taken back in part, the most so far.
  private var peak = 0

  private static var alignment: Int { 64 / MemoryLayout<Scalar>.stride }

  public init(capacity: Int = 1024) {
    self.capacity = capacity
    block = Self.allocate(capacity)
  }

  deinit {
    block.deallocate()
    outgrown.forEach { $0.deallocate() }
  }

  /// Bytes held, whether in use or not.
  public var bytes: Int { (capacity + outgrownSize) * MemoryLayout<Scalar>.stride }

  /// Bytes handed out at once since the last `reset`, at most.
  public var usedBytes: Int { max(peak, used + outgrownSize) * MemoryLayout<Scalar>.stride }

  /// Takes everything back; all matrices handed out before are invalid from here on.
  public func reset() {
    if !outgrown.isEmpty {
      outgrown.forEach { $0.deallocate() }
      outgrown.removeAll()
      capacity += outgrownSize
      outgrownSize = 0
      block.deallocate()
      block = Self.allocate(capacity)
    }
    (used, peak) = (0, 0)
  }

  /// Makes room for `count` more scalars, and for no more than those where it has to grow.
  public func reserve(_ count: Int) {
    let needed = (count + Self.alignment - 1) / Self.alignment * Self.alignment
    guard used + needed > capacity else { return }
    if used == 0, outgrown.isEmpty {
      block.deallocate()
    } else {
      outgrown.append(block)
      outgrownSize += capacity
    }
    (capacity, used) = (needed, 0)
    block = Self.allocate(needed)
  }

  /// A place in what was handed out, to which all behind it can be taken back.
  public struct Mark {
    fileprivate var used: Int
    fileprivate var outgrown: Int
  }

  /// Where the next memory will come from.
  public var mark: Mark { Mark(used: used, outgrown: outgrown.count) }

  /// Takes back what was handed out since the mark was set; what is older stays valid.
  public func rewind(to mark: Mark) {
    peak = max(peak, used + outgrownSize)
    // A block that was outgrown meanwhile holds older matrices too; the new one holds none of them.
    used = mark.outgrown == outgrown.count ? mark.used : 0
  }

  /// `count` scalars with undefined values, aligned to a cache line.
  public func scalars(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let needed = (count + Self.alignment - 1) / Self.alignment * Self.alignment
    if used + needed > capacity {
      outgrown.append(block)
      outgrownSize += capacity
      capacity = max(2 * capacity, needed)
      block = Self.allocate(capacity)
      used = 0
    }
    defer { used += needed }
    return block + used
  }

  /// A matrix with undefined values.
  public func matrix(_ rows: Int, _ columns: Int) -> Matrix<Scalar> {
    Matrix(base: scalars(rows * columns), rows: rows, columns: columns)
  }

  /// A matrix of zeros.
  public func zeros(_ rows: Int, _ columns: Int) -> Matrix<Scalar> {
    let result = matrix(rows, columns)
    result.fill(0)
    return result
  }

  /// `count` integers with undefined values.
  public func integers(_ count: Int) -> UnsafeMutablePointer<Int32> {
    let perScalar = MemoryLayout<Scalar>.stride / MemoryLayout<Int32>.stride
    let memory = UnsafeMutableRawPointer(scalars((count + perScalar - 1) / perScalar))
    return memory.bindMemory(to: Int32.self, capacity: count)
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Scalar>.stride, alignment: 64)
    let block = memory.bindMemory(to: Scalar.self, capacity: count)
    Scalar.fill(count, with: 0, block)
    return block
  }
}
