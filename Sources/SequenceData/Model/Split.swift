import LinearAlgebra

/// Which items train, validate and test: a seeded shuffle, cut by shares.
struct Split: Equatable {
  var train: [Int]
  var validation: [Int]
  var test: [Int]

  /// Each part keeps the file's order. A share above 0 gets at least one item where there are
  /// three or more, and training always keeps one.
  init(count: Int, validationShare: Double, testShare: Double, seed: UInt64) {
    var order = Array(0..<max(count, 0))
    var random = SeededRandom(seed: seed, stream: Self.stream)
    random.shuffle(&order)
    let sizes = Self.sizes(count, validationShare, testShare)
    test = order.prefix(sizes.test).sorted()
    validation = order.dropFirst(sizes.test).prefix(sizes.validation).sorted()
    train = order.dropFirst(sizes.test + sizes.validation).sorted()
  }

  /// Lengths of the parts of something that is cut by position, such as a text.
  static func sizes(
    _ count: Int, _ validationShare: Double, _ testShare: Double
  ) -> (train: Int, validation: Int, test: Int) {
    func size(_ share: Double) -> Int {
      guard share.isFinite, share > 0, count >= 3 else { return 0 }
      return max(1, Int((Double(count) * min(share, 1)).rounded(.down)))
    }
    let test = min(size(testShare), max(0, count - 1))
    let validation = min(size(validationShare), max(0, count - 1 - test))
    return (count - test - validation, validation, test)
  }

  private static let stream: UInt64 = 0x5B11_7000
}
