import FileFormats
import Foundation
import RecurrentNetworks
import SequenceData

/// Who a rank is and what it is about to train, or why it cannot: compared before anything begins.
public struct RankIdentity: Sendable, Equatable, Codable {
  /// The name of the machine that it runs on.
  public var host: String
  /// Its process there.
  public var process: Int32
  /// The same for processes that see each other in the system's table.
  var machine: String
  /// Checksums of the program, the resolved preset and the data as they were read.
  var program: UInt64 = 0
  var preset: UInt64 = 0
  var data: UInt64 = 0
  /// Why it cannot train; nil when it can.
  public var problem: String?

  private init(problem: String?) {
    host = ProcessInfo.processInfo.hostName
    process = ProcessInfo.processInfo.processIdentifier
    let boot =
      (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? host
    let space =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    machine = boot + space
    self.problem = problem
  }

  /// A checksum of this program's own file, computed once.
  private static let ownProgram: UInt64 = {
    let file = URL(fileURLWithPath: "/proc/self/exe")
    let executable = try? Data(contentsOf: file, options: .alwaysMapped)
    return executable.map { UInt64(CRC32C.checksum($0)) } ?? 0
  }()

  /// A rank that has read what it is to train.
  init(preset: Preset, task: TaskData) {
    self.init(problem: nil)
    program = Self.ownProgram
    self.preset = UInt64(CRC32C.checksum(Array(preset.resolvedText.utf8)))
    var fingerprint = Fingerprint()
    fingerprint.add(task.train)
    fingerprint.add(task.validation)
    data = fingerprint.value
  }

  /// A rank that has read a snapshot and the data that it is to judge it on.
  init(judging weights: [NamedTensor], of preset: Preset, _ task: TaskData) {
    self.init(preset: preset, task: task)
    var fingerprint = Fingerprint()
    fingerprint.add(task.test)
    data ^= fingerprint.value
    fingerprint = Fingerprint()
    for tensor in weights { for value in tensor.values { fingerprint.add(value.bitPattern) } }
    self.preset ^= fingerprint.value
  }

  /// A rank that has set up what it agreed to train.
  public static var ready: RankIdentity { RankIdentity(problem: nil) }

  /// A rank that could not read it.
  public init(failed problem: String) {
    self.init(problem: problem)
  }

  /// What keeps ranks from training together, in a line; nil when nothing does.
  static func disagreement(_ ranks: [RankIdentity]) -> String? {
    guard let first = ranks.first else { return nil }
    if let index = ranks.firstIndex(where: { $0.problem != nil }) {
      let problem = ranks[index].problem ?? ""
      return index == 0 ? problem : "rank \(index) on \(ranks[index].host): \(problem)"
    }
    let kinds: [(String, KeyPath<RankIdentity, UInt64>)] = [
      ("is another program", \.program),
      ("was given another preset, snapshot or settings", \.preset),
      ("read other data", \.data),
    ]
    for (index, rank) in ranks.enumerated() {
      for (words, path) in kinds where rank[keyPath: path] != first[keyPath: path] {
        return
          "rank \(index) on \(rank.host) \(words) than rank 0 on \(first.host): all ranks must "
          + "run the same program on the same preset and data"
      }
    }
    return nil
  }
}

/// A checksum of data as they are trained on, the same in every process.
struct Fingerprint {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// One number more.
  mutating func add(_ number: some BinaryInteger) {
    value = (value ^ UInt64(truncatingIfNeeded: number)) &* 0x0000_0100_0000_01B3
  }

  mutating func add(_ data: DataSet) {
    switch data {
    case .stream(let tokens): for index in 0..<tokens.count { add(tokens[index]) }
    case .lines(let table):
      for item in 0..<table.count { add(table.item(item)) }
    case .examples(let examples):
      for example in examples {
        add(example.input)
        add(example.target)
        add(example.scoredFrom)
      }
    }
    add(data.count)
  }

  private mutating func add(_ symbols: [Int32]) {
    for symbol in symbols { add(symbol) }
    add(symbols.count)
  }

  private mutating func add(_ numbers: [Float]) {
    for number in numbers { add(number.bitPattern) }
    add(numbers.count)
  }

  private mutating func add(_ input: SequenceInput) {
    switch input {
    case .none(let steps): add(steps)
    case .tokens(let tokens): add(tokens)
    case .vectors(let values, _): add(values)
    case .image(let pixels, let width, _):
      for pixel in pixels { add(pixel) }
      add(width)
    case .vector(let values): add(values)
    }
  }

  private mutating func add(_ target: Target) {
    switch target {
    case .none: add(0)
    case .label(let label): add(label)
    case .labels(let labels): add(labels)
    case .values(let values, _): add(values)
    }
  }
}
