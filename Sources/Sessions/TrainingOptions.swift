/// What the command line asks to train, and where from.
package struct TrainingOptions: Sendable {
  /// A preset's name, or the path of a preset file; nil for the default one.
  package var preset: String?
  /// Keys of the preset that are set, each as `path=value`.
  package var settings: [String] = []
  /// Steps of the whole run.
  package var steps: Int?
  package var seed: UInt64?
  package var threads: Int?
  /// Where the run is recorded; nil for a new directory below `runs`.
  package var out: String?
  /// Where new directories of runs are made that nobody named.
  package var runs = "runs"
  /// A file of parameters to begin with.
  package var initial: String?
  /// Names of tensors or modules in that file, and what they are called here.
  package var map: [(old: String, new: String)] = []
  /// A snapshot or run to go on from.
  package var resume: String?

  package init() {}

  /// Another preset on the same machine's terms: its own settings, data and directory.
  func starting(_ preset: String) -> TrainingOptions {
    var options = TrainingOptions()
    options.preset = preset
    (options.seed, options.threads, options.runs) = (seed, threads, runs)
    return options
  }
}
