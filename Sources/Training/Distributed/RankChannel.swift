import Foundation

/// The way that the messages of one rank go, until one does not arrive: from then on none does.
final class RankChannel {
  let communicator: any Communicator
  /// Tells whether a peer that is waited for is gone.
  var health: RankHealth?
  /// Why nothing can be exchanged any more; nil while all is well.
  private(set) var failure: RankFailure?
  /// Two numbers that rank 0 tells: an instruction's code, and the bytes of what follows.
  let header: UnsafeMutablePointer<Int64>

  /// Messages of one exchange.
  struct Plan {
    var sending: [RankMessage] = []
    var receiving: [RankMessage] = []
    /// Bytes that leave this rank.
    var bytes: Int { sending.reduce(0) { $0 + $1.bytes } }
  }

  init(_ communicator: any Communicator, health: RankHealth? = nil) {
    (self.communicator, self.health) = (communicator, health)
    header = .allocate(capacity: 2)
    header.initialize(repeating: 0, count: 2)
  }

  deinit { header.deallocate() }

  /// This process's number, and how many there are.
  var rank: Int { communicator.rank }
  var ranks: Int { communicator.size }

  /// - Returns: whether all arrived; once something did not, nothing does.
  func perform(_ plan: Plan) -> Bool {
    guard failure == nil else { return false }
    do {
      try communicator.exchange(sending: plan.sending, receiving: plan.receiving) { waited in
        health?.failure(waited: waited, messages: plan.receiving + plan.sending)
      }
    } catch {
      // A message that failed does not say whose fault it was; the table of processes may.
      failure = error.rank == nil ? health?.failure(waited: 0, messages: []) ?? error : error
      return false
    }
    return true
  }

  /// Memory that rank 0 has, to everybody.
  func distribute(_ base: UnsafeMutableRawPointer, bytes: Int) -> Bool {
    guard bytes > 0 else { return true }
    return perform(broadcast(base.assumingMemoryBound(to: UInt8.self), 0..<bytes))
  }

  /// What rank 0 has, to everybody.
  func broadcast<Scalar>(_ base: UnsafeMutablePointer<Scalar>, _ range: Range<Int>) -> Plan {
    var plan = Plan()
    if rank == 0 {
      plan.sending = (1..<max(1, ranks)).map { RankMessage(base, range, with: $0) }
    } else {
      plan.receiving = [RankMessage(base, range, with: 0)]
    }
    return plan
  }

  // MARK: Values

  /// From rank 0 to everybody.
  func send(_ value: some Encodable) -> Bool {
    guard var bytes = try? Self.encoder.encode(value) else { return false }
    header[1] = Int64(bytes.count)
    guard distribute(UnsafeMutableRawPointer(header + 1), bytes: 8) else { return false }
    let count = bytes.count
    return bytes.withUnsafeMutableBytes {
      guard let base = $0.baseAddress else { return true }
      return distribute(base, bytes: count)
    }
  }

  /// What rank 0 sends; nil where it did not arrive.
  func receive<Value: Decodable>(_ type: Value.Type) -> Value? {
    guard distribute(UnsafeMutableRawPointer(header + 1), bytes: 8) else { return nil }
    let count = Int(header[1])
    var bytes = Data(count: count)
    let hasAll = bytes.withUnsafeMutableBytes {
      guard let base = $0.baseAddress else { return true }
      return distribute(base, bytes: count)
    }
    return hasAll ? try? Self.decoder.decode(type, from: bytes) : nil
  }

  /// Everybody's value, in the order of the ranks, on rank 0; nil elsewhere, and where one is missing.
  func collect<Value: Codable>(_ value: Value) -> [Value]? {
    guard let own = try? Self.encoder.encode(value) else { return nil }
    let sizes = UnsafeMutablePointer<Int64>.allocate(capacity: ranks)
    defer { sizes.deallocate() }
    sizes.initialize(repeating: 0, count: ranks)
    sizes[rank] = Int64(own.count)
    guard perform(toFirst { other in RankMessage(sizes, other..<other + 1, with: 0) }) else {
      return nil
    }
    let starts = (0..<ranks).map { other in (0..<other).reduce(0) { $0 + Int(sizes[$1]) } }
    let total = rank == 0 ? (starts.last ?? 0) + Int(sizes[ranks - 1]) : own.count
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, total))
    defer { memory.deallocate() }
    memory.initialize(repeating: 0, count: max(1, total))
    own.copyBytes(to: memory, count: own.count)
    let isThere = perform(
      toFirst { other in
        let start = rank == 0 ? starts[other] : 0
        return RankMessage(memory, start..<start + Int(sizes[other]), with: 0)
      })
    guard isThere, rank == 0 else { return nil }
    let values = (0..<ranks).compactMap { other in
      try? Self.decoder.decode(
        Value.self, from: Data(bytes: memory + starts[other], count: Int(sizes[other])))
    }
    return values.count == ranks ? values : nil
  }

  /// One message from every other rank to rank 0: `message` says where it stands on both ends.
  private func toFirst(_ message: (_ rank: Int) -> RankMessage) -> Plan {
    var plan = Plan()
    for other in rank == 0 ? Array(1..<max(1, ranks)) : [rank] {
      var message = message(other)
      message.peer = rank == 0 ? other : 0
      if rank == 0 { plan.receiving.append(message) } else { plan.sending.append(message) }
    }
    return plan
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

extension RankMessage {
  /// A range of a vector.
  init<Scalar>(_ base: UnsafeMutablePointer<Scalar>, _ range: Range<Int>, with peer: Int) {
    self.init(
      peer: peer, base: UnsafeMutableRawPointer(base + range.lowerBound),
      bytes: range.count * MemoryLayout<Scalar>.stride)
  }
}
