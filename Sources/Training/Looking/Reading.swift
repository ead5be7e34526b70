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
    part.batch.carried = nil
    part.batch.steps.assign(lengths: [tokens.count])
    part.batch.tokens.assign(tokens)
    // Nobody knows the right answer to a typed text.
    part.batch.targets.assign(tokens.map { _ in -1 })
    return switch task.kind {
    case .sequenceToSequence, .captioning: written(text, tokens, learner)
    case .sequenceLabelling: labelled(text, tokens, learner)
    default: judged(text, tokens, learner)
    }
  }

  /// The sequence that the network writes for a source.
  private func written(_ text: String, _ tokens: [Int32], _ learner: Learner) -> ReadingFrame {
    // Copied before anything is written: a search takes its memory with it.
    readSource(learner.parameters)
    let states = typedFrame(tokens, nil, step: learner.step)
    let written = write(learner.parameters, longest: 2 * tokens.count + 10)
    let answer = task.outputVocabulary?.text(written.symbols) ?? ""
    return ReadingFrame(text: text, answer: answer, alternatives: [], states: states)
  }

  /// Runs what reads the typed source, leaving its states in the probe's memory.
  private func readSource(_ parameters: ParameterVector<Float>) {
    guard let model = part.model as? any GeneratingModel<Float> else {
      _ = outputs(parameters)
      return
    }
    part.arena.reset()
    model.readSources(part.batch, Pass(parameters: parameters, arena: part.arena))
  }

  /// A label for every symbol, the network reading its own outputs where it reads any.
  private func labelled(_ text: String, _ tokens: [Int32], _ learner: Learner) -> ReadingFrame {
    guard network.objective != .connectionistTemporalClassification else {
      return written(text, tokens, learner)
    }
    let outputs = outputs(learner.parameters, forcing: .never)
    var frame = typedFrame(tokens, nil, step: learner.step)
    frame.prediction = (0..<outputs.rows).map {
      outputName(Int32(outputs.row($0).indexOfLargest(count: outputs.columns)))
    }
    return ReadingFrame(
      text: text, answer: frame.prediction.joined(separator: " "), alternatives: [],
      states: frame)
  }

  /// What follows a text, or the class that it belongs to, by probability.
  private func judged(_ text: String, _ tokens: [Int32], _ learner: Learner) -> ReadingFrame {
    let outputs = outputs(learner.parameters, forcing: .never)
    Float.softmax(
      rows: outputs.rows, columns: outputs.columns, x: outputs.base, stride: outputs.stride)
    let last = outputs.row(max(0, outputs.rows - 1))
    let ranked = (0..<outputs.columns).sorted { last[$0] > last[$1] }.prefix(8)
    let alternatives = ranked.map {
      (label: outputName(Int32($0)), probability: Double(last[$0]))
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
    _ tokens: [Int32], _ probabilities: Matrix<Float>?, step: Int
  ) -> HiddenStateFrame {
    var frame = HiddenStateFrame(
      step: step, symbols: tokens.map { task.inputVocabulary?.name(of: $0) ?? "" }, maps: [])
    // A decoder reads no typed text, and has not run where states are asked for.
    for (name, stack) in part.model.stacks where name != "decoder" {
      for view in stack.states where view.values.rows == tokens.count {
        frame.maps.append(
          StateMap(name: view.title, units: view.values.columns, values: view.values.elements))
      }
    }
    guard let probabilities, probabilities.rows == tokens.count, task.kind == .languageModel else {
      return frame
    }
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
