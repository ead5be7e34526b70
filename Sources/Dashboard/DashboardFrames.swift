import TerminalGraphics
import TrainingEvents

/// What probes saw, where panels look for it: the newest, or what had been seen when the run stood at
/// the cursor.
extension DashboardState {
  var hiddenStates: HiddenStateFrame? { seen() }
  var gradientByLag: GradientByLag? { seen() }
  var statistics: NetworkStatistics? { seen() }
  var samples: SampleFrame? { seen() }
  var landscape: LandscapeFrame? { seen() }
  var task: TaskFrame? { seen() }
  /// A walk is through a network that stands still, whatever step the cursor is on.
  var trace: GraphTrace? { frames.newest() }

  /// The past step that the cursor stands on; nil while panels show the newest.
  var pastStep: Int? {
    chart.cursor.flatMap { $0 < currentStep ? $0 : nil }
  }

  /// The same run at its newest step, whatever a person looks back at.
  var present: DashboardState {
    var state = self
    state.chart.cursor = nil
    return state
  }

  /// The frame of a kind that panels show: the newest one, or of a past step the newest recorded at it
  /// or before it.
  func seen(_ kind: ProbeFrame.Kind) -> ProbeFrame? {
    guard let step = pastStep else { return frames[kind] }
    // What was seen last is not always written down.
    let newest = frames[kind].flatMap { $0.step <= step ? $0 : nil }
    let recorded = past?.frame(kind, at: step)
    return (recorded?.step ?? -1) > (newest?.step ?? -1) ? recorded : newest
  }

  private func seen<Content: ProbeContent>() -> Content? {
    seen(Content.kind)?.content as? Content
  }

  /// The texts that the network was seen reading.
  var shownPassage: Passage {
    guard pastStep != nil else { return passage }
    var passage = Passage()
    if let hiddenStates, let map = shownMap { passage.add(hiddenStates, map) }
    return passage
  }

  /// Takes in what the record has of a past step.
  mutating func take(_ past: PastFrames) {
    self.past = past
    guard let map = shownMap, unitOrder.order.count != map.units else { return }
    updateUnitOrder()
  }

  /// Of which step a panel shows something, where that is not the step that the run is at; and where
  /// the cursor stands, if there is room for so many characters.
  func stepShown(by panel: PanelKind, room: Int = .max) -> String? {
    let drawing = panel.drawing
    guard !(drawing is any TrainingChart), panel != .run, !(panel == .graph && graph.isWalking)
    else { return nil }
    let kinds = ProbeFrame.Kind.allCases.filter(drawing.interests.contains)
    guard let step = kinds.lazy.compactMap({ seen($0)?.step }).first else { return nil }
    let text = "step \(NumberText.grouped(step))"
    if let pastStep {
      let both = "\(text) (cursor \(NumberText.grouped(pastStep)))"
      return both.count <= room ? both : text
    }
    return isReplaying && step != currentStep ? text : nil
  }
}
