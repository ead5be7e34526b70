import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Reads what a person typed: hidden states on the way, and what comes out at its end.
  ///
  /// A network of symbols reads the text; one of numbers reads them as `QueryReader` does, `#12`
  /// being an example that is held out.
  func read(
    _ text: String, _ parameters: ParameterVector<Float>, step: Int
  ) throws(PresetError) -> Prediction {
    let example: Example
    do {
      var reader = queries
      if reader.asksForExample(text) { reader.examples = heldOutExamples }
      example = try reader.query(text, from: "text")
    } catch {
      throw PresetError(description: error.description)
    }
    var prediction = predict(example, parameters, step: step)
    prediction.text = text
    prediction.attributed = attributed(example, parameters)
    return prediction
  }

  /// Positions at most whose answers are traced back, and seconds that this may take: training waits.
  private static let traced = (positions: 100, seconds: 0.1)

  /// What the answers along a typed input depend on: of a text, the symbols that were typed next, and
  /// the likeliest one at its end; of other inputs the likeliest.
  private func attributed(
    _ example: Example, _ parameters: ParameterVector<Float>
  ) -> AttributedInputs {
    let example = asRead(example)
    part.batch.carried = nil
    _ = pack([example])
    var next: ArraySlice<Int32> = []
    if task.kind == .languageModel, case .tokens(let tokens) = example.input {
      next = tokens.dropFirst()
    }
    return attributed(
      parameters, atMost: Self.traced.positions, seconds: Self.traced.seconds
    ) { row in
      let index = next.startIndex + row
      return next.indices.contains(index) ? Int(next[index]) : nil
    } ?? AttributedInputs()
  }

  /// What the network makes of an input, whose answer need not be known.
  func predict(
    _ example: Example, _ parameters: ParameterVector<Float>, step: Int
  ) -> Prediction {
    let truth = truth(of: example)
    let batch = pack([asRead(example)])
    var prediction =
      switch network.answer(to: task.kind) {
      case .writing: written(batch, parameters, step)
      case .labels: labelled(batch, parameters, step)
      case .numbers: forecast(batch, parameters, step)
      case .probabilities: judged(batch, parameters, step)
      }
    prediction.text = example.text
    prediction.truth = truth
    return prediction
  }

  /// With what opens a text, and without an answer.
  func asRead(_ example: Example) -> Example {
    var example = example
    if task.kind == .languageModel, case .tokens(let tokens) = example.input {
      example.input = .tokens([network.lineEnd] + tokens)
    }
    example.target = unknownTarget(of: example)
    example.scoredFrom = 0
    return example
  }

  /// Nobody knows the right answer to what a person typed: every row of targets counts for nothing.
  private func unknownTarget(of example: Example) -> Target {
    let rows = network.rows.targets == .sequences ? 1 : example.input.steps
    guard task.outputVocabulary == nil else {
      return network.rows.targets == .targetSteps || network.rows.vectorPerSequence
        ? .labels([]) : .labels([Int32](repeating: -1, count: rows))
    }
    let width = max(1, task.outputWidth)
    return .values([Float](repeating: .nan, count: rows * width), width: width)
  }

  /// The sequence that the network writes for a source.
  private func written(
    _ batch: DataBatch, _ parameters: ParameterVector<Float>, _ step: Int
  ) -> Prediction {
    // Copied before anything is written: a search takes its memory with it.
    readSource(parameters)
    var prediction = Prediction(states: typedFrame(batch, nil, step: step))
    let hypotheses = hypotheses(
      parameters, longest: Prediction.room(afterInput: batch.longestInput), width: beamWidth)
    prediction.take(written: hypotheses, beamWidth: beamWidth, of: task)
    return prediction
  }

  /// Runs what reads the source, leaving its states in the probe's memory.
  private func readSource(_ parameters: ParameterVector<Float>) {
    guard let model = part.model as? any GeneratingModel<Float> else {
      _ = outputs(parameters)
      return
    }
    part.arena.reset()
    model.readSources(
      part.batch, hypotheses: 1, Pass(parameters: parameters, arena: part.arena))
  }

  /// A label for every step, the network reading its own outputs where it reads any.
  private func labelled(
    _ batch: DataBatch, _ parameters: ParameterVector<Float>, _ step: Int
  ) -> Prediction {
    let outputs = outputs(parameters, forcing: network.alone)
    var prediction = Prediction(states: typedFrame(batch, nil, step: step))
    prediction.take(labelsOf: outputs, rows: 0..<outputs.rows, of: task)
    prediction.states.prediction = prediction.labels
    return prediction
  }

  /// What follows a text, or the class that it belongs to, by probability.
  private func judged(
    _ batch: DataBatch, _ parameters: ParameterVector<Float>, _ step: Int
  ) -> Prediction {
    let outputs = outputs(parameters, forcing: network.alone)
    Float.softmax(
      rows: outputs.rows, columns: outputs.columns, x: outputs.base, stride: outputs.stride)
    var prediction = Prediction(states: typedFrame(batch, outputs, step: step))
    prediction.take(probabilitiesOf: outputs, row: max(0, outputs.rows - 1), of: task)
    return prediction
  }

  /// The numbers after what was read, in the data's own units.
  private func forecast(
    _ batch: DataBatch, _ parameters: ParameterVector<Float>, _ step: Int
  ) -> Prediction {
    let goesOn = continuesItself
    if goesOn {
      part.batch.carried = CarriedState<Float>(sequences: 1, width: part.model.carriedWidth)
    }
    let outputs = outputs(parameters, forcing: network.alone)
    var prediction = Prediction(states: typedFrame(batch, nil, step: step))
    let width = max(1, task.outputWidth)
    guard outputs.rows > 0 else { return prediction }
    let isWhole = task.kind == .autonomous
    let last = (0..<width).map { outputs[outputs.rows - 1, $0] }
    var rows =
      isWhole ? (0..<outputs.rows).map { row in (0..<width).map { outputs[row, $0] } } : [last]
    if goesOn { rows += continuation(after: last, count: Prediction.mostAhead - 1, parameters) }
    part.batch.carried = nil
    prediction.isUnrolled = isWhole
    prediction.values = rows.map { row in
      row.enumerated().map { Double(restored($0.element, $0.offset)) }
    }
    prediction.answer = Prediction.text(of: prediction.values.prefix(isWhole ? rows.count : 1))
    return prediction
  }

  func truth(of example: Example) -> String? {
    switch example.target {
    case .none: return nil
    case .label(let label): return outputName(label)
    case .labels(let labels):
      let isText = task.kind == .sequenceToSequence || task.kind == .captioning
      guard isText else { return labels.map { outputName($0) }.joined(separator: " ") }
      return task.outputVocabulary?.text(labels)
    case .values(let values, let width):
      let last = values.suffix(max(1, width)).enumerated()
      return Prediction.text(of: [last.map { Double(restored($0.element, $0.offset)) }])
    }
  }

  private func typedFrame(
    _ batch: DataBatch, _ probabilities: Matrix<Float>?, step: Int
  ) -> HiddenStateFrame {
    let steps = batch.longestInput
    var frame = HiddenStateFrame(
      step: step, symbols: (0..<steps).map { symbol(batch, 0, $0) }, maps: [])
    // A decoder reads no typed text, and has not run where states are asked for.
    guard network.variant != .vectorToSequence else { return frame }
    for stack in part.model.stacks where stack.part != .decoder {
      for view in stack.states where view.values.rows == steps {
        frame.maps.append(
          StateMap(name: view.title, units: view.values.columns, values: view.values.elements))
      }
    }
    guard let probabilities, probabilities.rows == steps, task.kind == .languageModel else {
      return frame
    }
    let tokens = Array(batch.inputTokens(of: 0))
    for t in 0..<steps {
      let row = probabilities.row(t)
      let hasNext = t + 1 < steps
      frame.targetProbability.append(hasNext ? row[Int(tokens[t + 1])] : .nan)
      frame.loss.append(hasNext ? -log(row[Int(tokens[t + 1])]) : .nan)
      frame.prediction.append(
        task.outputVocabulary?.name(
          of: Int32(row.indexOfLargest(count: probabilities.columns))) ?? "")
    }
    return frame
  }
}
