import Foundation
import Testing
import TrainingEvents

@testable import SequenceData

/// The cases that are read, by value: every sequence and target beside what a reader that is not
/// ours says of the file.
struct CaseValuesTests {
  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: Cases.path(name)))
  }

  /// Objects of a file of JSON, however it is laid out.
  private func objects(_ name: String) throws -> [[String: Any]] {
    let text = String(decoding: try bytes(name), as: UTF8.self)
    func parse(_ text: some StringProtocol) -> Any? {
      try? JSONSerialization.jsonObject(with: Data(text.utf8))
    }
    if let all = parse(text) as? [[String: Any]] { return all }
    if let one = parse(text) as? [String: Any] { return [one] }
    return text.split(separator: "\n").compactMap { parse($0) as? [String: Any] }
  }

  private func vectors(_ input: SequenceInput, _ task: TaskData) -> [Float] {
    guard case .vectors(let values, let width) = input else { return [] }
    return values.enumerated().map {
      task.normalisation?.restore($0.element, channel: $0.offset % width) ?? $0.element
    }
  }

  private func isNear(_ a: [Float], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs(Double($0) - $1) < 1e-5 }
  }

  @Test(arguments: [
    "as_array", "class_ok", "extra_key", "float_ints", "pretty", "string_label", "width3",
  ])
  func recordingsOfJSONHaveTheirNumbersAndLabels(name: String) throws {
    let file = "jsonl_\(name).jsonl"
    let task = try load(configuration(.sequenceClassification, .jsonl, Cases.path(file)))
    let objects = try objects(file)
    #expect(objects.count == task.train.count && objects.count >= 1)
    for (object, example) in zip(objects, task.train.examples) {
      let rows = try #require(object["inputs"] as? [[Double]])
      #expect(example.input.steps == rows.count)
      #expect(isNear(vectors(example.input, task), rows.flatMap { $0 }))
      guard case .label(let label) = example.target else {
        Issue.record("no label")
        continue
      }
      if let word = object["target"] as? String {
        #expect(task.classNames[Int(label)] == word)
      } else {
        #expect(object["target"] as? Double == Double(label))
      }
    }
  }

  @Test(arguments: ["ignore_index_minus100", "labelling_len1", "three_of_length1"])
  func labelsAtEveryStepStandWhereTheyStood(name: String) throws {
    let file = "jsonl_\(name).jsonl"
    let task = try load(configuration(.sequenceLabelling, .jsonl, Cases.path(file)))
    for (object, example) in zip(try objects(file), task.train.examples) {
      #expect(example.input == .tokens(try #require(object["tokens"] as? [Int]).map { Int32($0) }))
      let targets = try #require(object["targets"] as? [Int]).map { Int32($0 == -100 ? -1 : $0) }
      #expect(example.target == .labels(targets))
    }
    #expect(task.train.count == (name == "three_of_length1" ? 3 : 60))
    let left = task.train.examples.reduce(0) { $0 + $1.target.leftOut }
    #expect((left > 0) == (name == "ignore_index_minus100"))
  }

  @Test(arguments: ["ctc_one_too_long", "ctc_target_longer"])
  func pairsOfSequencesAreBothRead(name: String) throws {
    let file = "jsonl_\(name).jsonl"
    let task = try load(configuration(.sequenceToSequence, .jsonl, Cases.path(file)))
    #expect(task.train.count == 60)
    for (object, example) in zip(try objects(file), task.train.examples) {
      let source = try #require(object["source"] as? [Int]).map { Int32($0) }
      let target = try #require(object["target"] as? [Int]).map { Int32($0) }
      #expect(example.input == .tokens(source))
      guard case .labels(let labels) = example.target else { continue }
      // Behind them an end, where the vocabulary has one.
      #expect(Array(labels.prefix(target.count)) == target && labels.count <= target.count + 1)
    }
  }

  /// Recordings of a `.ts` file cut at its marks, without time stamps.
  private func recordings(_ name: String) throws -> [(channels: [[Double]], label: String)] {
    var text = String(decoding: try bytes(name), as: UTF8.self)
    // (time,number) is the number.
    text.replace(#/\([^,()]*,([^()]*)\)/#) { $0.1 }
    return text.split(separator: "\n").filter { !$0.hasPrefix("@") }.map { line in
      let parts = line.split(separator: ":")
      let channels = parts.dropLast().map { $0.split(separator: ",").map { Double($0) ?? .nan } }
      return (channels, String(parts.last ?? ""))
    }
  }

  private func series(_ name: String, _ missing: MissingValues? = nil) throws -> TaskData {
    try load(
      configuration(.sequenceClassification, .ts, Cases.path(name)) { $0.data.missing = missing })
  }

  @Test(arguments: ["unequal", "univariate", "test_unseen_label", "timestamps"])
  func recordingsOfTheArchiveHaveTheirNumbersAndLabels(name: String) throws {
    let file = "ts_\(name).ts"
    let task = try series(file)
    let recordings = try recordings(file)
    #expect(task.train.count == recordings.count && recordings.count >= 20)
    for (recording, example) in zip(recordings, task.train.examples) {
      let steps = recording.channels[0].count
      let numbers = (0..<steps).flatMap { step in recording.channels.map { $0[step] } }
      #expect(isNear(vectors(example.input, task), numbers))
      guard case .label(let label) = example.target else { continue }
      #expect(task.classNames[Int(label)] == recording.label)
    }
    #expect(task.notes.contains { $0.contains("time stamps only order") } == (name == "timestamps"))
    #expect(Set(task.train.examples.map(\.input.steps)).count > 1 || name != "unequal")
  }

  @Test(arguments: ["missing_nan", "missing_qmark"])
  func gapsInRecordingsLieBetweenTheirNeighbours(name: String) throws {
    let file = "ts_\(name).ts"
    let (held, line) = (try series(file, .hold), try series(file, .interpolate))
    var gaps = 0
    for (index, recording) in try recordings(file).enumerated() {
      let width = recording.channels.count
      for (channel, numbers) in recording.channels.enumerated() {
        for (step, number) in numbers.enumerated() {
          let place = step * width + channel
          let (a, b) = (
            vectors(held.train.examples[index].input, held)[place],
            vectors(line.train.examples[index].input, line)[place]
          )
          if !number.isNaN {
            #expect(abs(Double(a) - number) < 1e-5 && abs(Double(b) - number) < 1e-5)
          } else if step > 0, step + 1 < numbers.count {
            gaps += 1
            #expect(abs(Double(a) - numbers[step - 1]) < 1e-5)
            #expect(abs(Double(b) - (numbers[step - 1] + numbers[step + 1]) / 2) < 1e-5)
          }
        }
      }
    }
    #expect(gaps > 0)
  }

  @Test func aShorterChannelIsHeldOrCutsTheOthers() throws {
    let file = "ts_channels_of_different_length.ts"
    let (held, cut) = (try series(file, .hold), try series(file, .drop))
    for (index, recording) in try recordings(file).enumerated() {
      let (first, second) = (recording.channels[0], recording.channels[1])
      let least = min(first.count, second.count)
      let short = (0..<least).flatMap { [first[$0], second[$0]] }
      #expect(isNear(vectors(cut.train.examples[index].input, cut), short))
      let values = vectors(held.train.examples[index].input, held)
      #expect(values.count == 2 * max(first.count, second.count))
      #expect(isNear(Array(values.prefix(2 * least)), short))
      let last = second.count < first.count ? second[least - 1] : first[least - 1]
      #expect(
        abs(Double(values[values.count - (second.count < first.count ? 1 : 2)]) - last) < 1e-5)
    }
  }

  @Test func halfPrecisionRecordingsAreTheSame() throws {
    func task(_ name: String) throws -> TaskData {
      try load(configuration(.sequenceClassification, .npz, Cases.path("npz_\(name).npz")))
    }
    let (plain, half) = (try task("ok"), try task("X_f16"))
    #expect(plain.train.examples.map(\.target) == half.train.examples.map(\.target))
    for (a, b) in zip(plain.train.examples, half.train.examples) {
      for (x, y) in zip(vectors(a.input, plain), vectors(b.input, half)) {
        #expect(abs(x - y) < 2e-3 * max(1, abs(x)))
      }
    }
  }

  /// The text that a stream of symbols stands for.
  private func text(_ task: TaskData) -> String {
    let symbols = task.inputVocabulary?.symbols ?? []
    return task.train.streamed.map { symbols[Int($0)] }.joined()
  }

  @Test(arguments: [
    "cr_only", "crlf_bom", "utf16", "emoji_combining", "oneline_no_newline", "tiny_4", "tiny_40",
  ])
  func textsAreReadToTheLastSymbol(name: String) throws {
    let file = "text_\(name).txt"
    let task = try load(configuration(.languageModel, .text, Cases.path(file)))
    let data = try bytes(file)
    var expected =
      name == "utf16"
      ? try #require(String(data: data, encoding: .utf16)) : String(decoding: data, as: UTF8.self)
    if expected.unicodeScalars.first == "\u{FEFF}" { expected.unicodeScalars.removeFirst() }
    expected = expected.replacingOccurrences(of: "\r\n", with: "\n")
      .replacingOccurrences(of: "\r", with: "\n")
    // As characters: é in one scalar and é in two are the same symbol.
    let found = text(task)
    #expect(found.count == expected.count && found == expected)
  }

  @Test(arguments: ["blank_and_spaces", "crlf", "two"])
  func linesAreItemsWithoutTheirEnds(name: String) throws {
    let file = "lines_\(name).txt"
    let task = try load(configuration(.languageModel, .lines, Cases.path(file)))
    let vocabulary = try #require(task.inputVocabulary)
    let table = try #require(task.train.table)
    let items = (0..<table.count).map { item in
      table.range(of: item).map { table.tokens[$0] }.filter { $0 != vocabulary.end }
        .map { vocabulary.symbols[Int($0)] }.joined()
    }
    let lines = String(decoding: try bytes(file), as: UTF8.self)
      .replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
    #expect(items.filter { !$0.isEmpty } == lines.filter { !$0.isEmpty && $0 != "\r" })
  }

  @Test(arguments: ["tsv_cr_only.tsv", "tsv_header_row.tsv", "tsv_text_then_label.tsv"])
  func textsKeepTheirLabels(name: String) throws {
    let task = try load(
      configuration(.sequenceClassification, .tsv, Cases.path(name)) { $0.data.symbols = .word })
    let text = String(decoding: try bytes(name), as: UTF8.self)
      .replacingOccurrences(of: "\r", with: "\n")
    let isTurned = name.contains("text_then")
    let rows = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
      .filter { $0[0] != "label" }.map { isTurned ? [$0[1], $0[0]] : $0 }
    #expect(rows.count == 60)
    for (row, example) in zip(rows, task.train.examples) {
      guard case .label(let label) = example.target else { continue }
      #expect([task.classNames[Int(label)], example.text] == row)
    }
  }

  @Test func aRowWithoutATextIsLeftOutWhereThePresetSaysSo() throws {
    let task = try load(
      configuration(.sequenceClassification, .tsv, Cases.path("tsv_empty_text.tsv")) {
        $0.data.missing = .drop
      })
    #expect(task.train.count == 60 && task.train.examples.allSatisfy { !$0.text.isEmpty })
    #expect(
      task.notes.first
        == "tsv_empty_text.tsv: 1 row with an empty field left out; the first in line 61")
  }
}
