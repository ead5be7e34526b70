import FileFormats
import TrainingEvents

/// The loss around the weights as it was measured over training, and the curve of the newest
/// learning-rate range test: tables for scripts, figures for a paper.
public struct LandscapeFigures: Sendable {
  /// In the title of each figure, behind what it shows.
  private let title: String
  private let subtitle: String
  /// Oldest first; those of which nothing was measured are left out.
  private let frames: [LandscapeFrame]
  private let test: LandscapeFrame.RateTest?

  /// What was measured up to a step.
  /// - Parameters:
  ///   - store: what is kept over training
  ///   - newest: the newest frame, which has the range test, be it newer than all that is kept
  ///   - step: what was measured behind it is left out
  ///   - run: names it in titles; nil where nobody does
  init(
    _ store: FrameStore, newest: LandscapeFrame? = nil, through step: Int, of run: RunDescription?
  ) {
    (title, subtitle) = (RunCharts.title(run), RunCharts.subtitle(run))
    var history: FrameHistory<LandscapeFrame> = store.history()
    if let newest, history.newest?.step != newest.step {
      history.add(newest, step: newest.step)
    }
    frames = history.entries.map(\.frame).filter { frame in
      frame.step <= step
        && [frame.sharpness, frame.relativeStep, frame.slope, frame.noiseScale].contains {
          $0 != nil
        }
    }
    test = newest?.rateTest.flatMap { $0.step <= step ? $0 : nil }
  }

  /// What a snapshot's run had measured when it was taken; of one that stands alone, the newest that it
  /// keeps itself. Nothing where nobody looked.
  /// - Parameter snapshot: as it was read
  public init(_ snapshot: LoadedSnapshot) {
    let (name, step) = (FileTree.name(of: snapshot.path), snapshot.checkpoint.state.step)
    var (store, kept) = (FrameStore(), nil as FrameStore?)
    var description: RunDescription?
    if let run = snapshot.run, var reader = try? RecordReader(run) {
      // What came behind the snapshot may be of weights that it was gone back from.
      _ = try? reader.read(frames: { _, _, _ in true }) { event, _ in
        switch event {
        case .started(let run): description = run
        case .frame(let frame): store.keep(frame)
        case .snapshot(let record) where FileTree.name(of: record.path) == name: kept = store
        default: break
        }
      }
    }
    store = kept ?? store
    var newest: LandscapeFrame? = store.newest()
    for case .landscape(let frame) in SnapshotReader.frames(of: snapshot.path) { newest = frame }
    self.init(store, newest: newest, through: step, of: description)
  }

  /// The tables that there are, by the names of their files.
  public var tables: [(name: String, text: String)] {
    Self.there([("landscape.csv", landscapeTable), ("rate-test.csv", rateTestTable)])
  }

  /// The figures that there are, by the names of their files.
  public var figures: [(name: String, text: String)] {
    Self.there([("landscape.svg", landscape?.svg()), ("rate-test.svg", rateTest?.svg())])
  }

  private static func there(_ files: [(String, String?)]) -> [(name: String, text: String)] {
    files.compactMap { name, text in text.map { (name, $0) } }
  }

  // MARK: Tables

  private var landscapeTable: String? {
    guard !frames.isEmpty else { return nil }
    var table = CSVWriter(columns: [
      "step", "sharpness", "sharpness residual", "alpha", "slope", "noise scale", "batch",
    ])
    func field(_ value: Double?) -> CSVWriter.Field { value.map { .number($0) } ?? .empty }
    for frame in frames {
      table.append([
        .integer(frame.step), field(frame.sharpness), field(frame.sharpnessResidual),
        field(frame.relativeStep), field(frame.slope), field(frame.noiseScale),
        .integer(frame.batch),
      ])
    }
    return String(decoding: table.takeBytes(), as: UTF8.self)
  }

  private var rateTestTable: String? {
    guard let test, !test.rates.isEmpty else { return nil }
    var table = CSVWriter(columns: ["rate", "smoothed loss"])
    for (rate, loss) in zip(test.rates, test.losses) {
      table.append([.number(rate), .number(loss)])
    }
    return String(decoding: table.takeBytes(), as: UTF8.self)
  }

  // MARK: Figures

  /// Sharpness, step length and noise scale over training, on one logarithmic axis.
  private var landscape: SVGLineChart? {
    let curves: [(name: String, value: (LandscapeFrame) -> Double?)] = [
      ("sharpness (largest eigenvalue of the Hessian)", \.sharpness),
      (
        "α + 1 (1: the last update ended at the minimum along it)",
        { $0.relativeStep.map { $0 + 1 } }
      ),
      ("noise scale (sequences)", \.noiseScale),
    ]
    var chart = SVGLineChart(
      title: "Loss landscape" + title, subtitle: subtitle, xLabel: "step",
      yLabel: "each in its own unit", isLogarithmic: true)
    for (index, curve) in curves.enumerated() {
      // A logarithmic axis has no room for a loss that bends down, which the table tells of.
      let points = frames.compactMap { frame in
        curve.value(frame).flatMap { $0 > 0 ? (x: Double(frame.step), y: $0) : nil }
      }
      guard !points.isEmpty else { continue }
      chart.series.append(
        SVGLineChart.Series(
          name: curve.name, color: .forSeries(index), x: points.map(\.x), y: points.map(\.y),
          width: 1.8, hasDots: points.count < 80))
    }
    return chart.series.isEmpty ? nil : chart
  }

  private var rateTest: SVGLineChart? {
    guard let test, test.rates.count > 1 else { return nil }
    let found = test.suggestedRate.map { "the loss falls fastest at \(RunCharts.short($0))" }
    var words = [
      "a copy of step \(test.step)", found ?? "no rate tried made the loss fall clearly",
    ]
    if let rate = test.divergesAt { words.append("diverges at \(RunCharts.short(rate))") }
    var chart = SVGLineChart(
      title: "Learning-rate range test" + title, subtitle: words.joined(separator: " · "),
      xLabel: "learning rate", yLabel: "training loss, smoothed",
      series: [
        SVGLineChart.Series(
          name: "", color: .smoothed, x: test.rates, y: test.losses, width: 1.8)
      ])
    chart.hasLogarithmicX = true
    chart.markers = [SVGLineChart.Marker(x: test.ownRate, text: "own rate")]
    if let rate = test.suggestedRate {
      chart.markers.append(SVGLineChart.Marker(x: rate, text: "falls fastest"))
    }
    return chart
  }
}
