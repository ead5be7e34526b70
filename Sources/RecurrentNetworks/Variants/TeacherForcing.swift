import LinearAlgebra

/// How often a network that reads its output of the step before is given the true one instead.
public struct TeacherForcing: Sendable, Equatable {
  /// Probability of the true output, from 0 (free-running) to 1.
  public var share: Double
  /// Rules the draws where the share lies between, so that the same step draws the same on any
  /// number of threads.
  public var seed: UInt64

  public init(share: Double, seed: UInt64 = 0) {
    self.share = share
    self.seed = seed
  }

  /// The true output at every step (GBC fig. 10.6).
  public static let always = TeacherForcing(share: 1)
  /// The network's own output at every step (fig. 10.4).
  public static let never = TeacherForcing(share: 0)
}

/// What is fed back: for each row of a batch, the true output or the network's own.
struct Feedback<Scalar: NetworkScalar> {
  /// 1 where a row hands its true output on to the next step, 0 where its own.
  private let isTrue: UnsafeMutablePointer<Int32>
  /// Whether no row hands on its own output, so that all steps are known beforehand.
  let isAllTrue: Bool
  private let targets: ModelSizes.TargetKind
  private let batch: SequenceBatch<Scalar>

  /// An unknown true output (−1 or NaN) is replaced by the network's own.
  init(
    _ batch: SequenceBatch<Scalar>, width: Int, targets: ModelSizes.TargetKind,
    forcing: TeacherForcing, arena: Arena<Scalar>
  ) {
    let rows = batch.steps.rowCount
    let isTrue = arena.integers(rows)
    var random = SeededRandom(seed: forcing.seed)
    var count = 0
    for row in 0..<rows {
      let isKnown =
        switch targets {
        case .symbols: batch.targets.base[row] >= 0
        case .values: !batch.targetValues.base[row * width].isNaN
        }
      let isChosen =
        forcing.share >= 1 || (forcing.share > 0 && random.uniform() < forcing.share)
      isTrue[row] = isKnown && isChosen ? 1 : 0
      count += isKnown && isChosen ? 1 : 0
    }
    self.isTrue = isTrue
    isAllTrue = count == rows
    self.targets = targets
    self.batch = batch
  }

  /// Whether the row hands its own output on, and so takes part of the next step's gradient.
  func isOwn(row: Int) -> Bool { isTrue[row] == 0 }

  /// target ← what the row hands on, given its own output.
  func write(row: Int, own: Matrix<Scalar>, to target: UnsafeMutablePointer<Scalar>) {
    let width = own.columns
    guard isTrue[row] == 1 else {
      target.update(from: own.row(row), count: width)
      return
    }
    switch targets {
    case .symbols:
      target.update(repeating: 0, count: width)
      target[Int(batch.targets.base[row])] = 1
    case .values:
      target.update(from: batch.targetValues.base + row * width, count: width)
    }
  }
}
