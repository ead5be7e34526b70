import TerminalGraphics
import TrainingEvents

/// The panels that views are made of.
enum PanelKind: String, Sendable, CaseIterable {
  case loss
  case gradientNorm
  case gradientThroughTime
  case hiddenStates
  case samples
  case run
  case log
  case values
  case metric
  case metrics
  case positionLoss
  case waterfall
  case updateRatios
  case parameters
  case unitReading
  case unitHealth
  case task
  case reading
  case graph
}

/// Where a panel stands.
struct PanelPlacement: Sendable, Equatable {
  var panel: PanelKind
  var rect: Rect
}

extension PanelKind {
  /// What must be measured while the panel is on screen.
  var interests: ProbeRequest.Interests {
    switch self {
    case .loss, .gradientNorm, .log, .values, .metric, .metrics, .reading: []
    case .task: [.task]
    case .gradientThroughTime, .waterfall: [.gradientByLag]
    case .hiddenStates, .positionLoss, .graph: [.hiddenStates]
    case .unitReading: [.hiddenStates, .passage]
    case .unitHealth: [.hiddenStates, .statistics]
    case .samples: [.samples]
    case .run, .updateRatios, .parameters: [.statistics]
    }
  }

  /// The keys that work while the panel has the focus, besides those that always do.
  var context: KeyBinding.Context? {
    switch self {
    case .loss, .gradientNorm, .values, .metric, .waterfall, .updateRatios: .chart
    case .hiddenStates, .unitReading, .unitHealth: .units
    case .gradientThroughTime, .positionLoss, .samples, .run, .parameters, .task, .reading: nil
    case .log: .log
    case .metrics: .metrics
    case .graph: .graph
    }
  }

  /// The panel's drawing.
  var drawing: any Panel {
    switch self {
    case .loss: LossPanel()
    case .gradientNorm: GradientNormPanel()
    case .gradientThroughTime: GradientThroughTimePanel()
    case .hiddenStates: HiddenStatesPanel()
    case .samples: SamplesPanel()
    case .run: RunPanel()
    case .log: LogPanel()
    case .values: ValuesPanel()
    case .metric: MetricPanel()
    case .metrics: MetricsPanel()
    case .positionLoss: PositionLossPanel()
    case .waterfall: WaterfallPanel()
    case .updateRatios: UpdateRatiosPanel()
    case .parameters: ParametersPanel()
    case .unitReading: UnitReadingPanel()
    case .unitHealth: UnitHealthPanel()
    case .task: TaskPanel()
    case .reading: ReadingPanel()
    case .graph: GraphPanel()
    }
  }
}
