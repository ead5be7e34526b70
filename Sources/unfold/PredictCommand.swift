import ArgumentParser
import FileFormats
import Foundation
import Runs
import SequenceData
import Sessions
import Training

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict with a trained network: one input per line, one answer per line.",
    discussion: """
      Inputs come from a file, from standard input, or are given on the command line. A network of \
      symbols reads text. One of numbers reads [[…], …] with one row per time step, \
      {"inputs": [[…]]}, plain numbers where a time step has one, the path of an npy, csv or ts file, \
      or #12 for the twelfth held-out example; one of images the path of a PGM picture, a NumPy \
      array or an IDX file.
      """)

  @Argument(help: "A snapshot, or a run, whose newest snapshot is taken.")
  var snapshot: String

  @Flag(help: "Take the weights of the run's best validation, not the newest.")
  var best = false

  @Argument(help: "A file of inputs, or inputs themselves; absent: standard input.")
  var inputs: [String] = []

  @Flag(help: "Read a single argument as an input even where a file has that name.")
  var text = false

  @Flag(help: "Print a JSON object a line, with probabilities, labels and numbers.")
  var json = false

  @Option(help: "Beam width of a network that writes sequences; 1 is greedy search.")
  var beam = 5

  @Option(help: "Time steps that a forecaster predicts ahead.")
  var ahead = 1

  @Option(help: "Threads that compute; answers do not depend on it.")
  var threads: Int?

  func validate() throws {
    guard (1...1000).contains(beam) else {
      throw ValidationError("--beam must be from 1 to 1000, not \(beam)")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads)")
    }
    guard (1...Prediction.mostAhead).contains(ahead) else {
      throw ValidationError("--ahead must be from 1 to \(Prediction.mostAhead), not \(ahead)")
    }
  }

  func run() throws {
    let loaded = try SnapshotReader.read(snapshot, best: best)
    let predictor = try Predictor(
      loaded.checkpoint, file: loaded.path, beamWidth: beam,
      threads: threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount))
    var waiting = WaitingInputs(predictor) { try say($0) }
    do {
      try ask(predictor, &waiting)
    } catch {
      // What came before something that cannot be read is answered all the same.
      try waiting.answer()
      throw error
    }
    try waiting.answer()
  }

  private func ask(_ predictor: Predictor, _ waiting: inout WaitingInputs) throws {
    guard !inputs.isEmpty else {
      return try askLines(of: InputLines(STDIN_FILENO), predictor, &waiting)
    }
    guard let path = fileName(predictor) else {
      for (index, input) in inputs.enumerated() {
        let name = inputs.count == 1 ? "input" : "input \(index + 1)"
        try waiting.add(example(input, from: name, line: nil, predictor))
      }
      return
    }
    // What a shell pipes in, as <(command) does, is read as it comes.
    if let pipe = InputLines(inherited: path) { return try askLines(of: pipe, predictor, &waiting) }
    if let examples = try predictor.queries.queries(inFile: path) {
      for example in examples { try waiting.add(example) }
      return
    }
    for (index, line) in try QueryReader.lines(ofFile: path).enumerated() {
      try waiting.add(example(line, from: path, line: index + 1, predictor))
    }
  }

  /// The file that a single argument names.
  private func fileName(_ predictor: Predictor) -> String? {
    guard inputs.count == 1, let path = inputs.first, !text else { return nil }
    // A path that leads nowhere is a slip of the hand more often than an input.
    let looksLikePath = path.contains("/") && !path.contains(" ") && !path.hasPrefix("[")
    return FileBytes.exists(path) || looksLikePath ? path : nil
  }

  /// Lines that are here together are answered together; nobody who types one waits for another.
  private func askLines(
    of input: InputLines, _ predictor: Predictor, _ waiting: inout WaitingInputs
  ) throws {
    var (input, number) = (input, 0)
    while var line = try input.next() {
      number += 1
      if number == 1, line.unicodeScalars.first == "\u{FEFF}" { line.unicodeScalars.removeFirst() }
      try waiting.add(example(line, from: input.name, line: number, predictor))
      if try !input.hasNext() { try waiting.answer() }
    }
    guard number > 0 else { throw DataError(input.name, "is empty", expected: "an input a line") }
  }

  private func example(
    _ line: String, from name: String, line number: Int?, _ predictor: Predictor
  ) throws -> Example {
    // The data is loaded for those only who ask for an example of it.
    if predictor.queries.asksForExample(line), predictor.queries.examples.isEmpty {
      let preset = predictor.preset
      let task = try TaskLoader.load(
        preset.task, seed: preset.training.seed, dataDirectories: DataDirectories.all)
      predictor.queries.examples = task.heldOutExamples
    }
    return try predictor.queries.query(line, from: name, line: number)
  }

  private func say(_ prediction: Prediction) throws {
    let line = json ? Self.json(prediction, ahead: ahead) : plain(prediction)
    try SafeOutput.show(line)
  }

  /// A class comes with its probability, a tab between them.
  private func plain(_ prediction: Prediction) -> String {
    if !prediction.values.isEmpty, ahead > 1, prediction.values.count >= ahead {
      return Prediction.text(of: prediction.values.prefix(ahead))
    }
    guard prediction.isClass, let first = prediction.alternatives.first else {
      return prediction.answer.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "⏎")
    }
    let thousandths = Int((first.probability * 1000).rounded())
    let digits = String(1000 + thousandths % 1000).dropFirst()
    return "\(prediction.answer)\t\(thousandths / 1000).\(digits)"
  }

  private static func json(_ prediction: Prediction, ahead: Int) -> String {
    var object: JSONObject = [
      "input": .string(prediction.text), "answer": .string(prediction.answer),
    ]
    if !prediction.alternatives.isEmpty {
      object["alternatives"] = .array(
        prediction.alternatives.map {
          ["label": .string($0.label), "probability": .real($0.probability)]
        })
    }
    if !prediction.labels.isEmpty {
      object["labels"] = .array(prediction.labels.map { .string($0) })
    }
    if !prediction.values.isEmpty {
      // A system without input has every step to say; what is asked for is how many.
      let rows = prediction.isUnrolled ? prediction.values[...] : prediction.values.prefix(ahead)
      object["values"] = .array(rows.map { .array($0.map { .real($0) }) })
    }
    if let truth = prediction.truth { object["truth"] = .string(truth) }
    return String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
  }
}
