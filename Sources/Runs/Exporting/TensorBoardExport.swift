import FileFormats
import TrainingEvents

/// A run as TensorBoard sees it: scalars of every step, validations, histograms of states, and of
/// the parameters in its snapshots.
struct TensorBoardExport {
  let run: RecordedRun
  /// Seconds since 1970 when the run began; TensorBoard shows times relative to it.
  let began: Double
  private static let piece = 1 << 16

  func write(to write: ([UInt8]) throws(RunError) -> Void) throws(RunError) {
    var bytes = TFEvent(wallTime: began, fileVersion: TFEvent.version).record()
    func add(_ event: TFEvent) throws(RunError) {
      bytes += event.record()
      guard bytes.count >= Self.piece else { return }
      try write(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    let history = run.history
    // A log's numbers go out under the names they have, and not under others beside.
    for index in 0..<(run.isLog ? 0 : history.count) {
      let values: [(tag: String, value: Float?)] = [
        ("train/loss", history.loss[index]),
        ("train/smoothed_loss", history.smoothedLoss[index]),
        ("train/gradient_norm", history.gradientNorm.value(at: index)),
        ("train/learning_rate", history.learningRate.value(at: index)),
      ]
      try add(
        TFEvent(
          wallTime: began + finite(history.elapsed.place(at: index)),
          step: history.steps.step(at: index) ?? 0,
          values: values.compactMap { tag, value in value.map { (tag, .scalar($0)) } }))
    }
    for validation in run.isLog ? [] : history.validations {
      var values: [(tag: String, value: TFEvent.Value)] = [
        ("validation/loss", .scalar(Float(validation.loss)))
      ]
      if let metric = validation.metric {
        values.append(("validation/" + metricName, .scalar(Float(metric))))
      }
      try add(
        TFEvent(
          wallTime: began + seconds(of: validation),
          step: validation.step, values: values))
    }
    for series in history.extra {
      for index in 0..<series.values.count {
        try add(
          TFEvent(
            wallTime: began, step: series.steps.step(at: index) ?? 0,
            values: [(tag: series.name, value: .scalar(series.values[index]))]))
      }
    }
    let frames = FrameReader(run.path)
    for place in run.framePlaces {
      guard let frame = frames.read(at: place.offset),
        let histograms = histograms(.frame(frame), time: place.time)
      else { continue }
      try add(histograms)
    }
    for path in SnapshotReader.paths(inRun: run.path) {
      if let event = parameters(ofSnapshot: path) { try add(event) }
    }
    try write(bytes)
  }

  private var metricName: String {
    (run.description?.metric?.name ?? "metric").split(separator: " ").joined(separator: "_")
  }

  /// When a validation was done; when its step was, where it does not say.
  private func seconds(of validation: ValidationRecord) -> Double {
    if let elapsed = validation.elapsed { return elapsed.isFinite ? elapsed : 0 }
    let index = run.history.steps.firstIndex(notBelow: Double(validation.step))
    return index < run.history.count ? finite(run.history.elapsed.place(at: index)) : 0
  }

  private func finite(_ value: Float) -> Double { value.isFinite ? Double(value) : 0 }

  private func histograms(_ event: TrainingEvent, time: Double) -> TFEvent? {
    switch event {
    case .frame(.hiddenStates(let frame)):
      TFEvent(
        wallTime: began + time, step: frame.step,
        values: frame.maps.map { map in
          ("states/" + map.name, .histogram(.init(of: map.values)))
        })
    case .frame(.statistics(let frame)):
      TFEvent(
        wallTime: began + time, step: frame.step,
        values: frame.parameters.flatMap { parameter in
          [
            ("update_ratio/" + parameter.name, TFEvent.Value.scalar(Float(parameter.updateRatio))),
            ("gradient/" + parameter.name, .scalar(Float(parameter.gradientNorm))),
          ]
        })
    default: nil
    }
  }

  /// A snapshot's weights, one histogram a tensor. What cannot be read is left out: the curves are
  /// worth having without it.
  private func parameters(ofSnapshot path: String) -> TFEvent? {
    guard let tensors = try? TensorFile.read(path + "/model.safetensors"),
      let state = try? SnapshotReader.read(path).checkpoint.state
    else { return nil }
    return TFEvent(
      wallTime: began + state.elapsed, step: state.step,
      values: tensors.map { tensor in
        ("parameters/" + tensor.name, .histogram(.init(of: tensor.values.map(Float.init))))
      })
  }
}
