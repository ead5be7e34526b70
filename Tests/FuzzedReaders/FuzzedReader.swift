/// One reader of files from outside, as a fuzzer calls it.
///
/// The seeds and the inputs that once broke it lie in `Corpus/NAME`. A test replays them all; the
/// program `ReaderFuzzer` searches for new ones, guided by coverage.
public struct FuzzedReader: Sendable {
  public var name: String
  /// Reads an input. Returns what is wrong about the answer; nil for a sane value and for a refusal
  /// in one line.
  public var read: @Sendable ([UInt8]) -> String?

  public static let all = formats + tasks + runs + queries

  public static func named(_ name: String) -> FuzzedReader? { all.first { $0.name == name } }
}

/// What a message to a person may not be: long, of several lines, or able to steer a terminal.
func complaint(about message: String) -> String? {
  if message.isEmpty { return "an empty message" }
  if message.utf8.count > 4000 { return "a message of \(message.utf8.count) bytes" }
  let raw = message.unicodeScalars.first { $0.value < 32 || (0x7F...0x9F).contains($0.value) }
  return raw.map { "a message with U+\(String($0.value, radix: 16)): \(message)" }
}
