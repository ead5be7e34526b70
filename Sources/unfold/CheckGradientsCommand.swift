import ArgumentParser
import Foundation
import RecurrentNetworks
import SequenceData
import Sessions
import Training

struct CheckGradientsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-gradients",
    abstract: "Compare backpropagation through time with finite differences, in double precision.",
    discussion: """
      With a preset, its own network on a few of its own sequences, parameter by parameter. \
      Without one, every combination of cell, variant, direction, loss and length of sequences.
      """)

  /// Relative errors above this are taken for a wrong gradient.
  private static let limit = 1e-6

  @OptionGroup var choice: PresetChoice

  @Option(help: "Most entries of each parameter that are checked.")
  var entries = 40

  func validate() throws {
    guard entries > 0 else { throw ValidationError("--entries must be above 0, not \(entries)") }
    if choice.preset == nil, !choice.settings.isEmpty {
      throw ValidationError("--set changes a preset: name one")
    }
  }

  func run() throws {
    let largest = try choice.preset.map(check) ?? (try checkAll())
    guard largest < Self.limit else {
      throw RunFailure(
        description: String(
          format: "a gradient's relative error is %.1e; at most %.0e was expected", largest,
          Self.limit))
    }
  }

  private func check(_ name: String) throws -> Double {
    var preset = try PresetLibrary.preset(name)
    try preset.set(arguments: choice.settings)
    let task = try TaskLoader.load(
      preset.task, seed: preset.training.seed, dataDirectories: DataDirectories.all)
    let check = try PresetGradientCheck.run(preset, task: task, entriesPerTensor: entries)
    let width = check.tensors.map(\.name.count).max() ?? 0
    try SafeOutput.show(
      Self.column("parameter", width)
        + "  symbol   checked         error  at            backpropagated     differences")
    for tensor in check.tensors {
      let place = Self.column("[\(tensor.row),\(tensor.column)]", 12)
      try SafeOutput.show(
        Self.column(tensor.name, width) + "  " + Self.column(tensor.symbol, 8)
          + Self.column(" \(tensor.checked) of \(tensor.count)", 14)
          + String(format: "%8.1e  ", tensor.largestError) + place
          + String(format: "%16.8e%16.8e", tensor.backpropagated, tensor.differences))
    }
    try SafeOutput.show(String(format: "largest relative error %.1e", check.largestError))
    return check.largestError
  }

  private func checkAll() throws -> Double {
    var largest = 0.0
    let cases = GradientCheckCase.all
    let width = cases.map(\.name.count).max() ?? 0
    try SafeOutput.show(Self.column("combination", width) + "     error  worst parameter")
    for check in cases {
      let result = check.run(entriesPerTensor: entries)
      let worst = result.tensors.max { $0.largestError < $1.largestError }
      let place = worst.map { "\($0.name)[\($0.row),\($0.column)]" } ?? ""
      try SafeOutput.show(
        Self.column(check.name, width) + String(format: "  %8.1e  ", result.largestError) + place)
      largest = max(largest, result.largestError)
    }
    try SafeOutput.show(
      String(format: "%d combinations, largest relative error %.1e", cases.count, largest))
    return largest
  }

  private static func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
