import RecurrentNetworks

/// What each rank found of a batch of held-out data: the losses of its parts and, of a classifier, its
/// answers. A block of numbers for each rank, which rank 0 receives after every batch.
final class JudgedParts {
  private let base: UnsafeMutablePointer<Double>
  private let channel: RankChannel
  /// Where it is noted who was asked to stop; nil where nobody trains.
  private let reports: RankReports?
  private let shares: RankShares
  /// Answers that a part has room for.
  private let room: Int
  private let gathering: RankChannel.Plan

  /// Numbers of a rank: whether it was asked to stop.
  private static let perRank = 1
  /// Numbers of a part before its answers: its loss, and how many answers follow.
  private static let perPart = 5
  /// Numbers of an answer.
  private static let perAnswer = 4

  /// - Parameters:
  ///   - partCount: fixed parts of a batch, the same on all ranks
  ///   - room: answers that a part may have; 0 where none are kept
  init(_ channel: RankChannel, reports: RankReports?, partCount: Int, room: Int) {
    (self.channel, self.reports) = (channel, reports)
    self.room = room
    let ranks = channel.ranks
    let shares = RankShares(ranks: ranks, partCount: partCount, sliceCount: 0)
    self.shares = shares
    let count = Self.perRank * ranks + (Self.perPart + Self.perAnswer * room) * partCount
    base = .allocate(capacity: count)
    base.initialize(repeating: 0, count: count)
    gathering = RankChannel.Plan.Maker(channel.communicator, shares).gather { [base] rank in
      (base, Self.range(of: rank, shares, room: room))
    }
  }

  deinit { base.deallocate() }

  /// Parts that this rank judges.
  var ownParts: Range<Int> { shares.parts(of: channel.rank) }

  /// Writes what this rank found of a part.
  func put(_ part: Int, _ total: LossTotal, _ answers: [ClassAnswers.Answer]) {
    var place = base + place(of: part)
    total.write(to: place)
    place[4] = Double(answers.count)
    place += Self.perPart
    for answer in answers.prefix(room) {
      // Numbers of examples and classes are exact in a Double, as a Float is.
      place[0] = Double(answer.example)
      place[1] = Double(answer.truth)
      place[2] = Double(answer.prediction)
      place[3] = Double(answer.confidence)
      place += Self.perAnswer
    }
  }

  /// Brings the blocks of all ranks to rank 0.
  /// - Returns: whether all arrived
  func gather() -> Bool {
    let own = channel.rank
    base[start(of: own)] = reports?.isAskedToStop == true ? 1 : 0
    guard channel.perform(gathering) else { return false }
    guard own == 0 else { return true }
    for rank in 0..<shares.ranks where base[start(of: rank)] != 0 { reports?.noteAskedToStop(rank) }
    return true
  }

  /// What a part lost, on rank 0.
  func total(of part: Int) -> LossTotal { LossTotal(from: base + place(of: part)) }

  /// What was answered in a part, on rank 0.
  func answers(of part: Int) -> [ClassAnswers.Answer] {
    let place = base + place(of: part)
    return (0..<min(room, Int(place[4]))).map { index in
      let answer = place + Self.perPart + Self.perAnswer * index
      return ClassAnswers.Answer(
        example: Int(answer[0]), truth: Int(answer[1]), prediction: Int(answer[2]),
        confidence: Float(answer[3]))
    }
  }

  private func start(of rank: Int) -> Int {
    Self.range(of: rank, shares, room: room).lowerBound
  }

  private func place(of part: Int) -> Int {
    // Parts are dealt out in their order: the ranks up to a part's own stand before it.
    let rank = (0..<shares.ranks).first { shares.parts(of: $0).contains(part) } ?? 0
    return Self.perRank * (rank + 1) + (Self.perPart + Self.perAnswer * room) * part
  }

  private static func range(of rank: Int, _ shares: RankShares, room: Int) -> Range<Int> {
    let parts = shares.parts(of: rank)
    let before = (0..<rank).reduce(0) { $0 + shares.parts(of: $1).count }
    let width = perPart + perAnswer * room
    let first = perRank * rank + width * before
    return first..<first + perRank + width * parts.count
  }
}

extension LossTotal {
  /// Four numbers. Counts are exact in a Double, far beyond any batch's.
  init(from place: UnsafeMutablePointer<Double>) {
    self.init(
      sum: place[0], targets: Int(place[1]), correct: Int(place[2]), unreachable: Int(place[3]))
  }

  /// Writes the same four.
  func write(to place: UnsafeMutablePointer<Double>) {
    place[0] = sum
    place[1] = Double(targets)
    place[2] = Double(correct)
    place[3] = Double(unreachable)
  }
}
