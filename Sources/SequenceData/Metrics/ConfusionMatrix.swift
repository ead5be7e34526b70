/// Targets counted by true and predicted class, and what follows from that.
public struct ConfusionMatrix: Sendable, Equatable, Codable {
  /// Above this many classes a matrix of all pairs would not fit, and F1 says little.
  public static let mostClasses = 2_000

  public let classes: Int
  /// `counts[truth * classes + prediction]`.
  public private(set) var counts: [Int]

  public init(classes: Int) {
    self.classes = max(0, classes)
    counts = Array(repeating: 0, count: self.classes * self.classes)
  }

  /// Counts one target; classes out of range are left out.
  public mutating func add(truth: Int, prediction: Int) {
    guard (0..<classes).contains(truth), (0..<classes).contains(prediction) else { return }
    counts[truth * classes + prediction] += 1
  }

  /// Adds what was counted elsewhere over the same classes.
  public mutating func add(_ other: ConfusionMatrix) {
    guard other.classes == classes else { return }
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  public var total: Int { counts.reduce(0, +) }

  /// Share of targets on the diagonal; 0 when there are none.
  public var accuracy: Double {
    let right = (0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] }
    return total > 0 ? Double(right) / Double(total) : 0
  }

  /// Targets that are of this class.
  public func truths(of index: Int) -> Int {
    (0..<classes).reduce(0) { $0 + counts[index * classes + $1] }
  }

  /// Targets that were taken for this class.
  public func predictions(of index: Int) -> Int {
    (0..<classes).reduce(0) { $0 + counts[$1 * classes + index] }
  }

  /// 2·TP / (2·TP + FP + FN); nil for a class that neither occurs nor is predicted.
  public func f1(of index: Int) -> Double? {
    let (truths, predictions) = (truths(of: index), predictions(of: index))
    guard truths + predictions > 0 else { return nil }
    return 2 * Double(counts[index * classes + index]) / Double(truths + predictions)
  }

  /// The mean of F1 over the classes that occur or are predicted, each class alike.
  public var macroF1: Double {
    let scores = (0..<classes).compactMap { f1(of: $0) }
    return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
  }
}
