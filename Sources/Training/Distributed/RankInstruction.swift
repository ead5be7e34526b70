import Foundation
import RecurrentNetworks
import TrainingEvents

/// What rank 0 tells the others to do next, at a step's boundary. Whatever changes training reaches
/// all ranks between the same two steps.
enum RankInstruction: Equatable {
  /// One step.
  case step
  /// Make the sum of the newest step's gradients whole on rank 0.
  case collectGradient
  /// Bring moments and carried states to rank 0.
  case collectState
  /// Take the weights, moments and numbers that follow.
  case takeState
  /// A change of settings, of which a small text follows.
  case change(RankChange)
  /// Judge a batch of held-out data, the first of all or the next.
  case judge(isFirst: Bool)
  /// The run is over.
  case end

  fileprivate var code: Int64 {
    switch self {
    case .step: 1
    case .collectGradient: 2
    case .collectState: 3
    case .takeState: 4
    case .change: 5
    case .end: 6
    case .judge(isFirst: true): 7
    case .judge(isFirst: false): 8
    }
  }
}

/// A change of training that all ranks make.
enum RankChange: Equatable, Codable {
  case learningRate(Double)
  case setting(key: String, value: String)
  /// The loss of a validation, which a schedule may go by.
  case validated(Double)
}

/// The numbers of a state that all ranks take over.
struct RankState: Equatable, Codable {
  var state: ResumeState
  /// Whether states are carried on from earlier batches.
  var isCarrying: Bool
}

/// Instructions and what follows them, both ends side by side.
extension RankExchange {
  /// Tells all other ranks.
  func tell(_ instruction: RankInstruction) -> Bool {
    header[0] = instruction.code
    guard perform(instructing) else { return false }
    guard case .change(let change) = instruction else { return true }
    return send(change)
  }

  /// Waits for what rank 0 wants next; nil when it is gone.
  func next() -> RankInstruction? {
    guard perform(instructing) else { return nil }
    switch header[0] {
    case 1: return .step
    case 2: return .collectGradient
    case 3: return .collectState
    case 4: return .takeState
    case 5: return receive(RankChange.self).map { .change($0) }
    case 7: return .judge(isFirst: true)
    case 8: return .judge(isFirst: false)
    default: return .end
    }
  }

  func send(_ value: some Encodable) -> Bool {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard var bytes = try? encoder.encode(value) else { return false }
    header[1] = Int64(bytes.count)
    guard distribute(UnsafeMutableRawPointer(header + 1), bytes: 8) else { return false }
    let count = bytes.count
    return bytes.withUnsafeMutableBytes {
      guard let base = $0.baseAddress else { return true }
      return distribute(base, bytes: count)
    }
  }

  func receive<Value: Decodable>(_ type: Value.Type) -> Value? {
    guard distribute(UnsafeMutableRawPointer(header + 1), bytes: 8) else { return nil }
    let count = Int(header[1])
    var bytes = Data(count: count)
    let hasAll = bytes.withUnsafeMutableBytes {
      guard let base = $0.baseAddress else { return true }
      return distribute(base, bytes: count)
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return hasAll ? try? decoder.decode(type, from: bytes) : nil
  }
}
