import LinearAlgebra

/// How often a network that reads its output of the step before is given the true one instead.
public struct TeacherForcing: Sendable, Equatable {
  /// Probability of the true output, from 0 (free-running) to 1.
  public var share: Double
  /// Rules the draws where the share lies between, so that the same step draws the same on any
  /// number of threads.
  public var seed: UInt64
  /// Whether the network's own output is handed on as the symbol it decides for, one-hot, rather
  /// than as o(t). A decision passes no gradient back.
  public var handsOnDecisions: Bool

  public init(share: Double, seed: UInt64 = 0, handsOnDecisions: Bool = false) {
    self.share = share
    self.seed = seed
    self.handsOnDecisions = handsOnDecisions
  }

  /// The true output at every step (GBC fig. 10.6).
  public static let always = TeacherForcing(share: 1)
  /// The network's own output at every step (fig. 10.4).
  public static let never = TeacherForcing(share: 0)
  /// The symbol that the network itself decided for, at every step: what a network that learned
  /// from true symbols reads once nobody tells it any more.
  public static let decisions = TeacherForcing(share: 0, handsOnDecisions: true)

  /// How a network runs by itself that was trained with this share of true outputs.
  public static func alone(trainedWith share: Double) -> TeacherForcing {
    share > 0 ? .decisions : .never
  }
}

/// What is fed back: for each row of a batch, the true output or the network's own.
struct Feedback<Scalar: NetworkScalar> {
  /// 1 where a row hands its true output on to the next step, 0 where its own.
  private let isTrue: UnsafeMutablePointer<Int32>
  /// Whether no row hands on its own output, so that all steps are known beforehand.
  let isAllTrue: Bool
  private let handsOnDecisions: Bool
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
    handsOnDecisions = forcing.handsOnDecisions && targets == .symbols
    self.targets = targets
    self.batch = batch
  }

  /// Whether the row hands its own output on, and so takes part of the next step's gradient.
  func isOwn(row: Int) -> Bool { isTrue[row] == 0 && !handsOnDecisions }

  /// target ← what the row hands on, given its own output.
  func write(row: Int, own: Matrix<Scalar>, to target: UnsafeMutablePointer<Scalar>) {
    let width = own.columns
    guard isTrue[row] == 1 else {
      if handsOnDecisions {
        target.update(repeating: 0, count: width)
        target[likeliest(own.row(row), count: width)] = 1
      } else {
        target.update(from: own.row(row), count: width)
      }
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

  private func likeliest(_ outputs: UnsafeMutablePointer<Scalar>, count: Int) -> Int {
    var best = 0
    for i in 1..<max(1, count) where outputs[i] > outputs[best] { best = i }
    return best
  }
}
