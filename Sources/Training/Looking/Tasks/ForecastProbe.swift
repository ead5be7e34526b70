import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Steps of a series that are read: more do not fit a screen.
  private static let mostSteps = 400
  /// Steps that the network goes on by itself.
  private static let stepsAhead = 40
  /// Answers shown where each stands at its sequence's end.
  private static let mostAnswers = 100

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
      continuation: [], unit: task.series?.names[channel] ?? "")
    guard canGoOn, outputs.rows > 0 else { return frame }
    // The last target was the first number after what was read: the network goes on after it.
    frame.continuation = continuation(
      after: Array(batch.targetValues(of: 0).suffix(width)), count: Self.stepsAhead, parameters
    ).map { restored($0[channel], channel) }
    part.batch.carried = nil
    return frame
  }

  /// Whether the network can read its own output as the next input.
  var continuesItself: Bool {
    network.variant == .everyStep && network.configuration.direction == .forward
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
      continuation: Array(all.dropFirst(known)), unit: task.series?.names.first ?? "")
  }

  /// One answer a sequence: the true ones in rising order, the network's beside them.
  func endForecasts(
    _ examples: [Example], _ parameters: ParameterVector<Float>, step: Int
  ) -> ForecastFrame {
    let batch = pack(Array(examples.prefix(Self.mostAnswers)))
    let outputs = outputs(parameters)
    let answers = part.batch.steps.order.enumerated().map { row, n in
      (
        truth: restored(batch.targetValues(of: n).first ?? .nan, 0),
        guess: restored(outputs[row, 0], 0)
      )
    }.sorted { $0.truth < $1.truth }
    return ForecastFrame(
      step: step, series: answers.map(\.truth), predicted: answers.map(\.guess),
      continuation: [], unit: task.targetName)
  }

  private func suffix(of example: Example) -> Example {
    guard case .vectors(let values, let width) = example.input,
      case .values(let targets, let targetWidth) = example.target,
      values.count / max(1, width) == targets.count / max(1, targetWidth)
    else { return example }
    let (kept, keptTargets) = (Self.mostSteps * width, Self.mostSteps * targetWidth)
    return Example(
      input: .vectors(Array(values.suffix(kept)), width: width),
      target: .values(Array(targets.suffix(keptTargets)), width: targetWidth))
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
