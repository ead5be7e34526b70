extension PanelKind {
  /// The name, as in the panel's border.
  var title: String {
    switch self {
    case .loss: "Loss"
    case .gradientNorm: "Gradient norm"
    case .gradientThroughTime: "Gradient through time"
    case .hiddenStates: "Hidden state"
    case .samples: "Samples"
    case .run: "Run"
    case .log: "Log"
    case .values: "Values"
    case .metric: "Metric"
    case .metrics: "Metrics"
    case .positionLoss: "Loss per step"
    case .waterfall: "Gradient by lag over training"
    case .updateRatios: "Update ÷ weight"
    case .parameters: "Parameters"
    case .unitReading: "Unit"
    case .unitHealth: "Units"
    case .task: "Task"
    case .reading: "Your text"
    case .graph: "Graph"
    }
  }

  /// What one sees there, in one sentence of the field's words.
  var summary: String {
    switch self {
    case .loss: "Training loss at every step, its moving average, and the validation loss."
    case .gradientNorm:
      "Norm of the gradient at every step, before clipping; the dashed line is the clip norm."
    case .gradientThroughTime:
      "Norm of the loss's gradient with respect to hidden states further and further back: how far "
        + "backpropagation through time reaches."
    case .hiddenStates:
      "Hidden state of every unit (rows) at every step of one sequence (columns)."
    case .samples: "Sequences sampled from the network as it is now."
    case .run: "State, speed, hyperparameters and health of the run."
    case .log: "Alerts, commands, best validations and snapshots, the newest at the bottom."
    case .values: "The numbers at the newest step, or under the cursor."
    case .metric: "The task's own metric on validation data."
    case .metrics: "Everything that a log holds, with its newest value and a small chart each."
    case .positionLoss: "Loss at every step of one sequence: where the network is wrong."
    case .waterfall: "How far gradients reached back, at every moment of training."
    case .updateRatios:
      "Size of each update beside the size of the weights it changes; around 0.001 is usual."
    case .parameters: "Norms of every parameter, its gradient and its update."
    case .unitReading: "One unit's activation over the text that was read."
    case .unitHealth: "Shares of units that are saturated or never change."
    case .task: "What the network answers on held-out examples, beside the targets."
    case .reading: "What the network makes of a text that you typed."
    case .graph: "The computational graph, folded, unfolded over time, or node by node."
    }
  }
}
