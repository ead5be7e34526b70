import LinearAlgebra

/// A look at what a stack computed in its last pass; valid until the arena is reset.
public struct StateView<Scalar: NetworkScalar> {
  /// Such as `layer 1`, `layer 2 backward`, `layer 1 forget gate f`.
  public var title: String
  /// One row for each packed step, one column for each unit.
  public var values: Matrix<Scalar>
  /// The lower end of the values' range: −1 for states, 0 for gates. The upper end is 1.
  public var lowest: Double
  /// Whether no value can lie beyond that range.
  public var isBounded = true
}

/// A part of a network that has layers of its own.
public enum ModelPart: String, Sendable {
  /// The only part there is.
  case whole
  /// What reads the source.
  case encoder
  /// What writes the target.
  case decoder
}

/// What people look at in the layers of one part of a network after a pass; valid until the arena
/// is reset.
public struct StackView<Scalar: NetworkScalar> {
  /// The part that the layers belong to.
  public var part = ModelPart.whole
  /// s(t) of every layer and direction, the first layer first.
  public var states: [StateView<Scalar>]
  /// Activations of every gate of every layer and direction.
  public var gates: [StateView<Scalar>] = []
  /// ∇s(t) of every layer and direction after a backward pass.
  public var stateGradients: [StateView<Scalar>]
  /// Whether each of `states` runs from a sequence's end to its start.
  public var directionsAreReversed: [Bool]
  /// W of the first layer.
  public var firstRecurrentMatrix: ParameterHandle?
  /// Every layer and direction in all its parts, in the order of `states`; empty where a network
  /// is not made of such layers.
  public var layers: [LayerView<Scalar>] = []
  /// Whether every layer but the first hands on its states plus what it read.
  public var isResidual = false
  /// Every corner's sweep over an image; empty where a network reads along a line of time.
  public var grids: [GridView<Scalar>] = []

  /// One layer in one direction that is not part of a stack.
  /// - Parameters:
  ///   - states: s(t), rows × units
  ///   - gradients: ∇s(t), rows × units
  static func layer(
    states: Matrix<Scalar>, gradients: Matrix<Scalar>, recurrentMatrix: ParameterHandle? = nil,
    layers: [LayerView<Scalar>] = []
  ) -> StackView {
    func view(_ values: Matrix<Scalar>) -> StateView<Scalar> {
      StateView(title: "layer 1", values: values, lowest: -1)
    }
    return StackView(
      states: [view(states)], stateGradients: [view(gradients)], directionsAreReversed: [false],
      firstRecurrentMatrix: recurrentMatrix, layers: layers)
  }

  /// The title of one of its views among those of the whole network, such as `decoder layer 1`.
  public func title(of view: StateView<Scalar>) -> String {
    part == .whole ? view.title : "\(part.rawValue) \(view.title)"
  }
}

extension RecurrentStack {
  /// States, gates and gradients as they stand.
  func view(of part: ModelPart = .whole) -> StackView<Scalar> {
    let all = layers.flatMap { $0 }
    return StackView(
      part: part,
      states: all.map {
        StateView(
          title: $0.title, values: $0.states, lowest: -1, isBounded: $0.description.isBounded)
      },
      gates: all.flatMap { layer in
        layer.cell.gateViews.enumerated().map { index, view in
          // What the cell made of c is of c′ where zoneout then kept some of c(t−1).
          let isProposed = layer.zoneout != nil && index >= layer.description.gates.count
          return StateView(
            title: "\(layer.title) \(view.name)" + (isProposed ? " before zoneout" : ""),
            values: view.values, lowest: view.lowest,
            isBounded: view.lowest == 0 || layer.description.gatesAreBounded)
        }
      },
      stateGradients: all.map { StateView(title: $0.title, values: $0.dStates, lowest: -1) },
      directionsAreReversed: all.map(\.isReversed),
      firstRecurrentMatrix: all.first?.weights.hiddenToHidden,
      layers: layers.enumerated().flatMap { index, directions in
        directions.map { $0.view(number: index + 1) }
      }, isResidual: isResidual)
  }
}
