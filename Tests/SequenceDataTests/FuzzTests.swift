import Foundation
import LinearAlgebra
import Testing
import TrainingEvents

@testable import SequenceData

/// Good files, changed at random from a fixed seed: a reader either gives a sane task or says in one
/// line what is wrong. `UNFOLD_FUZZ` sets how many files of each format are tried.
struct FuzzTests {
  private static let count =
    ProcessInfo.processInfo.environment["UNFOLD_FUZZ"].flatMap { Int($0) } ?? 300

  struct Format: Sendable, CustomTestStringConvertible {
    var format: DataSource.Format
    var kind: TaskKind
    var seeds: [[UInt8]]
    var testDescription: String { "\(format) for \(kind)" }
  }

  private static let arrays = [
    "X": NumPyFile.floats([1, -2, 3, 4, 5, 6, 7, 8, 9, 0.5], [5, 2]),
    "y": NumPyFile.integers([0, 2], [2]), "lengths": NumPyFile.integers([2, 3], [2]),
  ]
  private static let archive = NumPyFile.archive(arrays)

  /// An archive whose checksums are right, so that the changed arrays in it are read.
  private static func changedArchive(_ random: inout SeededRandom) -> [UInt8] {
    var changed: [String: [UInt8]] = [:]
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      changed[name] = random.index(below: 2) == 0 ? Mutation.mutated(array, &random) : array
    }
    return NumPyFile.archive(changed)
  }

  static let formats: [Format] = [
    Format(
      format: .csv, kind: .forecasting,
      seeds: [
        "a,\"b\"\n1,2.5\n3e1,-4\n5,6\n7,8\n".utf8, "1\n2\n3\n4\n".utf8, "1;2\r\n3;4\r\n5;6".utf8,
      ].map(Array.init)),
    Format(
      format: .ts, kind: .sequenceClassification,
      seeds: ["@dimensions 2\n@classLabel true a b\n@data\n1,2:3,4:a\n5:6:b\n".utf8].map(Array.init)
    ),
    Format(
      format: .tsv, kind: .sequenceClassification,
      seeds: ["good\ta fine film\nbad\tno é 👍🏽\n".utf8].map(Array.init)),
    Format(
      format: .tsv, kind: .sequenceToSequence,
      seeds: ["ab c\tça\nb\tc d e\n".utf8].map(Array.init)),
    Format(
      format: .jsonl, kind: .sequenceLabelling,
      seeds: [
        "{\"inputs\": [[1, 2.5], [3, -4e1]], \"targets\": [0, 1]}\n{\"inputs\":[[0,0]],\"targets\":[2]}",
        "{\"tokens\": [1, 2, 3], \"targets\": [0, 1, 0]}\n",
      ].map { Array($0.utf8) }),
    Format(
      format: .jsonl, kind: .sequenceToSequence,
      seeds: ["{\"source\": [1, 2], \"target\": [3]}\n".utf8].map(Array.init)),
    Format(
      format: .npy, kind: .forecasting,
      seeds: [
        NumPyFile.floats([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [6, 2]),
        NumPyFile.integers([1, 2, 4, 3, 2, 1], [6]),
      ]),
    Format(format: .npz, kind: .sequenceClassification, seeds: [archive]),
    Format(format: .npz, kind: .sequenceLabelling, seeds: [archive]),
    Format(
      format: .hangul, kind: .captioning,
      seeds: [Array("가\tga\t\(String(repeating: "0F", count: 32))\n".utf8)]),
    Format(
      format: .dictionary, kind: .sequenceToSequence,
      seeds: ["read R EH1 D\nread(2) R IY1 D # x\nred R EH1 D".utf8].map(Array.init)),
    Format(format: .text, kind: .languageModel, seeds: ["To be, é 👍🏽.\r\n".utf8].map(Array.init)),
    Format(format: .lines, kind: .languageModel, seeds: ["one\ntwo\nthree".utf8].map(Array.init)),
  ]

  @Test(arguments: formats) func changedFilesNeverTrap(_ format: Format) throws {
    let scratch = try Scratch()
    var random = SeededRandom(seed: 2_026, stream: UInt64(format.format.rawValue.utf8.count))
    var (read, refused) = (0, 0)
    for _ in 0..<Self.count {
      let seed = format.seeds[random.index(below: format.seeds.count)]
      let bytes =
        format.format == .npz && random.index(below: 2) == 0
        ? Self.changedArchive(&random) : Mutation.mutated(seed, &random)
      let path = try scratch.write(bytes, to: "changed")
      let asked = configuration(format.kind, format.format, path, validation: 0.2, test: 0.2)
      do {
        let task = try load(asked)
        read += 1
        #expect(insanity(of: task) == nil)
      } catch let error as DataError {
        refused += 1
        let line = error.description
        #expect(line.hasPrefix(path) || line.hasPrefix("task."))
        #expect(!line.contains { $0.isNewline } && line.count < 600)
      }
    }
    // Changes that all fail, or none of which does, try nothing.
    #expect(Self.count < 100 || (read > 0 && refused > 0))
  }

  @Test func changedImagesNeverTrap() throws {
    let scratch = try Scratch()
    var random = SeededRandom(seed: 2_027)
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4]
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]
    for number in 0..<Self.count {
      _ = try scratch.write(
        number % 2 == 0 ? Mutation.mutated(images, &random) : images,
        to: "train-images-idx3-ubyte")
      _ = try scratch.write(
        number % 2 == 1 ? Mutation.mutated(labels, &random) : labels,
        to: "train-labels-idx1-ubyte")
      do {
        let task = try load(configuration(.sequenceClassification, .idx, scratch.directory))
        #expect(insanity(of: task) == nil)
      } catch let error as DataError {
        #expect(error.description.hasPrefix(scratch.directory))
      }
    }
  }

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
