import ArgumentParser
import Foundation
import RecurrentNetworks
import Sessions
import Training

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Time training steps and compare them with this machine's fastest matrix product.",
    discussion: """
      Without any of the options that describe a network, a grid of sizes is measured. \
      The columns states and gradients are the memory that one training step uses. \
      Of sampling a row tells one symbol, which is drawn and then read; of greedy and beam a whole \
      batch that is answered.
      """)

  @Flag(help: "Print an array of objects instead of a table.")
  var json = false

  @Option(
    help: """
      What is timed: a training step (labelling, attention, ctc, grid), one symbol (sampling), or \
      a batch of sources that are answered (greedy, beam).
      """)
  var task: BenchmarkCase.Task?

  @Option(help: "The recurrent cell.")
  var cell: CellKind?

  @Option(help: "Hidden units.")
  var hidden: Int?

  @Option(help: "Sequences in a batch.")
  var batch: Int?

  @Option(help: "Time steps of the longest sequence, or an image's side in pixels.")
  var length: Int?

  @Option(help: "Size of the vocabulary.")
  var vocabulary: Int?

  @Option(help: "Threads that compute; all cores when absent.")
  var threads: Int?

  @Flag(help: "Draw lengths uniformly from 1 to the longest.")
  var varied = false

  @Option(help: "How symbols are encoded as inputs.")
  var inputs: BenchmarkCase.Inputs?

  func validate() throws {
    try check("--hidden", hidden, 1...8192)
    try check("--batch", batch, 1...65_536)
    try check("--length", length, 1...1_000_000)
    try check("--vocabulary", vocabulary, 1...1_000_000)
    try check("--threads", threads, 1...256)
    let row = describedCase
    if row.task == .grid {
      try check("--length of a grid", row.length, 2...1024)
      if varied {
        throw ValidationError("--varied is for sequences, and a grid's images are alike")
      }
    }
    let scalars = Double(row.batch) * Double(row.length) * Double(20 * row.hidden + row.vocabulary)
    guard scalars < 4e9 else {
      throw ValidationError(
        "\(row.batch) sequences of \(row.length) steps with \(row.hidden) hidden units and "
          + "\(row.vocabulary) symbols take more memory than a benchmark should")
    }
  }

  private func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
    if let value, !range.contains(value) {
      throw ValidationError(
        "\(name) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
  }

  func run() throws {
    let cases = describesNetwork ? [describedCase] : BenchmarkCase.grid(threads: threadCount)
    let peak = MatrixProductPeak.measure(threads: threadCount)
    if json {
      let rows = try cases.map { BenchmarkListing(try BenchmarkResult.measure($0), peak: peak) }
      try SafeOutput.show(BenchmarkListing.json(rows))
      return
    }
    var peaks = threadCount == 1 ? [] : [MatrixProductPeak.measure(threads: 1)]
    peaks.append(peak)
    for peak in peaks { try SafeOutput.show(BenchmarkListing.line(peak)) }
    try SafeOutput.show(BenchmarkListing.head)
    for row in cases {
      try SafeOutput.show(BenchmarkListing(BenchmarkResult.measure(row), peak: peak).line)
      fflush(nil)
    }
  }

  private var threadCount: Int {
    threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount)
  }

  private var describesNetwork: Bool {
    task != nil || cell != nil || hidden != nil || batch != nil || length != nil
      || vocabulary != nil || varied || inputs != nil
  }

  private var describedCase: BenchmarkCase {
    var row = BenchmarkCase()
    row.task = task ?? row.task
    if row.task == .grid { row.length = 28 }
    row.cell = cell ?? row.cell
    row.hidden = hidden ?? row.hidden
    row.batch = batch ?? row.batch
    row.length = length ?? row.length
    row.vocabulary = vocabulary ?? row.vocabulary
    row.threads = threadCount
    row.isVaried = varied
    row.inputs = inputs ?? row.inputs
    // One text is written, and each of its symbols is timed.
    if row.task == .sampling { row.batch = 1 }
    return row
  }
}

extension CellKind: ExpressibleByArgument {}
extension BenchmarkCase.Inputs: ExpressibleByArgument {}
extension BenchmarkCase.Task: ExpressibleByArgument {}
