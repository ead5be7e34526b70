import ArgumentParser
import Foundation
import Runs
import Sessions
import Training

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Generate text with a trained language model.")

  @Argument(help: "A snapshot, or a run, whose newest snapshot is taken.")
  var snapshot: String

  @Flag(help: "Take the weights of the run's best validation, not the newest.")
  var best = false

  @Option(help: "Text to continue.")
  var prompt = ""

  @Option(help: "Symbols to generate.")
  var length = 200

  @Option(
    help: "1 samples the network's own distribution, lower is more conservative, 0 is greedy.")
  var temperature = 0.8

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (1...10_000_000).contains(length) else {
      throw ValidationError("--length must be from 1 to 10000000, not \(length)")
    }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature must be 0 or more, not \(temperature)")
    }
  }

  func run() throws {
    let loaded = try SnapshotReader.read(snapshot, best: best)
    let network = try TrainedNetwork(loaded.checkpoint, file: loaded.path)
    try SafeOutput.show(
      prompt
        + (try network.sample(
          prompt: prompt, length: length, temperature: temperature, seed: seed,
          threads: max(1, ProcessInfo.processInfo.activeProcessorCount))))
  }
}
