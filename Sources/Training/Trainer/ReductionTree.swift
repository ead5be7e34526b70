/// The order in which the gradients of a batch's parts are added: a tree over neighbouring parts, halved
/// from the top, which depends on nothing but their number.
///
/// A process that computes some of the parts adds up those branches that lie wholly among them and sends
/// their sums, rather than each part; whoever receives them goes on up the tree. The sum comes out the
/// same to the last bit wherever the branches were added.
struct ReductionTree {
  /// How many parts there are; 1 or more.
  let count: Int
  /// Every addition, branches before what they are part of: the sum of the parts in `range` stands in
  /// its first part once that of `second` and the parts behind it has been added to it.
  let additions: [Addition]

  /// The sum of two neighbouring branches.
  struct Addition: Equatable {
    /// All parts of both branches.
    var range: Range<Int>
    /// First part of the second branch.
    var second: Int
  }

  init(count: Int) {
    self.count = count
    var additions: [Addition] = []
    func add(_ range: Range<Int>) {
      guard range.count > 1 else { return }
      let middle = range.lowerBound + (range.count + 1) / 2
      add(range.lowerBound..<middle)
      add(middle..<range.upperBound)
      additions.append(Addition(range: range, second: middle))
    }
    add(0..<count)
    self.additions = additions
  }

  /// The largest branches that lie wholly among some neighbouring parts, by their first part.
  func branches(in parts: Range<Int>) -> [Int] {
    var roots = Set(parts)
    for addition in additions(in: parts) { roots.remove(addition.second) }
    return roots.sorted()
  }

  /// The additions wholly among some neighbouring parts, in their order.
  func additions(in parts: Range<Int>) -> [Addition] {
    additions.filter {
      parts.contains($0.range.lowerBound) && $0.range.upperBound <= parts.upperBound
    }
  }
}
