import FileFormats
import FoundationEssentials
import Training
import TrainingEvents

/// What `state.json` holds: the run's state, and beside it what the snapshot is.
struct SnapshotState: Codable, Sendable {
  /// Newer layouts than this are refused instead of misread.
  static let version = 1

  var version = SnapshotState.version
  var reason: SnapshotReason
  /// Loss of the newest validation up to this step; nil without one.
  var validationLoss: Double?
  /// How often the run had gone back to an earlier step, as its snapshots tell: of two, the one with
  /// the higher counter is newer, and with equal ones the one of the later step, whatever the clock
  /// says. 0 in those of older versions.
  var counter: Int
  /// Seconds since 1970, for people: a clock may be set back.
  var saved: Double
  var resume: ResumeState

  private enum Key: String, CodingKey { case version, reason, validationLoss, counter, saved }

  init(
    reason: SnapshotReason, validationLoss: Double?, counter: Int, saved: Double,
    resume: ResumeState
  ) {
    self.reason = reason
    self.validationLoss = validationLoss
    self.counter = counter
    self.saved = saved
    self.resume = resume
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    version = try container.decodeIfPresent(Int.self, forKey: .version) ?? Self.version
    reason = try container.decodeIfPresent(SnapshotReason.self, forKey: .reason) ?? .requested
    validationLoss = try container.decodeIfPresent(Double.self, forKey: .validationLoss)
    counter = try container.decodeIfPresent(Int.self, forKey: .counter) ?? 0
    saved = try container.decodeIfPresent(Double.self, forKey: .saved) ?? 0
    resume = try ResumeState(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(version, forKey: .version)
    try container.encode(reason, forKey: .reason)
    try container.encodeIfPresent(validationLoss, forKey: .validationLoss)
    try container.encode(counter, forKey: .counter)
    try container.encode(saved, forKey: .saved)
    try resume.encode(to: encoder)
  }

  func encoded(for path: String) throws(RunError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = Self.notFiniteOut
    do {
      return Array(try encoder.encode(self)) + [0x0A]
    } catch {
      throw .unreadable(path: path, message: "cannot be written: \(error)")
    }
  }

  static func decode(_ bytes: [UInt8], path: String) throws(RunError) -> SnapshotState {
    // Our own parser first: its refusals name the place, and it bounds what the text may do.
    do throws(JSONError) {
      _ = try JSONValue(decoding: bytes)
    } catch {
      throw .unreadable(path: path, message: error.description)
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = Self.notFiniteIn
    let state: SnapshotState
    do {
      state = try decoder.decode(SnapshotState.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw .unreadable(path: path, message: message(error))
    } catch {
      throw .unreadable(path: path, message: "\(error)")
    }
    if let problem = state.problem { throw .unreadable(path: path, message: problem) }
    return state
  }

  /// What no run could have written, and what arithmetic later on could not bear.
  private var problem: String? {
    if version > Self.version {
      return "written by a newer unfold (layout \(version), expected \(Self.version))"
    }
    guard saved.isFinite else { return "`saved` is \(saved), expected seconds since 1970" }
    guard 0...(1 << 53) ~= counter else {
      return "`counter` is \(counter), expected 0 to \(1 << 53)"
    }
    return resume.problem
  }

  private static func message(_ error: DecodingError) -> String {
    func name(_ path: [any CodingKey], _ last: String? = nil) -> String {
      let names = path.map(\.stringValue) + (last.map { [$0] } ?? [])
      return "`" + names.joined(separator: ".") + "`"
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "the key \(name(context.codingPath, key.stringValue)) is missing"
    case .typeMismatch(let type, let context):
      return "\(name(context.codingPath)) is not of type \(type)"
    case .valueNotFound(let type, let context):
      return "\(name(context.codingPath)) is null, expected \(type)"
    case .dataCorrupted(let context):
      return "\(name(context.codingPath)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  private static let notFiniteOut = JSONEncoder.NonConformingFloatEncodingStrategy
    .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  private static let notFiniteIn = JSONDecoder.NonConformingFloatDecodingStrategy
    .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}
