import ArgumentParser
import Runs
import SequenceData
import Sessions
import Training

struct AnalyseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyse",
    abstract: "Look at a trained network as a dynamical system: fixed points, exponents, spectra.",
    discussion: """
      Reads held-out data of the snapshot's preset and follows the state s(t+1) = g(s(t), x(t+1)): \
      how many dimensions it uses, whether small differences grow or fade (Lyapunov exponents), \
      and which states stay where they are under an input that does not change (fixed points). \
      The same snapshot and seed always give the same numbers.
      """)

  @Argument(help: "A snapshot, or a run, whose newest snapshot is taken.")
  var snapshot: String

  @Flag(help: "Take the weights of the run's best validation, not the newest.")
  var best = false

  @Flag(help: "Print one JSON object; numbers that were not found are null.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Input that stays the same where fixed points are looked for: a symbol, or the numbers of one "
        + "step (default: the symbol that is read most, or zeros).", valueName: "input"))
  var input: String?

  @Option(help: "Seed of what is drawn at random (default: the run's).")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Directory for tables (trajectory.csv, spectrum.csv, fixed-points.csv), figures "
        + "(trajectory.svg, spectrum.svg) and, where somebody looked at the loss landscape in the "
        + "run, landscape.csv, landscape.svg, rate-test.csv and rate-test.svg.", valueName: "dir"),
    completion: .directory)
  var export: String?

  func run() throws {
    let loaded = try SnapshotReader.read(snapshot, best: best)
    let analysis = try SnapshotAnalysis(
      loaded.checkpoint, file: loaded.path, dataDirectories: DataDirectories.all)
    let found = try analysis.run(input: input, seed: seed)
    let listing = AnalysisListing(found, of: loaded, title: analysis.preset.title)
    try SafeOutput.show(json ? listing.json : listing.text)
    guard let export else { return }
    let files = try AnalysisExport(
      found, title: analysis.preset.title, landscape: LandscapeFigures(loaded)
    ).write(to: export)
    if !json { try SafeOutput.show("\nwrote " + files.joined(separator: ", ")) }
  }
}
