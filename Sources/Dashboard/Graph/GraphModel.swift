import TrainingEvents

/// Rows of the unfolded graph, from the loss down to the input.
enum GraphRow: Hashable {
  case loss
  case output
  /// The state that runs from the end to the start.
  case backwardState
  /// Layers from 1; the highest stands on top.
  case state(Int)
  case input
}

/// The unfolded graph of an architecture over some columns of time.
struct GraphModel {
  /// More layers than this are drawn as the first, the last and what lies between.
  static let mostLayers = 3

  let architecture: Architecture
  let columns: [GraphTrace.Column]
  let rows: [GraphRow]

  init(_ architecture: Architecture, columns: [GraphTrace.Column]) {
    self.architecture = architecture
    self.columns = columns
    var rows: [GraphRow] = [.loss, .output]
    if architecture.bidirectional { rows.append(.backwardState) }
    let layers = min(max(1, architecture.layers), Self.mostLayers)
    rows += stride(from: layers, through: 1, by: -1).map { GraphRow.state($0) }
    if architecture.shape != .autonomous { rows.append(.input) }
    if architecture.shape == .autonomous, columns.allSatisfy({ $0.loss == nil }) {
      rows.removeFirst()
    }
    self.rows = rows
  }

  /// Whether a node stands in a row at a column.
  func has(_ row: GraphRow, at index: Int) -> Bool {
    guard columns.indices.contains(index) else { return false }
    let column = columns[index]
    switch row {
    case .state, .backwardState: return true
    case .input: return architecture.shape != .autonomous
    case .output, .loss:
      if column.part == "encoder" { return false }
      switch architecture.shape {
      case .final, .handBuilt: return index == columns.count - 1
      default: return true
      }
    }
  }

  /// The node's name, such as `s(2)`.
  func name(_ row: GraphRow, at index: Int) -> String {
    let column = columns[index]
    let time = "(\(column.time))"
    switch row {
    case .loss: return "L" + time
    case .output: return "o" + time
    case .backwardState: return "g" + time
    case .state(let layer):
      let isDecoder = column.part == "decoder"
      return (isDecoder ? "d" : "s") + (architecture.layers > 1 ? superscript(layer) : "") + time
    case .input:
      // A network that writes reads what it wrote last.
      let readsOutput = column.part == "decoder" || architecture.shape == .vectorToSequence
      return readsOutput ? "y(\(column.time - 1))" : "x" + time
    }
  }

  private func superscript(_ layer: Int) -> String {
    let isTop = layer == min(architecture.layers, Self.mostLayers)
    let number = isTop ? architecture.layers : layer
    return number < 10 ? ["", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"][number] : "ⁿ"
  }

  /// What leads up from the row below, such as `V` from a state to its output.
  func edgeBelow(_ row: GraphRow, at index: Int) -> String {
    switch row {
    case .loss: return ""
    case .output: return "V"
    case .backwardState: return ""
    case .state(1):
      if columns[index].part == "decoder" { return "U, C" }
      return architecture.shape == .vectorToSequence ? "U, R x" : "U"
    case .state: return "U"
    case .input: return ""
    }
  }

  /// The row that a stop of a walk stands in, by its symbol.
  func row(of stop: GraphTrace.Stop) -> GraphRow {
    var symbol = stop.symbol[...]
    while let first = symbol.first, "∇∂δ".contains(first), symbol.count > 1,
      symbol.dropFirst().first != "("
    {
      symbol.removeFirst()
    }
    switch symbol.first {
    case "L": return .loss
    case "o", "ŷ", "c", "V", "e", "α": return rows.contains(.output) ? .output : .state(1)
    case "g": return architecture.bidirectional ? .backwardState : .state(1)
    case "x", "y", "U", "R": return rows.contains(.input) ? .input : .state(1)
    default: return .state(layer(in: symbol))
    }
  }

  private func layer(in symbol: Substring) -> Int {
    let signs: [Character] = ["¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let found = symbol.lazy.compactMap { signs.firstIndex(of: $0) }.first
    return min(found.map { $0 + 1 } ?? 1, min(max(1, architecture.layers), Self.mostLayers))
  }
}

extension DashboardState {
  /// The columns of the unfolded graph: those of the walk, else those of what is read now.
  var graphColumns: [GraphTrace.Column] {
    if let trace, graph.isWalking { return trace.columns }
    let shape = run?.architecture.shape ?? .everyStep
    if case .translation(let frame) = task, shape == .encoderDecoder {
      return columns(frame.source, part: "encoder", [])
        + columns(["⊢"] + frame.output.dropLast(), part: "decoder", frame.output)
    }
    guard let frame = hiddenStates, !frame.symbols.isEmpty else { return placeholders(shape) }
    return frame.symbols.indices.map { index in
      let hasLoss = frame.loss.indices.contains(index) && frame.loss[index].isFinite
      let output = frame.prediction.indices.contains(index) ? frame.prediction[index] : ""
      return GraphTrace.Column(
        time: index + 1, input: frame.symbols[index],
        loss: hasLoss ? Double(frame.loss[index]) : nil, output: output)
    }
  }

  private func columns(
    _ symbols: [String], part: String, _ outputs: [String]
  ) -> [GraphTrace.Column] {
    symbols.enumerated().map { index, symbol in
      GraphTrace.Column(
        part: part, time: index + 1, input: symbol,
        output: outputs.indices.contains(index) ? outputs[index] : "")
    }
  }

  /// Columns without symbols, before the first look inside.
  private func placeholders(_ shape: Architecture.Shape) -> [GraphTrace.Column] {
    guard shape == .encoderDecoder else {
      return (1...5).map { GraphTrace.Column(time: $0, input: "") }
    }
    return (1...3).map { GraphTrace.Column(part: "encoder", time: $0, input: "") }
      + (1...3).map { GraphTrace.Column(part: "decoder", time: $0, input: "") }
  }
}
