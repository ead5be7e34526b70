import FileFormats
import TrainingEvents

/// Everything a preset's `task` block can say.
public struct TaskConfiguration: Sendable, Equatable {
  public var kind: TaskKind = .languageModel
  public var data: DataSource = DataSource(format: .lines, location: "words")
  /// Number of classes; nil counts them in the data.
  public var classes: Int?
  /// Shares held out; a task's own test set wins over `testShare`.
  public var validationShare = 0.1
  public var testShare = 0.1

  public init() {}
}

/// Where sequences come from: `data: { FORMAT: LOCATION, OPTION: VALUE … }` in a preset.
public struct DataSource: Sendable, Equatable {
  public enum Format: String, Sendable, CaseIterable {
    /// Any UTF-8 file, one stream of characters.
    case text
    /// One item a line.
    case lines
    /// source⇥target, or label⇥text.
    case tsv
    /// A table whose columns of numbers are a series.
    case csv
    /// The UEA/UCR archive's format.
    case ts
    /// One sequence a line as JSON.
    case jsonl
    /// A NumPy array of steps × numbers.
    case npy
    /// NumPy arrays inside an npz: labelled recordings.
    case npz
    /// Images and labels as IDX files.
    case idx
    /// The pronouncing dictionary: letters to phones.
    case dictionary
    /// Hangul glyphs to romanised syllables.
    case hangul
    /// Made up from the seed, with a known answer: `adding`, `copy`, `parity`, `reber`,
    /// `oscillator`, `flip-flop`, `modular`, `dyck-1`, `dyck-2`, `s5`.
    case synthetic
    /// Strings of a formal language for a hand-built network: `brackets`, `anbn`, `two-brackets`.
    case grammar
  }

  public var format: Format
  /// A file's path, or the name of data that comes with the program or its fetch script.
  public var location: String
  /// Steps of made-up sequences, or of a forecasting task's training windows.
  public var length: Int?
  /// Steps of made-up sequences that are held out, longer or shorter than those trained on; nil makes
  /// them as long as the task itself says.
  public var heldOutLength: Int?
  /// How many times the training length a task with an answer at every step is judged at, beside its
  /// validation: at 1, 2, 4 … times it up to here; nil judges at none.
  public var judgedUpTo: Int?
  /// Bits that `flip-flop` has to remember; nil is three.
  public var bits: Int?
  /// A file whose examples are the test set.
  public var test: String?
  /// Which columns of a CSV file hold the series, by name or number from 1; without, all of numbers.
  public var columns: [String] = []
  /// What separates the columns of a CSV file, what marks the decimals of its numbers, and whether
  /// its first row names the columns; what is nil is found out from the file.
  public var table = TableDialect.Wish()
  /// What to do where a series has no number; nil refuses it.
  public var missing: MissingValues?
  /// Recordings joined at random into one, for `connected-digits`.
  public var joined: ClosedRange<Int>?
  /// What a `tsv` file's texts are cut into.
  public var symbols: SymbolUnit = .character
  /// Words seen less often than this in training are read as unknown (`symbols: word` only).
  public var minimumCount = 2

  public init(format: Format, location: String) {
    self.format = format
    self.location = location
  }
}
