import RecurrentNetworks

extension RankChannel.Plan {
  /// Lays messages out among all ranks.
  struct Maker {
    let rank: Int
    let shares: RankShares

    init(_ communicator: any Communicator, _ shares: RankShares) {
      (rank, self.shares) = (communicator.rank, shares)
    }

    private var others: [Int] { (0..<shares.ranks).filter { $0 != rank } }

    /// The gradient of every branch of the tree that a rank has wholly, each slice to the rank that
    /// updates it; a branch's sum stands in its first part's vector, where it is sent and received. With it goes each
    /// rank's report, to everybody.
    func reduceScatter(
      _ gradients: [UnsafeMutablePointer<Float>], _ tree: ReductionTree, _ slices: ParameterSlices,
      with reports: RankReports
    ) -> RankChannel.Plan {
      var plan = RankChannel.Plan()
      for other in others {
        plan.sending.append(RankMessage(reports.base, reports.range(of: rank), with: other))
        plan.receiving.append(RankMessage(reports.base, reports.range(of: other), with: other))
        add(
          gradients, tree.branches(in: shares.parts(of: rank)), shares.scalars(of: other, slices),
          other, &plan.sending)
        add(
          gradients, tree.branches(in: shares.parts(of: other)), shares.scalars(of: rank, slices),
          other, &plan.receiving)
      }
      return plan
    }

    private func add(
      _ gradients: [UnsafeMutablePointer<Float>], _ branches: [Int], _ range: Range<Int>,
      _ peer: Int, _ messages: inout [RankMessage]
    ) {
      guard !range.isEmpty else { return }
      for part in branches { messages.append(RankMessage(gradients[part], range, with: peer)) }
    }

    /// Each rank's range of a vector, to rank 0.
    func gather<Scalar>(
      _ range: (_ rank: Int) -> (UnsafeMutablePointer<Scalar>, Range<Int>)
    ) -> RankChannel.Plan {
      var plan = RankChannel.Plan()
      for other in rank == 0 ? others : [rank] {
        let (base, range) = range(other)
        guard !range.isEmpty else { continue }
        if rank == 0 {
          plan.receiving.append(RankMessage(base, range, with: other))
        } else {
          plan.sending.append(RankMessage(base, range, with: 0))
        }
      }
      return plan
    }

    /// Each rank's range of a vector, to everybody.
    func allGather<Scalar>(
      _ range: (_ rank: Int) -> (UnsafeMutablePointer<Scalar>, Range<Int>)
    ) -> RankChannel.Plan {
      var plan = RankChannel.Plan()
      for other in others {
        let (own, theirs) = (range(rank), range(other))
        if !own.1.isEmpty { plan.sending.append(RankMessage(own.0, own.1, with: other)) }
        if !theirs.1.isEmpty { plan.receiving.append(RankMessage(theirs.0, theirs.1, with: other)) }
      }
      return plan
    }
  }
}
