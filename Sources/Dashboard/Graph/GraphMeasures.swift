import TerminalGraphics
import TrainingEvents

/// How large signal and gradient are at the states of the unfolded graph while nobody walks through
/// it, as far as they were measured: states as they were read last, gradients by their distance from
/// the last loss.
struct GraphMeasures {
  typealias Place = GraphModel.Place

  /// √mean s², over the units of a state.
  private(set) var states: [Place: Float] = [:]
  /// ‖∂L(τ)/∂s(t)‖, as far from τ as the state stands.
  private(set) var gradients: [Place: Float] = [:]
  /// The state that the last loss is read off, where its gradient is known.
  private(set) var end: Place?

  /// Gradients below this share of the largest are all drawn as the faintest.
  static let faintest: Float = 1e-3

  init() {}

  init(_ state: DashboardState, _ model: GraphModel) {
    guard !state.graph.isWalking else { return }
    if model.architecture.twoDimensional {
      measure(image: state.hiddenStates, model)
      return
    }
    for row in model.rows {
      guard let (layer, isReversed) = Self.layer(of: row, in: model) else { continue }
      for (index, column) in model.columns.enumerated()
      where model.has(row, at: index) && column.part != "context" {
        let name =
          (column.part.isEmpty ? "" : column.part + " ") + "layer \(layer)"
          + (isReversed ? " backward" : "")
        let place = Place(row: row, column: index)
        if let size = Self.size(name, index, state, model) { states[place] = size }
        if let norm = Self.norm(name, index, isReversed: isReversed, state, model) {
          gradients[place] = norm
        }
      }
    }
    if let last = Self.lastLoss(model) {
      let place = Place(row: .state(model.top), column: last)
      if gradients[place] != nil { end = place }
    }
  }

  /// States of every block of an image, where all of them were looked at.
  private mutating func measure(image frame: HiddenStateFrame?, _ model: GraphModel) {
    for (index, corner) in model.corners.enumerated() {
      guard let map = frame?.maps.first(where: { $0.name.hasSuffix("cells \(corner)") }),
        map.units > 0, map.columns == model.cellCount
      else { continue }
      for place in 0..<map.columns {
        let size = Self.size(map, place)
        if size.isFinite { states[Place(row: .cell(index + 1), column: place)] = size }
      }
    }
  }

  private static func size(_ map: StateMap, _ column: Int) -> Float {
    let units = map.values[column * map.units..<(column + 1) * map.units]
    return (units.reduce(0) { $0 + $1 * $1 } / Float(map.units)).squareRoot()
  }

  /// The layer that a row of states stands for; nil for other rows.
  private static func layer(of row: GraphRow, in model: GraphModel) -> (Int, isReversed: Bool)? {
    func number(_ layer: Int) -> Int { layer == model.top ? model.architecture.layers : layer }
    return switch row {
    case .state(let layer): (number(layer), false)
    case .backwardState(let layer): (number(layer), true)
    case .target, .loss, .output, .cell, .context, .input: nil
    }
  }

  /// The size of a state that stands in the map of its layer; nil where that is of another text.
  private static func size(
    _ name: String, _ column: Int, _ state: DashboardState, _ model: GraphModel
  ) -> Float? {
    guard let frame = state.hiddenStates, model.columns[column].part != "decoder",
      let map = frame.maps.first(where: { $0.name == name }), map.units > 0
    else { return nil }
    let read = model.columns.filter { $0.part == model.columns[column].part }.map(\.input)
    guard read == frame.symbols, map.columns == read.count else { return nil }
    let size = size(map, column)
    return size.isFinite ? size : nil
  }

  /// Where the last loss stands; nil where that is not known.
  private static func lastLoss(_ model: GraphModel) -> Int? {
    let hasLosses = model.columns.contains { $0.loss != nil }
    return model.columns.indices.last {
      model.has(.output, at: $0) && (!hasLosses || model.columns[$0].loss != nil)
    }
  }

  private static func norm(
    _ name: String, _ column: Int, isReversed: Bool, _ state: DashboardState, _ model: GraphModel
  ) -> Float? {
    guard let curve = state.gradientByLag?.curves.first(where: { $0.name == name }),
      let last = lastLoss(model)
    else { return nil }
    let part = model.columns[column].part
    let beside = model.columns.indices.filter { model.columns[$0].part == part }
    guard let (first, end) = beside.first.flatMap({ first in beside.last.map { (first, $0) } })
    else { return nil }
    // The direction from the end has come to the sequence's start, which stands on screen only where
    // the whole sequence does: of a long one only its end is asked for or recorded.
    if isReversed, beside.count >= ProbeRequest().columns { return nil }
    let lag =
      switch part {
      // Behind all of the decoder's steps.
      case "encoder":
        model.columns.count { $0.part == "decoder" } + (isReversed ? column - first : end - column)
      default: isReversed ? column - first : last - column
      }
    guard curve.norms.indices.contains(lag), curve.norms[lag].isFinite else { return nil }
    return curve.norms[lag]
  }

  // MARK: Scales

  var largestState: Float { states.values.max() ?? 0 }
  var largestGradient: Float { gradients.values.max() ?? 0 }

  /// 0…1, by its share of the largest.
  func strength(state place: Place) -> Float? {
    guard let size = states[place], largestState > 0 else { return nil }
    return size / largestState
  }

  /// 0…1, by powers of ten below the largest.
  func strength(gradient place: Place) -> Float? {
    guard let norm = gradients[place], largestGradient > 0 else { return nil }
    guard norm > largestGradient * Self.faintest else { return 0 }
    return 1
      - Float(
        Logarithm.base10(Double(norm / largestGradient)) / Logarithm.base10(Double(Self.faintest)))
  }

  /// What is coloured; empty where nothing is.
  var legend: String {
    var parts: [String] = []
    if largestState > 0 { parts.append("Shade of s: √mean s² over its units.") }
    if largestGradient > 0 {
      parts.append(
        "∇ and its lines: ‖∂L(τ)/∂s(t)‖ of the last loss, shaded by powers of ten down to a thousandth, "
          + "averaged over sequences by τ − t.")
    }
    return parts.joined(separator: " ")
  }

  /// The scales, as `s ≤ 0.42` in the strongest colour of each.
  func scales(_ drawing: UnfoldedDrawing) -> StyledText {
    var text = StyledText()
    let scales = [
      ("s", largestState, GraphTrace.Node.Direction.forward), ("∇", largestGradient, .backward),
    ]
    for (name, largest, direction) in scales where largest > 0 {
      text.add("  ", .plain)
      text.add(
        " \(name) ≤ \(NumberText.significant(Double(largest), 2)) ", drawing.style(1, direction),
        joined: true)
    }
    return text
  }
}
