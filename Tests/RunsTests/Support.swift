import Foundation
import RecurrentNetworks
import Training
import TrainingEvents

@testable import Runs

/// A directory that goes away with its last reference.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "unfold-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func names(_ below: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + below)) ?? []).sorted()
  }
}

enum Example {
  static func step(_ number: Int) -> StepRecord {
    StepRecord(
      step: number, epoch: Double(number) / 100, loss: 3 / Double(number) + 0.1,
      gradientNorm: 1.25 * Double(number), clipped: number % 2 == 0, learningRate: 0.002,
      tokens: 100, elapsed: Double(number) * 0.5, duration: 0.5)
  }

  static let units = KeptUnits(
    name: "in “quotes”",
    set: UnitSet(map: "layer 1 ←", units: [3, 17], threshold: 0.35, usesMagnitude: false),
    symbols: ["\n", "“", "学"], fromEnd: 12, since: 900)

  static let run = RunDescription(
    name: "words", title: "Inventing \"English\" words", lecture: "Slides 13–20",
    task: .languageModel, network: "tanh 128", parameterCount: 23_579, optimizer: "adam",
    totalSteps: 5000, clipNorm: 5, learningRate: 0.002, lossUnit: .natsPerTarget,
    metric: MetricDescription(name: "accuracy", unit: "%", higherIsBetter: true),
    targetName: "character",
    architecture: Architecture(
      shape: .everyStep, cell: "tanh", inputSize: 27, hiddenSize: 128, outputSize: 27),
    directory: "runs/words-1", readsText: true)

  static let hiddenStates = HiddenStateFrame(
    step: 20, symbols: ["a", "b\u{1B}", "␣"],
    maps: [StateMap(name: "layer 1", units: 2, values: [0.5, -1, 0.1, 0, 1, -0.3])],
    targetProbability: [0.5, .nan, 0.25], loss: [0.7, .nan, 1.4], prediction: ["b", "c", "d"])

  static func history(steps: Int) -> RunHistory {
    var history = RunHistory()
    history.append(StepBatch((0..<steps).map { step($0 + 1) }))
    history.append(
      ValidationRecord(step: steps, epoch: 1, loss: 2.5, metric: 41, elapsed: 9, isBest: true))
    return history
  }

  static func checkpoint(step: Int, validation: Double? = nil) -> Checkpoint {
    var state = ResumeState()
    state.step = step
    state.epoch = 0.1 + 0.2
    state.updates = step
    (state.learningRate, state.dropout) = (1e-3 / 3, 0)
    state.carried = [[0.1, -0.0, .leastNonzeroMagnitude, 1 / 3], []]
    state.cursor.seed = .max
    state.bestValidation = .infinity
    var checkpoint = Checkpoint(
      preset: "title: words\n",
      parameters: [
        // In the order of a file, which lists tensors by name.
        NamedTensor(name: "head.bias", shape: [1], values: [Double(Float(0.1))]),
        NamedTensor(name: "rnn.weight_hh_l0", shape: [2, 2], values: [1, -2, 0.5, 0]),
      ],
      moments: [NamedTensor(name: "mean.head.bias", shape: [1], values: [0.1])], state: state)
    checkpoint.validation = validation.map { .init(loss: $0, step: step) }
    return checkpoint
  }

  static func contents(step: Int, reason: SnapshotReason = .requested) -> SnapshotContents {
    var contents = SnapshotContents(
      checkpoint: checkpoint(step: step), history: history(steps: step), run: run)
    contents.checkpoint.reason = reason
    contents.frames.keep(.hiddenStates(hiddenStates))
    return contents
  }
}
