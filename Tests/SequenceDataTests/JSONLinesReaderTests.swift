import Foundation
import Testing
import TrainingEvents

@testable import SequenceData

struct JSONLinesReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func examples(_ kind: TaskKind, _ content: String) throws -> [Example] {
    // Where an example stands is not what it is.
    try load(configuration(kind, .jsonl, try scratch.write(content))).train.examples.map {
      var example = $0
      example.line = nil
      return example
    }
  }

  private func failure(_ kind: TaskKind, _ content: String, classes: Int? = nil) throws -> String {
    message(
      configuration(kind, .jsonl, try scratch.write(content)) { $0.classes = classes }, in: scratch)
  }

  @Test func vectorsWithLabels() throws {
    let path = try scratch.write(
      """
      {"inputs": [[1, 2.5], [-3e-1, 0]], "targets": [0, 4]}

      {"targets":[1],"inputs":[[1e2,2]]}
      """)
    let task = try load(configuration(.sequenceLabelling, .jsonl, path))
    #expect(task.train.examples[0].input == .vectors([1, 2.5, -0.3, 0], width: 2))
    #expect(task.train.examples[0].target == .labels([0, 4]))
    #expect(task.train.examples[1].input == .vectors([100, 2], width: 2))
    #expect((task.inputWidth, task.outputWidth) == (2, 5))
    #expect(task.inputVocabulary == nil)
    #expect(task.classNames == ["0", "1", "2", "3", "4"])
  }

  /// A line that is cut anywhere is a mistake with a name, never read beyond its end.
  @Test(arguments: [
    #"{"inputs": [[1, 2.5], [-3e-1, 0]], "targets": [0, 4]}"#,
    #"{"targets": [1, 0], "inputs": [ [ 1 ] , [ 2 ] ] , "x": {"y": [null, "\u00e4"]} }"#,
  ])
  func aLineThatIsCutIsAMistake(line: String) throws {
    for count in 1..<line.utf8.count {
      let failure = try failure(.sequenceLabelling, String(line.prefix(count)))
      #expect(failure.hasPrefix("file:1"), "\(count): \(failure)")
    }
  }

  @Test func tokensWithLabels() throws {
    let path = try scratch.write(#"{"tokens": [3, 0, 7], "targets": [1, 1, 0]}"#)
    let task = try load(configuration(.languageModel, .jsonl, path) { $0.classes = 6 })
    #expect(
      task.train.examples == [
        Example(input: .tokens([3, 0, 7]), target: .labels([1, 1, 0]), line: 1)
      ])
    #expect((task.inputWidth, task.outputWidth) == (8, 6))
  }

  @Test func tokensAlonePredictTheNext() throws {
    let read = try examples(.languageModel, #"{"tokens": [3, 0, 7]}"#)
    #expect(read == [Example(input: .tokens([3, 0]), target: .labels([0, 7]))])
  }

  @Test func sequencesToSequencesAndClasses() throws {
    #expect(
      try examples(.sequenceToSequence, #"{"source": [1, 2], "target": [5, 4, 3]}"#)
        == [Example(input: .tokens([1, 2]), target: .labels([5, 4, 3]))])
    #expect(
      try examples(.sequenceClassification, #"{"tokens": [1, 2], "target": 2}"#)
        == [Example(input: .tokens([1, 2]), target: .label(2))])
    #expect(
      try examples(.captioning, #"{"vector": [1, -2], "targets": [0, 3]}"#)
        == [Example(input: .vector([1, -2]), target: .labels([0, 3]))])
    #expect(
      try examples(.forecasting, #"{"inputs": [[1], [2], [3]]}"#)
        == [Example(input: .vectors([1, 2], width: 1), target: .values([2, 3], width: 1))])
  }

  @Test func mistakesAreNamedWithLineAndColumn() throws {
    let kind = TaskKind.sequenceLabelling
    #expect(
      try failure(kind, "{\"tokens\":[1],\"targets\":[0]}\n{\"tokens\":[1,],\"targets\":[0]}")
        == "file:2:14: not a number: found “],\"targets\":”, expected a finite number")
    #expect(
      try failure(kind, #"{"inputs":[[1,2],[3]],"targets":[0,0]}"#)
        == "file:1:19: a row of another length: found 1 numbers, expected 2 as in the rows before")
    #expect(
      try failure(kind, #"{"inputs":[[NaN]],"targets":[0]}"#)
        == "file:1:13: not a number: found “NaN]],\"targe”, expected a finite number")
    #expect(
      try failure(kind, #"{"token":[1],"targets":[0]}"#)
        == "file:1: “tokens” is missing or of the wrong shape: found “token”, "
        + "expected [integer, …] with a step or more")
    #expect(
      try failure(kind, #"{"tokens":[1],"tokens":[0]}"#)
        == "file:1:15: a key that was there before: found “tokens”")
    #expect(
      try failure(kind, #"{"tokens":[1],"targets":[0]} x"#)
        == "file:1:30: more after the object: found “x”")
    #expect(
      try failure(kind, #"[1]"#)
        == "file:1:1: not valid JSON: found “[1]”, expected an object")
    #expect(
      try failure(kind, "\n\n")
        == "file: there is no sequence in the file: expected one object a line")
  }

  @Test func wordsAreLabelsInTheirOrder() throws {
    let content = """
      {"tokens": [1], "target": "no", "id": {"a": [1, "x"]}}
      {"tokens": [2], "target": "maybe"}
      {"tokens": [3], "target": "no"}
      """
    let path = try scratch.write(content)
    let task = try load(configuration(.sequenceClassification, .jsonl, path))
    #expect(task.classNames == ["maybe", "no"])
    #expect(task.train.examples.map(\.target) == [.label(1), .label(0), .label(1)])
    #expect(task.notes == ["file: ignores “id”"])
    let tags = try load(
      configuration(
        .sequenceLabelling, .jsonl,
        try scratch.write(#"{"input_ids": [1, 2], "labels": ["V", "N"]}"#, to: "tags")))
    #expect(tags.train.examples.map(\.target) == [.labels([1, 0])])
    #expect(
      try failure(
        .sequenceClassification, "{\"tokens\":[1],\"target\":\"a\"}\n{\"tokens\":[1],\"target\":0}")
        == "file: labels are words in one line and numbers in another: found “a”, expected one kind"
    )
    let test = try scratch.write(#"{"tokens": [1], "target": "yes"}"#, to: "test")
    #expect(
      message(
        configuration(.sequenceClassification, .jsonl, path) { $0.data.test = test }, in: scratch)
        == "test:1: a label that no training line has: found “yes”")
  }

  @Test func arraysAndObjectsOverSeveralLinesAreTheSame() throws {
    let kind = TaskKind.sequenceLabelling
    let lines = "{\"tokens\":[1,2],\"targets\":[0,1]}\n{\"tokens\":[3],\"targets\":[-100]}\n"
    let plain = try examples(kind, lines)
    #expect(plain[1].target == .labels([-1]))
    let array = "[" + lines.split(separator: "\n").joined(separator: ",") + "]"
    #expect(try examples(kind, array) == plain)
    #expect(try examples(kind, array.replacingOccurrences(of: ",", with: ",\n ")) == plain)
    let pretty = lines.replacingOccurrences(of: "[", with: "\n [\n").replacingOccurrences(
      of: ":", with: ":\n")
    #expect(try examples(kind, "{\n" + pretty.dropFirst()) == plain)
    #expect(
      try failure(kind, "[{\"tokens\":[1],\n\"targets\":[0]},\n{\"tokens\":[x]}]")
        == "file:3:12: not a number: found “x]}”, expected a finite number")
    #expect(
      try failure(kind, "[{\"tokens\":[1],\"targets\":[0]}\n")
        == "file:2: not valid JSON: the array has no end")
    #expect(
      try failure(kind, #"{"tokens":[1],"targets":[-100]}"#)
        == "file: every target is -100, which is none")
    #expect(try load(configuration(kind, .jsonl, scratch.write(lines))).train.targetCount == 2)
  }

  /// Between two objects stands one comma, and in an array at least one.
  @Test func commasStandBetweenObjects() throws {
    let row = "{\"inputs\": [[1], [2]], \"targets\": [0, 1]}"
    #expect(try examples(.sequenceLabelling, "[\n\(row),\n\(row)\n]").count == 2)
    for separator in [",\n,", ", ,"] {
      let found = try failure(.sequenceLabelling, "[\n\(row)\(separator)\(row)\n]")
      #expect(found.contains("not valid JSON: found “,"), "\(found)")
    }
  }

  @Test func meaninglessSequencesAreNamed() throws {
    let kind = TaskKind.sequenceLabelling
    #expect(
      try failure(kind, #"{"tokens":[1,2],"targets":[0]}"#)
        == "file:1: not one target for each time step: found 1 targets, expected 2")
    #expect(
      try failure(kind, #"{"tokens":[1.5],"targets":[0]}"#)
        == "file:1: a number in “tokens” is not a symbol: found 1.5, "
        + "expected an integer from 0 to 999999")
    #expect(
      try failure(kind, #"{"tokens":[2000000000],"targets":[0]}"#)
        == "file:1: a number in “tokens” is not a symbol: found 2000000000, "
        + "expected an integer from 0 to 999999")
    #expect(
      try failure(kind, #"{"tokens":[1],"targets":[5]}"#, classes: 5)
        == "file: a target beyond task.classes: found 5, expected 0 to 4")
    #expect(
      try failure(kind, #"{"tokens":[],"targets":[]}"#)
        == "file:1: “tokens” is missing or of the wrong shape: "
        + "expected [integer, …] with a step or more")
    #expect(
      try failure(kind, "{\"inputs\":[[1]],\"targets\":[0]}\n{\"inputs\":[[1,2]],\"targets\":[0]}")
        == "file: inputs of different widths: found 2 in sequence 2, "
        + "expected 1 as in the sequences before")
    #expect(
      try failure(kind, #"{"inputs":[[1]],"tokens":[1],"targets":[0]}"#)
        == "file:1: two kinds of input: found inputs and tokens, expected one of them")
    #expect(
      try failure(.sequenceClassification, #"{"tokens":[1],"target":0,"vector":[1]}"#)
        == "file:1: a key that this kind of task does not use: found “vector”, "
        + "expected inputs, tokens, target")
    #expect(
      try failure(.languageModel, #"{"tokens":[1]}"#)
        == "file:1: nothing to predict: found 1 token, expected at least 2")
    #expect(
      try failure(kind, #"{"inputs":[[1e300]],"targets":[0]}"#)
        == "file:1: a number in “inputs” is too large: found 1e+300")
  }

  @Test func numbersAgreeWithTheStandardLibrary() {
    let spelled = [
      "0", "-0", "1", "+7", "3.25", ".5", "5.", "1e3", "1E-3", "-2.5e+10", "123456789012345678901",
      "0.1", "1.7976931348623157e308", "4.9e-324", "0.000000000000000000000000012345",
      "9007199254740993", "1e22", "1e23", "100000000000000000000000000e-26", "1.e2",
    ]
    for text in spelled {
      let expected = Double(text)
      #expect(NumberScanner.double(Array(text.utf8)[...]) == expected, "\(text)")
    }
    for text in ["", "-", ".", "e3", "nan", "inf", "0x10", "1e999", "1 2", "1,5", "--1", "1e"] {
      #expect(NumberScanner.double(Array(text.utf8)[...]) == nil, "\(text)")
    }
    #expect(NumberScanner.double(Array(" 4\t".utf8)[...]) == 4)
  }
}
