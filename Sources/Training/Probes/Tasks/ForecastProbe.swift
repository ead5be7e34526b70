import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Steps of a series that are read: more do not fit a screen.
  private static let mostSteps = 400
  /// Steps that the network goes on by itself.
  private static let stepsAhead = 40
  /// The last steps of a held-out series beside what was expected one step before, in the data's
  /// own units, and how the network goes on when it reads its own outputs.
  func forecast(
    _ example: Example, _ parameters: ParameterVector<Float>, step: Int, channel: Int
  ) -> ForecastFrame {
    let end = suffix(of: example)
    let batch = pack([end])
    let width = max(1, task.outputWidth)
    let channel = ((channel % width) + width) % width
    let canGoOn = continuesItself
    if canGoOn {
      part.batch.carried = CarriedState<Float>(sequences: 1, width: part.model.carriedWidth)
    }
    let outputs = outputs(parameters)
    var frame = ForecastFrame(
      step: step, series: truths(batch, channel), predicted: column(outputs, channel),
      continuation: [], unit: task.series?.names[channel] ?? "", scoredFrom: end.scoredFrom,
      isHeldOut: sample.isHeldOut, isFreeRunning: answersInput)
    guard canGoOn, outputs.rows > 0 else { return frame }
    // The last target was the first number after what was read: the network goes on after it.
    frame.continuation = continuation(
      after: Array(batch.targetValues(of: 0).suffix(width)), count: Self.stepsAhead, parameters
    ).map { restored($0[channel], channel) }
    part.batch.carried = nil
    return frame
  }

  /// Whether targets are answers to what is read, and not the series' own next numbers.
  var answersInput: Bool { isMadeUp }

  /// Whether the network can read its own output as the next input.
  var continuesItself: Bool {
    !answersInput && network.variant == .everyStep && network.configuration.direction == .forward
      && task.inputWidth == task.outputWidth && part.model.carriedWidth > 0
  }

  /// How the network goes on when it reads `row` and then its own outputs, in its own scale. The
  /// packed batch carries the states that it goes on from.
  func continuation(
    after row: [Float], count: Int, _ parameters: ParameterVector<Float>
  ) -> [[Float]] {
    var (next, rows): ([Float], [[Float]]) = (row, [])
    for _ in 0..<count where next.allSatisfy(\.isFinite) {
      part.batch.steps.assign(lengths: [1])
      part.batch.vectors.assign(next)
      let outputs = self.outputs(parameters)
      next = (0..<next.count).map { outputs[0, $0] }
      rows.append(next)
    }
    return rows
  }

  /// The wave that a state without input unrolls, and how it goes on.
  func autonomousForecast(
    _ example: Example, _ parameters: ParameterVector<Float>, step: Int
  ) -> ForecastFrame {
    let known = example.target.steps
    var longer = example
    longer.input = .none(steps: known + Self.stepsAhead)
    let batch = pack([longer])
    let all = column(outputs(parameters), 0)
    return ForecastFrame(
      step: step, series: truths(batch, 0), predicted: Array(all.prefix(known)),
      continuation: Array(all.dropFirst(known)), unit: task.series?.names.first ?? "",
      scoredFrom: example.scoredFrom, isHeldOut: sample.isHeldOut, isFreeRunning: true)
  }

  /// One answer for each sequence of random examples, in the data's own units.
  func endForecasts(
    _ parameters: ParameterVector<Float>, step: Int, sequence: Int
  ) -> AnswersFrame {
    var frame = AnswersFrame(
      step: step, answers: [], unit: task.targetName, isHeldOut: sample.isHeldOut)
    var examples = sample.examples
    guard !examples.isEmpty else { return frame }
    // The one whose states are on screen is shown in full, so it is among them.
    let shown = sequences.examples
    if !shown.isEmpty, sample.isHeldOut {
      let example = shown[((sequence % shown.count) + shown.count) % shown.count]
      if let place = examples.firstIndex(of: example) {
        frame.shown = place
      } else {
        examples[0] = example
      }
    }
    let batch = pack(examples)
    let outputs = outputs(parameters)
    frame.answers = examples.map { AnswersFrame.Answer(truth: .nan, answer: .nan, text: $0.text) }
    for (row, n) in part.batch.steps.order.enumerated() where frame.answers.indices.contains(n) {
      frame.answers[n].truth = restored(batch.targetValues(of: n).first ?? .nan, 0)
      frame.answers[n].answer = restored(outputs[row, 0], 0)
    }
    if case .vectors(let values, let width) = examples[frame.shown].input {
      if width == 1 { frame.inputs = values }
      if isSynthetic("adding"), width == 2 {
        frame.inputs = stride(from: 0, to: values.count, by: 2).map { values[$0] }
        frame.marks = stride(from: 1, to: values.count, by: 2).map { values[$0] > 0.5 }
      }
    }
    if let mean = meanTarget {
      let errors = frame.answers.map { Double($0.truth - mean) * Double($0.truth - mean) }
      frame.baseline = TaskBaseline(
        name: "always \(shortNumber((mean * 100).rounded() / 100))",
        value: errors.reduce(0, +) / Double(max(1, errors.count)))
    }
    return frame
  }

  /// The mean of the training targets; nil without any.
  private var meanTarget: Float? {
    guard case .examples(let examples) = task.train else { return nil }
    var (sum, count) = (0.0, 0)
    for example in examples.prefix(2_000) {
      guard case .values(let values, _) = example.target, let last = values.first else { continue }
      sum += Double(restored(last, 0))
      count += 1
    }
    return count > 0 ? Float(sum / Double(count)) : nil
  }

  private func shortNumber(_ value: Float) -> String { ShortNumber.text(Double(value)) }

  private func suffix(of example: Example) -> Example {
    guard case .vectors(let values, let width) = example.input,
      case .values(let targets, let targetWidth) = example.target,
      values.count / max(1, width) == targets.count / max(1, targetWidth)
    else { return example }
    let (kept, keptTargets) = (Self.mostSteps * width, Self.mostSteps * targetWidth)
    return Example(
      input: .vectors(Array(values.suffix(kept)), width: width),
      target: .values(Array(targets.suffix(keptTargets)), width: targetWidth),
      scoredFrom: max(0, example.scoredFrom - max(0, example.target.steps - Self.mostSteps)))
  }

  private func truths(_ batch: DataBatch, _ channel: Int) -> [Float] {
    let (values, width) = (Array(batch.targetValues(of: 0)), max(1, batch.targetWidth))
    return stride(from: channel, to: values.count, by: width).map { restored(values[$0], channel) }
  }

  private func column(_ outputs: Matrix<Float>, _ channel: Int) -> [Float] {
    (0..<outputs.rows).map { restored(outputs[$0, channel], channel) }
  }

  /// A number in the data's own units.
  func restored(_ value: Float, _ channel: Int) -> Float {
    task.normalisation?.restore(value, channel: channel) ?? value
  }
}
