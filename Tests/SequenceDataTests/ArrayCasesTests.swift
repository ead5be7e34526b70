import Testing
import TrainingEvents

@testable import SequenceData

/// Arrays, JSON lines, texts and recordings as other programs write them.
struct ArrayCasesTests {
  private func message(_ name: String) -> String {
    let format: DataSource.Format =
      name.hasSuffix("npy") ? .npy : name.hasSuffix("npz") ? .npz : .ts
    return Cases.message(
      configuration(
        format == .npy ? .forecasting : .sequenceClassification, format, Cases.path(name)))
  }

  /// What cannot be read, and words of what is said; all others can.
  static let refused = [
    "npy_3d.npy": "found [10, 30, 3], expected steps × numbers",
    "npy_complex.npy": "complex numbers", "npy_datetime.npy": "dates or times",
    "npy_longdouble.npy": "long doubles", "npy_nan.npy": "found nan in row 151",
    "npy_object.npy": "Python objects", "npy_scalar.npy": "a single number",
    "npy_structured.npy": "is structured", "npz_length_zero.npz": "recording 1",
    "npz_ragged_object.npz": "“X” holds Python objects",
    "ts_channels_of_different_length.ts":
      ":9: channel 2 has another length: found 6 steps, expected 8, or task.data.missing=hold or drop",
    "ts_missing_nan.ts": ":16:13: not a number: found “NaN”",
    "ts_missing_qmark.ts": ":16:13: not a number: found “?”",
    "ts_regression.ts":
      ":6: targets are numbers, not labels: expected @classLabel true and labels",
  ]

  @Test func arraysAreReadOrNamed() {
    let names = Cases.names("npy_", "npz_", "ts_")
    #expect(names.count == 43)
    for name in names.sorted() {
      let said = message(name)
      if let words = Self.refused[name] {
        #expect(said.hasPrefix(name) && said.contains(words), "\(said)")
      } else {
        #expect(said == "read", "\(name)")
      }
    }
  }

  @Test func seriesHoldTheSameNumbersInEveryLayout() throws {
    func values(_ name: String) throws -> [Float] {
      try #require(
        try load(configuration(.forecasting, .npy, Cases.path("npy_" + name + ".npy"))).series
      ).values
    }
    let plain = try values("c_f8")
    #expect(plain.count == 900)
    for name in ["fortran", "transposed", "from_dataframe_values", "big_endian", "v2", "v3"] {
      #expect(try values(name) == plain, "\(name)")
    }
    let half = try values("float16")
    #expect(zip(half, plain).allSatisfy { abs($0 - $1) < 0.02 * max(1, abs($1)) })
    let column = stride(from: 0, to: 900, by: 3).map { plain[$0] }
    #expect(try values("1d") == column)
    #expect(try values("column_vector") == column)
    #expect(try values("uint64").prefix(3) == [0, 1, 2])
    #expect(try values("bool").allSatisfy { $0 == 0 || $0 == 1 })
  }

  @Test func labelsAreClassesHoweverTheyAreWritten() throws {
    func task(_ name: String, test: Double = 0) throws -> TaskData {
      try load(
        configuration(
          .sequenceClassification, .npz, Cases.path("npz_" + name + ".npz"), test: test))
    }
    let plain = try task("ok")
    let targets = plain.train.examples.map(\.target)
    #expect(targets.count == 60)
    for name in [
      "x_lower", "y_column", "y_float", "y_from_one", "y_minus_one", "y_onehot", "y_strings",
      "compressed",
    ] {
      let task = try task(name)
      #expect(task.outputWidth == 3, "\(name)")
      #expect(task.train.examples.map(\.target) == targets, "\(name)")
      #expect(task.train.examples.map(\.input) == plain.train.examples.map(\.input), "\(name)")
    }
    #expect(try task("y_from_one").classNames == ["1", "2", "3"])
    #expect(try task("y_minus_one").classNames == ["-1", "0", "1"])
    #expect(try task("y_strings").classNames == ["a", "b", "c"])
    let padded = try task("padded_3d_lengths")
    #expect(padded.train.examples.prefix(4).map(\.input.steps) == [4, 4, 6, 4])
    let split = try task("keras_names", test: 0.5)
    #expect((split.train.count, split.test.count) == (40, 20))
    #expect(try task("2d_no_lengths").train.examples[0].input.steps == 8)
  }

  @Test func gapsInRecordingsAreFilledAsThePresetSays() throws {
    for name in ["ts_missing_nan.ts", "ts_missing_qmark.ts"] {
      let task = try load(
        configuration(.sequenceClassification, .ts, Cases.path(name)) {
          $0.data.missing = .interpolate
        })
      #expect(task.train.count == 60)
      #expect(task.train.examples.allSatisfy { $0.input.steps == 8 })
    }
  }

  @Test func jsonLinesAreReadOrNamed() throws {
    func said(_ kind: TaskKind, _ name: String) -> String {
      Cases.message(configuration(kind, .jsonl, Cases.path("jsonl_" + name + ".jsonl")))
    }
    let classes = [
      "as_array", "class_ok", "extra_key", "float_ints", "pretty", "string_label", "width3",
    ]
    for name in classes { #expect(said(.sequenceClassification, name) == "read", "\(name)") }
    let labels = ["ignore_index_minus100", "labelling_len1", "three_of_length1"]
    for name in labels { #expect(said(.sequenceLabelling, name) == "read", "\(name)") }
    for name in ["ctc_one_too_long", "ctc_target_longer"] {
      #expect(said(.sequenceToSequence, name) == "read", "\(name)")
    }
    #expect(said(.sequenceClassification, "null").hasPrefix("jsonl_null.jsonl:5:34: not a number"))
    #expect(said(.sequenceClassification, "nan").hasPrefix("jsonl_nan.jsonl:5:34: not a number"))
    #expect(
      said(.sequenceClassification, "empty_sequence").hasPrefix("jsonl_empty_sequence.jsonl:5: "))
    #expect(said(.sequenceToSequence, "empty_target").contains("“target” is missing"))
    #expect(Cases.names("jsonl_").count == classes.count + labels.count + 6)
  }

  @Test func textsAreReadOrNamed() throws {
    func said(_ name: String) -> String {
      Cases.message(
        configuration(.languageModel, name.hasPrefix("text") ? .text : .lines, Cases.path(name)))
    }
    let refused = [
      "text_empty.txt": "the file is empty", "text_latin1.txt": "is not valid UTF-8: found 0xE9",
      "text_nul_bytes.txt": ":1: byte 3 is 0", "text_one_symbol.txt": "one symbol",
      "lines_one_very_long.txt": ":1: the line is too long",
    ]
    for name in Cases.names("text_", "lines_").sorted() {
      if let words = refused[name] {
        #expect(said(name).hasPrefix(name) && said(name).contains(words), "\(said(name))")
      } else {
        #expect(said(name) == "read", "\(name)")
      }
    }
    let plain = try load(
      configuration(.languageModel, .text, Cases.path("text_crlf_bom.txt")))
    #expect(plain.inputVocabulary?.symbols.prefix(2) == ["\n", " "])
    #expect(plain.inputVocabulary?.symbols.contains("\r") == false)
    for name in ["text_cr_only.txt", "text_utf16.txt"] {
      let task = try load(configuration(.languageModel, .text, Cases.path(name)))
      #expect(task.inputVocabulary?.symbols == plain.inputVocabulary?.symbols, "\(name)")
      #expect(task.train == plain.train, "\(name)")
    }
  }

  @Test func emptySharesSayWhy() throws {
    let text = try load(
      configuration(
        .languageModel, .text, Cases.path("text_tiny_4.txt"), validation: 0.1, test: 0.1))
    #expect(
      text.whyEmpty[.validation]
        == "task.split.validation is 0.1, but 0.1 of 4 characters is 1, and a part needs 2 for one "
        + "to be predicted")
    let lines = try load(
      configuration(.languageModel, .lines, Cases.path("lines_two.txt"), validation: 0.1))
    #expect(
      lines.whyEmpty[.validation]
        == "task.split.validation is 0.1, but 2 sequences are too few to hold any out")
    #expect(lines.whyEmpty[.test] == nil)
    #expect(lines.notes.count == 1)
  }
}
