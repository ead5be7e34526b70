import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct TaskTests {
  @Test func accuracyIsTheShareOnTheDiagonal() {
    let frame = ConfusionFrame(
      step: 1, classes: ["a", "b"], counts: [8, 2, 1, 9], mistakes: [])
    #expect(ConfusionDrawing(frame: frame).accuracy == 0.85)
    let empty = ConfusionFrame(step: 1, classes: ["a"], counts: [0], mistakes: [])
    #expect(ConfusionDrawing(frame: empty).accuracy.isNaN)
  }

  @Test func forecastErrorIsInTheSeriesUnit() {
    let frame = ForecastFrame(
      step: 1, series: [1, 2, 3, .nan], predicted: [.nan, 2, 6, 1], continuation: [], unit: "mm")
    #expect(ForecastDrawing(frame: frame).error == 1.5)
    #expect(ForecastDrawing(frame: frame).baselineError == 1)
    let text = EventTests.text(SyntheticTasks.state(.forecasting, .forecast(frame)))
    #expect(text.contains("mean absolute error 1.50 mm") && text.contains("persistence: 1.00"))
  }

  @Test func wrongLabelsAndOutputsAreCounted() {
    #expect(LabellingDrawing.share(["a", "b"], of: ["a", "c"]) == 0.5)
    #expect(LabellingDrawing.share([], of: ["a"]) == 0)
    #expect(LabellingDrawing.share([], of: []).isNaN)
    let text = EventTests.text(
      SyntheticTasks.state(.sequenceLabelling, SyntheticTasks.labelling))
    #expect(text.contains("accuracy 98.9 %") && text.contains("n = 90 labels"))
    #expect(text.contains("always “0”: 52.0 %") && text.contains("on its own outputs"))
  }

  /// A share alone says little: what always writing the most frequent target scores stands beside.
  @Test func whatIsWrittenStandsBesideItsBaseline() {
    let score = TaskScore(
      right: 33, count: 60, sequences: 60,
      baseline: TaskBaseline(name: "always “ka”", value: 0.125))
    let caption = CaptionFrame(
      step: 1, width: 1, height: 1, pixels: [1], target: "ka", output: "ga", score: score)
    let translation = TranslationFrame(
      step: 1, source: ["a"], target: ["b"], output: ["c"], score: score)
    let tasks: [(TaskKind, TaskFrame)] = [
      (.captioning, .caption(caption)), (.sequenceToSequence, .translation(translation)),
    ]
    for (kind, frame) in tasks {
      let text = EventTests.text(SyntheticTasks.state(kind, frame))
      #expect(text.contains("exact match 55.0 %") && text.contains("n = 60"))
      #expect(text.contains("always “ka”: 12.5 %") && text.contains("held-out"), "\(kind)")
    }
  }

  /// Units that were set by hand have names, and the heatmap's rows bear them.
  @Test func namedUnitsAreCalledByTheirNames() {
    var state = SyntheticTasks.state(.handBuilt, SyntheticTasks.stack)
    let map = StateMap(
      name: "units", units: 3, values: [0, 0.5, 1, 1, 0.5, 0], lowest: 0,
      unitNames: ["depth", "tooLate", "end"])
    state.apply(.frame(.hiddenStates(HiddenStateFrame(step: 1, symbols: ["(", ")"], maps: [map]))))
    state.show(view: .states)
    let text = EventTests.text(state, Size(width: 100, height: 40))
    for name in ["depth", "tooLate", "end"] { #expect(text.contains("\(name) ")) }
  }

  @Test func theVerdictAndTheCautionAreInWords() {
    let text = EventTests.text(SyntheticTasks.state(.handBuilt, SyntheticTasks.stack))
    #expect(text.contains("(()(())) is in the language"))
    #expect(text.contains("Beyond a depth of 26"))
    #expect(text.contains("0.125"))
  }

  @Test func imagesOfAnySizeFit() {
    let scene = Scene(state: DashboardState(), appearance: Golden.appearance)
    for (width, height) in [(1, 1), (28, 28), (200, 3), (3, 200), (64, 64)] {
      let image = PixelImage(
        width: width, height: height, pixels: Array(repeating: 1, count: width * height))
      for area in [Rect(x: 2, y: 1, width: 20, height: 8), Rect(x: 0, y: 0, width: 1, height: 1)] {
        var buffer = CellBuffer(size: Size(width: 30, height: 12))
        let drawn = image.draw(scene, in: area, into: &buffer)
        #expect(drawn.width <= area.width && drawn.height <= area.height)
      }
    }
    var buffer = CellBuffer(size: Size(width: 30, height: 12))
    let short = PixelImage(width: 9, height: 9, pixels: [1])
    #expect(short.draw(scene, in: buffer.bounds, into: &buffer).isEmpty)
  }

  /// Frames whose parts do not fit together come from other programs, and are drawn all the same.
  @Test func oddFramesDraw() {
    let frames: [TaskFrame] = [
      .classification(ConfusionFrame(step: 1, classes: ["a", "b"], counts: [1], mistakes: [])),
      .classification(ConfusionFrame(step: 1, classes: [], counts: [], mistakes: [])),
      .translation(
        TranslationFrame(step: 1, source: ["a"], target: [], output: ["x", "y"], attention: [1])),
      .translation(TranslationFrame(step: 1, source: [], target: [], output: [])),
      .caption(
        CaptionFrame(
          step: 1, width: 4, height: 4, pixels: [.nan, 1], target: "漢", output: "\u{1B}")),
      .forecast(
        ForecastFrame(
          step: 1, series: [.nan, .infinity], predicted: [1], continuation: [.nan], unit: "")),
      .forecast(
        ForecastFrame(step: 1, series: [], predicted: [], continuation: [], unit: "")),
      .labelling(
        LabellingFrame(step: 1, inputs: ["a"], truth: ["b", "c"], prediction: [])),
      .labelling(LabellingFrame(step: 1, inputs: [], truth: [], prediction: [])),
      .stack(StackFrame(step: 1, language: "", unitNames: ["a"], rows: [])),
      .stack(
        StackFrame(
          step: 1, language: "x", unitNames: ["a", "b"],
          rows: [StackFrame.Row(symbol: "", stack: .nan, units: [], accepted: false)])),
    ]
    for frame in frames {
      for size in GoldenFrameTests.sizes {
        let state = SyntheticTasks.state(.sequenceToSequence, frame)
        #expect(!EventTests.text(state, size).contains("\u{1B}"))
      }
    }
  }

  @Test func aReadingShowsTheAnswerAndTheStates() {
    var state = SyntheticTasks.state(.languageModel, nil)
    #expect(EventTests.text(state).contains("press e and type a word"))
    state.apply(.reading(SyntheticTasks.reading))
    let text = EventTests.text(state)
    #expect(text.contains("unbelievable") && text.contains("62 %"))
    #expect(text.contains("the word ends"))
  }

  @Test func theOverviewShowsWhatTheTaskIs() {
    let frame = TaskFrame.classification(
      ConfusionFrame(step: 1, classes: ["a", "b"], counts: [3, 0, 1, 2], mistakes: []))
    var classifier = SyntheticTasks.state(.sequenceClassification, frame)
    classifier.show(view: .overview)
    let text = EventTests.text(classifier)
    #expect(text.contains("Confusion matrix") && !text.contains("Samples"))
    var writer = SyntheticTasks.state(.languageModel, nil)
    writer.show(view: .overview)
    #expect(EventTests.text(writer).contains("Samples"))
  }

  /// Where nobody can type what the network reads, nothing asks for it.
  @Test func onlyTextCanBeTyped() {
    var description = SyntheticRun.description
    description.task = .sequenceClassification
    description.readsText = false
    var state = DashboardState()
    state.apply(.started(description))
    state.show(view: .task)
    #expect(!EventTests.text(state).contains("press e and type"))
  }
}
