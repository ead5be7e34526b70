import TrainingEvents

/// Rows of the unfolded graph, from the loss down to the input.
enum GraphRow: Hashable {
  /// y, what is right.
  case target
  case loss
  case output
  /// The state that runs from the end to the start, by layer as below.
  case backwardState(Int)
  /// Layers from 1; the highest stands on top.
  case state(Int)
  /// The states over an image that come from one of its corners; corners count from 1.
  case cell(Int)
  /// What attention picks from the source for a decoder's step.
  case context
  case input
}

/// The unfolded graph of an architecture over some columns of time.
struct GraphModel {
  /// More layers than this are drawn as the first, the last and what lies between.
  static let mostLayers = 3

  let architecture: Architecture
  let columns: [GraphTrace.Column]
  let rows: [GraphRow]
  /// Which way each recurrence over an image goes; empty where nothing is read in two dimensions.
  let corners: [String]
  /// The columns that stand for an image's blocks, which are the first ones, and their rows and columns.
  let cellCount: Int
  let imageSize: (rows: Int, columns: Int)

  /// - Parameter showsTargets: whether y stands above the loss that judges by it
  init(
    _ architecture: Architecture, columns: [GraphTrace.Column], showsTargets: Bool = false
  ) {
    self.architecture = architecture
    self.columns = columns
    cellCount = columns.prefix { $0.cell != nil }.count
    let last = cellCount > 0 ? columns[cellCount - 1].cell : nil
    imageSize = (last?.row ?? 0, last?.column ?? 0)
    corners = cellCount > 0 ? architecture.grid?.corners ?? [] : []
    var rows: [GraphRow] = [.loss, .output]
    let layers = min(max(1, architecture.layers), Self.mostLayers)
    for layer in stride(from: layers, through: 1, by: -1) {
      if architecture.bidirectional { rows.append(.backwardState(layer)) }
      rows.append(.state(layer))
    }
    if architecture.attention { rows.append(.context) }
    if architecture.shape != .autonomous { rows.append(.input) }
    // States and inputs of an image stand in a picture of their own.
    if architecture.shape == .final, cellCount > 0 {
      rows = [.loss, .output]
    }
    // What was built by hand is right or wrong, and lowers no loss.
    if architecture.shape == .handBuilt { rows.removeFirst() }
    if architecture.shape == .autonomous, columns.allSatisfy({ $0.loss == nil }) {
      rows.removeFirst()
    }
    if showsTargets, rows.first == .loss { rows.insert(.target, at: 0) }
    self.rows = rows
  }

  /// The highest layer that is drawn.
  var top: Int { min(max(1, architecture.layers), Self.mostLayers) }

  /// Whether a node stands in a row at a column.
  func has(_ row: GraphRow, at index: Int) -> Bool {
    guard columns.indices.contains(index) else { return false }
    let column = columns[index]
    // Encoder and decoder meet in one node, from which every layer of the decoder starts.
    if column.part == "context" { return if case .state = row { true } else { false } }
    if column.cell != nil || column.part == "output" {
      return hasOfImage(row, isCell: column.cell != nil)
    }
    switch row {
    case .cell: return false
    case .state: return true
    case .backwardState: return architecture.bidirectional && column.part != "decoder"
    case .context: return column.part == "decoder"
    case .input: return architecture.shape != .autonomous
    case .target: return has(.loss, at: index)
    case .output, .loss:
      if column.part == "encoder" { return false }
      switch architecture.shape {
      case .final, .handBuilt: return index == columns.count - 1
      // One loss of all outputs together.
      case .everyStep where architecture.isAligned && row == .loss:
        return index == columns.count - 1
      // Where some steps have a loss, the others have no target.
      default:
        return row == .output || column.loss != nil || columns.allSatisfy { $0.loss == nil }
      }
    }
  }

  private func hasOfImage(_ row: GraphRow, isCell: Bool) -> Bool {
    switch row {
    case .cell(let corner): isCell && corners.indices.contains(corner - 1)
    case .input: isCell
    case .target, .loss, .output: !isCell
    case .state, .backwardState, .context: false
    }
  }

  /// The node's name, such as `s(2)`.
  func name(_ row: GraphRow, at index: Int) -> String {
    let column = columns[index]
    guard column.part != "context" else { return "C" }
    let time =
      column.cell.map { "(\($0.row),\($0.column))" }
      ?? (column.part == "output" ? "" : "(\(column.time))")
    switch row {
    case .cell(let corner):
      return "s" + (corners.count > 1 ? corners[corner - 1] : "") + time
    case .target: return "y" + time
    case .loss: return "L" + time
    case .output: return "o" + time
    case .backwardState(let layer):
      return "g" + (architecture.layers > 1 ? superscript(layer) : "") + time
    case .state(let layer):
      let isDecoder = column.part == "decoder"
      return (isDecoder ? "d" : "s") + (architecture.layers > 1 ? superscript(layer) : "") + time
    case .context: return "C" + time
    case .input:
      // A network that writes reads what it wrote last.
      let readsOutput = column.part == "decoder" || architecture.shape == .vectorToSequence
      return readsOutput ? "y(\(column.time - 1))" : "x" + time
    }
  }

  /// A parameter's name at a column: with the step whose own it is where steps share none.
  func parameter(_ name: String, at index: Int) -> String {
    guard let own = architecture.unsharedSteps, columns.indices.contains(index) else { return name }
    let step = min(columns[index].time, own)
    return step > 1 ? "\(name)\(step)" : name
  }

  private func superscript(_ layer: Int) -> String {
    let number = layer == top ? architecture.layers : layer
    return number < 10 ? ["", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"][number] : "ⁿ"
  }

  /// What leads up from the node below, such as `V` from a state to its output.
  func edgeBelow(_ row: GraphRow, at index: Int) -> String {
    switch row {
    case .output: return "V"
    case .state(1):
      if columns[index].part == "decoder" { return "U, C" }
      return architecture.shape == .vectorToSequence ? "U, R x" : parameter("U", at: index)
    case .state where !architecture.bidirectional: return architecture.isResidual ? "U, +" : "U"
    case .target, .loss, .backwardState, .state, .cell, .context, .input: return ""
    }
  }

  /// What leads from a state to the next.
  var recurrence: String { architecture.recurrence }

  /// What leads from a node to the one in the next column, and whether it points back; nil where
  /// nothing does.
  func edgeAcross(_ row: GraphRow, from index: Int) -> (label: String, pointsBack: Bool)? {
    guard has(row, at: index), has(row, at: index + 1) else { return nil }
    let isMeeting = columns[index].part != columns[index + 1].part
    switch row {
    case .state where architecture.shape == .outputRecurrence: return nil
    // The state before in reading order is not the one to the left or above.
    case .state
    where architecture.twoDimensional && !["decoder", "context"].contains(columns[index].part):
      return nil
    // The highest layer's last state is the context.
    case .state(let layer) where columns[index + 1].part == "context" && layer < top: return nil
    case .state: return (isMeeting ? "" : parameter(recurrence, at: index + 1), false)
    case .backwardState: return isMeeting ? nil : (recurrence, true)
    case .target, .loss, .output, .cell, .context, .input: return nil
    }
  }

  /// The row that a node of a walk stands in.
  func row(of node: GraphTrace.Node) -> GraphRow {
    if columns.indices.contains(node.column), columns[node.column].part == "context" {
      return .state(top)
    }
    if columns.indices.contains(node.column), columns[node.column].cell != nil,
      node.place == .input
    {
      return .input
    }
    switch node.place {
    case .cell(let corner): return .cell(corner)
    case .loss: return rows.contains(.loss) ? .loss : .output
    case .output, .prediction: return rows.contains(.output) ? .output : .state(1)
    case .context: return rows.contains(.context) ? .context : .state(top)
    case .input: return rows.contains(.input) ? .input : .state(1)
    case .state(let layer): return .state(drawn(layer))
    case .reversedState(let layer):
      return architecture.bidirectional ? .backwardState(drawn(layer)) : .state(drawn(layer))
    }
  }

  /// The drawn layer that stands for one of the network's.
  private func drawn(_ layer: Int) -> Int {
    layer >= architecture.layers ? top : min(max(1, layer), max(1, top - 1))
  }
}

extension DashboardState {
  /// The columns of the unfolded graph: those of the walk, else those of what is read now.
  var graphColumns: [GraphTrace.Column] {
    if let trace, graph.isWalking { return trace.columns }
    let shape = run?.architecture?.shape ?? .everyStep
    if let architecture = run?.architecture, let grid = architecture.grid {
      return columns(of: grid, architecture)
    }
    if case .translation(let frame) = task, shape == .encoderDecoder {
      return columns(frame.source, part: "encoder", []) + [Self.meeting]
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

  /// The blocks of an image, and what stands behind them.
  private func columns(
    of grid: Architecture.Grid, _ architecture: Architecture
  ) -> [GraphTrace.Column] {
    let isRead = architecture.shape == .encoderDecoder
    let cells = (0..<grid.rows * grid.columns).map { place in
      GraphTrace.Column(
        part: isRead ? "encoder" : "", time: 0, input: "",
        cell: GraphTrace.Cell(row: place / grid.columns + 1, column: place % grid.columns + 1))
    }
    guard isRead else { return cells + [GraphTrace.Column(part: "output", time: 0, input: "")] }
    return cells + [Self.meeting]
      + (1...3).map { GraphTrace.Column(part: "decoder", time: $0, input: "") }
  }

  /// C, between encoder and decoder.
  private static let meeting = GraphTrace.Column(part: "context", time: 0, input: "")

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
    return (1...3).map { GraphTrace.Column(part: "encoder", time: $0, input: "") } + [Self.meeting]
      + (1...3).map { GraphTrace.Column(part: "decoder", time: $0, input: "") }
  }
}
