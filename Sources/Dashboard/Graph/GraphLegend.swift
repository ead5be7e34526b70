import TrainingEvents

/// What the signs under a column of the unfolded graph and the numbers beside its losses mean.
struct GraphLegend {
  let run: RunDescription
  let model: GraphModel
  let showsLosses: Bool
  var measures = GraphMeasures()

  /// Empty where neither stands on screen.
  var text: String {
    [inputs, losses, measures.legend.isEmpty ? nil : measures.legend].compactMap { $0 }
      .joined(separator: " ")
  }

  private var architecture: Architecture { model.architecture }

  /// Such as `Under x(t): the symbol that is read → the likeliest output.`
  private var inputs: String? {
    guard model.columns.contains(where: { !$0.input.isEmpty }) else { return nil }
    let hasOutputs = model.columns.indices.contains {
      !model.columns[$0].output.isEmpty && model.has(.output, at: $0)
    }
    let parts = Set(model.columns.map(\.part))
    let name =
      switch (parts.contains("decoder"), parts.contains("encoder")) {
      case (true, true): "x(t) and y(t−1)"
      case (true, false): "y(t−1)"
      default: architecture.shape == .vectorToSequence ? "y(t−1)" : "x(t)"
      }
    let output = architecture.shape == .handBuilt ? "the verdict" : "the likeliest output"
    return "Under \(name): \(whatIsRead)\(hasOutputs ? " → \(output)" : "")."
  }

  private var whatIsRead: String {
    let writes = [.encoderDecoder, .vectorToSequence].contains(architecture.shape)
    if run.readsText || architecture.shape == .handBuilt { return "the symbol that is read" }
    if architecture.inputSize == 1, !writes { return "the number that is read" }
    let texts = model.columns.map(\.input)
    let isNumbered = model.columns.allSatisfy { $0.part == "decoder" || $0.input == "\($0.time)" }
    // Of vectors only their number in the sequence is shown.
    if isNumbered {
      return writes ? "the number of the row, or the symbol" : "the time step’s number"
    }
    return texts.contains { $0.hasSuffix("*") }
      ? "the number that is read, with * where it is marked" : "what is read"
  }

  private var losses: String? {
    guard showsLosses else { return nil }
    return switch run.lossUnit {
    case .natsPerTarget: "Beside L(t): its loss in nats."
    case .squaredError: "Beside L(t): its squared error."
    case .unknown: "Beside L(t): its loss."
    }
  }
}
