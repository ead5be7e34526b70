import FileFormats
import TrainingEvents

/// Forms in which a run goes out to other tools.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// `metrics.csv`, one row a step, and tables of the loss landscape where somebody looked at it.
  case csv
  /// `metrics.jsonl`, one object a step with the table's column names as keys.
  case jsonl
  /// An event file with scalars and histograms.
  case tensorboard
  /// Pictures of the curves, of the newest hidden states and of what else was looked at.
  case svg
}

/// Writes a recorded run in other tools' formats.
public enum RunExporter {
  /// Exports a run.
  ///
  /// - Parameters:
  ///   - path: the run's directory, or a record.
  ///   - format: what to write.
  ///   - directory: where; made if missing. Files of the same name are replaced, each in one
  ///     stroke.
  ///   - say: gets what a person should know of the run as it was read, one line each.
  /// - Returns: the files written.
  /// - Throws: `RunError` when there is no run, or the files cannot be written.
  @discardableResult
  public static func export(
    _ path: String, format: ExportFormat, to directory: String,
    saying say: (String) -> Void = { _ in }
  ) throws(RunError) -> [String] {
    let run = try RecordedRun.read(path)
    run.notes.forEach(say)
    // An empty table would say that there was a run.
    guard run.history.count > 0 else {
      throw .unreadable(path: path, message: "holds no step of a run, nothing to export")
    }
    try FileTree.makeDirectories(directory)
    switch format {
    case .csv:
      let file = directory + "/metrics.csv"
      try AtomicFile.write(to: file) {
        (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
        try MetricsTable.write(run.history, of: run.description, to: write)
      }
      return [file] + (try write(landscape(of: run, run.frames()).tables, to: directory))
    case .jsonl:
      let file = directory + "/metrics.jsonl"
      try AtomicFile.write(to: file) {
        (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
        try MetricsTable.writeLines(run.history, of: run.description, to: write)
      }
      return [file]
    case .tensorboard:
      let began = run.started ?? FileTree.status(run.file)?.modified ?? 0
      let file = directory + "/events.out.tfevents.\(Int(min(max(0, began), 1e15))).unfold"
      try AtomicFile.write(to: file) {
        (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
        try TensorBoardExport(run: run, began: began).write(to: write)
      }
      return [file]
    case .svg: return try exportPictures(run, to: directory)
    }
  }

  private static func exportPictures(
    _ run: RecordedRun, to directory: String
  ) throws(RunError) -> [String] {
    let (history, markers) = (run.history, run.commands)
    var pictures: [(name: String, text: String)] = [
      ("loss.svg", RunCharts.loss(history, of: run.description, markers: markers).svg())
    ]
    if history.gradientNorm.hasValues {
      let chart = RunCharts.gradients(history, of: run.description, markers: markers)
      pictures.append(("gradients.svg", chart.svg()))
    }
    let frames = run.frames()
    for case .gradientByLag(let frame) in frames {
      let chart = RunCharts.gradientByLag(frame, of: run.description)
      pictures.append(("gradient-by-lag.svg", chart.svg()))
    }
    for case .hiddenStates(let frame) in frames {
      pictures.append(
        ("hidden-state.svg", RunCharts.hiddenStates(frame, of: run.description).svg()))
    }
    for case .dynamics(let frame) in frames {
      pictures += DynamicsFigures(frame, of: run.description).files.map { ($0.name, $0.text) }
    }
    pictures += landscape(of: run, frames).figures.map { ($0.name, $0.text) }
    return try write(pictures, to: directory)
  }

  private static func landscape(
    of run: RecordedRun, _ frames: [ProbeFrame]
  ) -> LandscapeFigures {
    let newest = frames.compactMap { $0.content as? LandscapeFrame }.first
    return LandscapeFigures(
      run.frames, newest: newest, through: run.history.steps.last ?? 0, of: run.description)
  }

  private static func write(
    _ files: [(name: String, text: String)], to directory: String
  ) throws(RunError) -> [String] {
    for file in files { try AtomicFile.write(file.text, to: directory + "/" + file.name) }
    return files.map { directory + "/" + $0.name }
  }
}
