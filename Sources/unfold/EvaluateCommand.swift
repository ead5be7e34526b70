import ArgumentParser
import Foundation
import Runs
import SequenceData
import Sessions
import Training

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a trained network on held-out data, beside simple baselines.",
    discussion: """
      Reads the data that the snapshot's preset names and evaluates on its test set, or on its \
      validation set where it has no test set. Nothing is drawn at random: the same snapshot \
      always scores the same. Several processes that mpirun started share the data out.
      """)

  @Argument(help: "A snapshot, or a run, whose newest snapshot is taken.")
  var snapshot: String

  @Flag(help: "Take the weights of the run's best validation, not the newest.")
  var best = false

  @Option(
    help: ArgumentHelp(
      "Held-out data to evaluate on: validation or test.", valueName: "validation|test"))
  var split: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "Beam width of a network that writes sequences; 1 is greedy search.")
  var beam = 5

  @Option(help: "Threads that compute; results do not depend on it.")
  var threads: Int?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Set a key of the preset's task, such as task.data.length.", valueName: "path=value"))
  var settings: [String] = []

  func validate() throws {
    if let split, Evaluation.Part(rawValue: split) == nil {
      throw ValidationError("--split must be validation or test, not \(split)")
    }
    guard (1...1000).contains(beam) else {
      throw ValidationError("--beam must be from 1 to 1000, not \(beam)")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads)")
    }
  }

  func run() throws {
    let clock = ContinuousClock()
    var start = clock.now
    let loaded = try SnapshotReader.read(snapshot, best: best)
    var judge = try SnapshotEvaluation(loaded.checkpoint, file: loaded.path)
    var options = EvaluationOptions()
    options.part = split.flatMap(Evaluation.Part.init)
    options.beamWidth = beam
    let evaluation = try RankSession.evaluate(options: options, threads: threads) {
      try judge.set(settings)
      let task = try judge.load(dataDirectories: DataDirectories.all)
      start = clock.now
      return (judge, task)
    }
    let listing = EvaluationListing(
      evaluation, of: loaded, title: judge.preset.title, elapsed: clock.now - start)
    try SafeOutput.show(json ? listing.json : listing.text)
  }
}
