import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Reads a text that a person typed: hidden states on the way, and what comes out at its end.
  func read(_ text: String, _ learner: Learner) throws(PresetError) -> ReadingFrame {
    guard let vocabulary = task.inputVocabulary else {
      throw PresetError(description: "this network reads numbers, not text")
    }
    let symbols: [Int32]
    do {
      symbols = try vocabulary.encode(text)
    } catch {
      throw PresetError(description: error.description)
    }
    guard !symbols.isEmpty else {
      throw PresetError(description: "nothing to read: type at least one symbol")
    }
    let tokens = task.kind == .languageModel ? [network.lineEnd] + symbols : symbols
    let batch = part.batch
    batch.steps.assign(lengths: [tokens.count])
    batch.tokens.assign(tokens)
    part.arena.reset()
    let outputs = part.model.outputs(
      batch, Pass(parameters: learner.parameters, arena: part.arena))
    Float.softmax(
      rows: outputs.rows, columns: outputs.columns, x: outputs.base, stride: outputs.stride)
    let last = outputs.row(max(0, outputs.rows - 1))
    let ranked = (0..<outputs.columns).sorted { last[$0] > last[$1] }.prefix(8)
    let alternatives = ranked.map {
      (
        label: task.outputVocabulary?.name(of: Int32($0)) ?? "\($0)", probability: Double(last[$0])
      )
    }
    return ReadingFrame(
      text: text, answer: answer(alternatives.first), alternatives: alternatives,
      states: typedFrame(tokens, outputs, step: learner.step))
  }

  private func answer(_ first: (label: String, probability: Double)?) -> String {
    guard let first else { return "" }
    return "\(first.label)  \(Int((first.probability * 100).rounded())) %"
  }

  private func typedFrame(
    _ tokens: [Int32], _ probabilities: Matrix<Float>, step: Int
  ) -> HiddenStateFrame {
    var frame = HiddenStateFrame(
      step: step, symbols: tokens.map { task.inputVocabulary?.name(of: $0) ?? "" }, maps: [])
    for (_, stack) in part.model.stacks {
      for view in stack.states where view.values.rows == tokens.count {
        frame.maps.append(
          StateMap(name: view.title, units: view.values.columns, values: view.values.elements))
      }
    }
    guard probabilities.rows == tokens.count, task.kind == .languageModel else { return frame }
    for t in 0..<tokens.count {
      let row = probabilities.row(t)
      let hasNext = t + 1 < tokens.count
      frame.targetProbability.append(hasNext ? row[Int(tokens[t + 1])] : .nan)
      frame.loss.append(hasNext ? -log(row[Int(tokens[t + 1])]) : .nan)
      frame.prediction.append(
        task.outputVocabulary?.name(
          of: Int32(row.indexOfLargest(count: probabilities.columns))) ?? "")
    }
    return frame
  }
}
