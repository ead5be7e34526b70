import FileFormats
import Foundation
import LinearAlgebra
import Testing

@testable import SequenceData

/// Compressed streams, which lie behind checksums and so are out of the reach of changes to whole
/// files. `UNFOLD_FUZZ` sets how many are tried.
struct FuzzTests {
  private static let count =
    ProcessInfo.processInfo.environment["UNFOLD_FUZZ"].flatMap { Int($0) } ?? 300

  @Test func changedStreamsNeverTrap() throws {
    var random = SeededRandom(seed: 2_028)
    let seeds = [
      "S8usSE1RSM5PSS3WUUhDcAA=", "AQYA+f9zdG9yZWQ=",
      "K8lIVchLLSnPL8pWKEpNTClWSFRIyUwuyczPSyyqVMhJLSlJLVJIgrGsFUpGogYA",
    ]
    .compactMap { Data(base64Encoded: $0).map(Array.init) }
    for _ in 0..<10 * Self.count {
      let stream = Mutation.mutated(seeds[random.index(below: seeds.count)], &random)
      let content = Inflate.decompress(stream[...], limit: 5_000)
      #expect(content?.count ?? 0 <= 5_000)
      _ = Inflate.gunzip([0x1F, 0x8B, 8, UInt8(random.index(below: 32))] + stream, limit: 5_000)
    }
  }
}

/// Small changes of the kinds that break readers.
enum Mutation {
  private static let tokens = [
    "1e400", "-1", "99999999999999999999", "nan", "", "1e-400", "\"", "\t", "\n", "\r\n", ",", ":",
    "[", "]]", "{", "@data", "4294967296", "0x1", "\u{FEFF}", "é", "\u{0}",
  ]
  private static let words: [[UInt8]] = [
    [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80],
  ]

  static func mutated(_ seed: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = seed
    for _ in 0...random.index(below: 4) { change(&bytes, &random) }
    return bytes
  }

  private static func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let at = random.index(below: bytes.count + 1)
    let end = min(bytes.count, at + 1 + random.index(below: 8))
    switch random.index(below: 7) {
    case 0: if at < bytes.count { bytes[at] ^= 1 << UInt8(random.index(below: 8)) }
    case 1: bytes.removeSubrange(at..<end)
    case 2: bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
    case 3: bytes.insert(contentsOf: tokens[random.index(below: tokens.count)].utf8, at: at)
    case 4: bytes.removeSubrange(at...)
    case 5:
      let word = words[random.index(below: words.count)]
      bytes.replaceSubrange(at..<min(bytes.count, at + word.count), with: word)
    default:
      let number = bytes[at...].firstIndex { (0x30...0x39).contains($0) } ?? bytes.endIndex
      let after = bytes[number...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.endIndex
      bytes.replaceSubrange(number..<after, with: tokens[random.index(below: tokens.count)].utf8)
    }
  }
}
