import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// Writes with a language model: draws a symbol, reads it, and draws the next.
final class TextGenerator {
  private let network: TaskNetwork
  private let vocabulary: Vocabulary
  private let model: any SequenceModel<Float>
  private let batch = PackedBatch()
  private let arena = Arena<Float>()
  /// Weights laid out once for all symbols of a text, not once for each.
  private let weights: PackedWeightCache<Float>

  /// - Parameter threads: those that share the products of a large network; results do not depend on it
  /// - Returns: nil when the task is not a language model.
  init?(network: TaskNetwork, task: TaskData, threads: Int = 1) throws(PresetError) {
    guard task.kind == .languageModel, let vocabulary = task.inputVocabulary else { return nil }
    weights = PackedWeightCache(
      smallestShared: 0, workers: threads > 1 ? WorkerPool(threads: threads).columnWorkers : nil)
    self.network = network
    self.vocabulary = vocabulary
    model = network.makeModel()
  }

  /// Writes `count` lines side by side, each after the same prompt, until a line ends or is
  /// `length` symbols long.
  func lines(
    _ parameters: ParameterVector<Float>, count: Int, length: Int, temperature: Double,
    prompt: [Int32] = [], random: inout SeededRandom
  ) -> [String] {
    weights.weightsChanged()
    let carried = CarriedState<Float>(sequences: count, width: model.carriedWidth)
    batch.carried = carried
    var current = [Int32](repeating: network.lineEnd, count: count)
    var written = [[Int32]](repeating: prompt, count: count)
    for symbol in prompt {
      _ = step(parameters, current)
      for i in current.indices { current[i] = symbol }
    }
    var isOpen = [Bool](repeating: true, count: count)
    for _ in 0..<length where isOpen.contains(true) {
      let outputs = step(parameters, current)
      for i in 0..<count where isOpen[i] {
        let symbol = Int32(
          draw(outputs.row(i), count: outputs.columns, temperature: temperature, &random))
        current[i] = symbol
        if symbol == vocabulary.end {
          isOpen[i] = false
        } else {
          written[i].append(symbol)
        }
      }
    }
    return written.map { vocabulary.text($0) }
  }

  /// Goes on with one text for `length` symbols, handing out each as it is drawn.
  func text(
    _ parameters: ParameterVector<Float>, length: Int, temperature: Double, prompt: [Int32],
    random: inout SeededRandom
  ) -> String {
    weights.weightsChanged()
    batch.carried = CarriedState<Float>(sequences: 1, width: model.carriedWidth)
    var current = network.lineEnd
    for symbol in prompt {
      _ = step(parameters, [current])
      current = symbol
    }
    var result: [Int32] = []
    for _ in 0..<length {
      let outputs = step(parameters, [current])
      current = Int32(
        draw(outputs.row(0), count: outputs.columns, temperature: temperature, &random))
      result.append(current)
    }
    return result.map { symbol in
      if symbol == vocabulary.end { return "\n" }
      return Int(symbol) < vocabulary.count ? vocabulary.symbols[Int(symbol)] : "\u{FFFD}"
    }.joined(separator: vocabulary.unit == .word ? " " : "")
  }

  private func step(_ parameters: ParameterVector<Float>, _ symbols: [Int32]) -> Matrix<Float> {
    batch.steps.assign(lengths: symbols.map { _ in 1 })
    batch.tokens.assign(symbols)
    arena.reset()
    return model.outputs(batch, Pass(parameters: parameters, arena: arena, weightCache: weights))
  }

  /// Draws from softmax(o / T); T = 0 takes the likeliest.
  private func draw(
    _ outputs: UnsafeMutablePointer<Float>, count: Int, temperature: Double,
    _ random: inout SeededRandom
  ) -> Int {
    let best = outputs.indexOfLargest(count: count)
    guard temperature > 0 else { return best }
    let highest = Double(outputs[best])
    var total = 0.0
    let weights = (0..<count).map { index in
      let weight = exp((Double(outputs[index]) - highest) / temperature)
      total += weight
      return weight
    }
    var left = random.uniform() * total
    for (index, weight) in weights.enumerated() {
      left -= weight
      if left < 0 { return index }
    }
    return best
  }
}
