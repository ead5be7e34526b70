import Testing

@testable import Training

/// Gradients of parts are added in one order, whoever adds them.
@Suite struct ReductionTreeTests {
  /// What stands in each part's place after some additions, as a text.
  private func sums(_ parts: [String], _ additions: [ReductionTree.Addition]) -> [String] {
    additions.reduce(into: parts) { parts, addition in
      let (first, second) = (addition.range.lowerBound, addition.second)
      parts[first] = "(\(parts[first])\(parts[second]))"
    }
  }

  private func sum(_ count: Int) -> String {
    sums((0..<count).map { "\($0) " }, ReductionTree(count: count).additions)[0]
  }

  @Test func partsAreAddedInPairs() {
    #expect(sum(1) == "0 ")
    #expect(sum(2) == "(0 1 )")
    #expect(sum(3) == "((0 1 )2 )")
    #expect(sum(5) == "(((0 1 )2 )(3 4 ))")
    #expect(sum(8) == "(((0 1 )(2 3 ))((4 5 )(6 7 )))")
  }

  @Test(arguments: 1...20, [1, 2, 3, 4, 7, 9])
  func ranksThatSendBranchesAddTheSameTree(count: Int, ranks: Int) {
    let tree = ReductionTree(count: count)
    let shares = RankShares(ranks: ranks, partCount: count, sliceCount: ranks)
    var received = Array(repeating: "missing", count: count)
    for rank in 0..<ranks {
      let own = shares.parts(of: rank)
      let parts = (0..<count).map { own.contains($0) ? "\($0) " : "missing" }
      let added = sums(parts, tree.additions(in: own))
      for branch in tree.branches(in: own) { received[branch] = added[branch] }
    }
    #expect(sums(received, shares.additions(above: tree))[0] == sum(count))
  }

  @Test func aRankSendsOneSumWhereItsPartsAreABranch() {
    let tree = ReductionTree(count: 8)
    #expect(tree.branches(in: 0..<8) == [0])
    #expect(tree.branches(in: 4..<8) == [4])
    #expect(tree.branches(in: 2..<5) == [2, 4])
    #expect(tree.branches(in: 5..<8) == [5, 6])
    #expect(tree.branches(in: 3..<3) == [])
  }
}
