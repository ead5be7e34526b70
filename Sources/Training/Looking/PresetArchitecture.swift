import RecurrentNetworks
import SequenceData
import TrainingEvents

/// What a preset says of its network, before any data is read.
extension Preset {
  /// The network's graph.
  /// - Parameters:
  ///   - inputSize: width of an input, which the data decides; 0 where it is not known
  ///   - outputSize: width of an output, likewise
  public func architecture(inputSize: Int = 0, outputSize: Int = 0) -> Architecture {
    Architecture(
      shape: shape, cell: network.cell.rawValue, inputSize: inputSize,
      hiddenSize: network.hidden, outputSize: outputSize, layers: network.layers,
      bidirectional: network.direction == .bidirectional, attention: network.attention != .none,
      twoDimensional: network.imageReading == .twoDimensional && task.kind == .captioning,
      teacherForcing: shape == .outputRecurrence ? network.teacherForcing : nil)
  }

  /// The network in a few words, such as `lstm 2×128 bidirectional`.
  public var networkName: String {
    guard task.kind != .handBuilt else { return "set by hand" }
    var words = [network.cell.rawValue]
    words.append(
      network.layers > 1 ? "\(network.layers)×\(network.hidden)" : "\(network.hidden)")
    if network.direction == .bidirectional { words.append("bidirectional") }
    if network.attention != .none { words.append("attention") }
    return words.joined(separator: " ")
  }

  private var shape: Architecture.Shape {
    switch task.kind {
    case .sequenceClassification: .final
    case .sequenceToSequence: .encoderDecoder
    case .captioning: task.data.format == .jsonl ? .vectorToSequence : .encoderDecoder
    case .autonomous: .autonomous
    case .handBuilt: .handBuilt
    case .languageModel, .sequenceLabelling, .forecasting:
      network.recurrence == .output
        ? .outputRecurrence : network.output == .final ? .final : .everyStep
    }
  }
}
