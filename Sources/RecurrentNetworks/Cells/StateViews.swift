import LinearAlgebra

/// A look at what a stack computed in its last pass; valid until the arena is reset.
public struct StateView<Scalar: NetworkScalar> {
  /// Such as `layer 1`, `layer 2 backward`, `layer 1 forget gate f`.
  public var title: String
  /// One row for each packed step, one column for each unit.
  public var values: Matrix<Scalar>
  /// The lower end of the values' range: −1 for states, 0 for gates. The upper end is 1.
  public var lowest: Double
}

extension RecurrentStack {
  /// s(t) of every layer and direction, the first layer first.
  public var states: [StateView<Scalar>] {
    layers.flatMap { directions in
      directions.map { StateView(title: $0.title, values: $0.states, lowest: -1) }
    }
  }

  /// Activations of every gate of every layer and direction.
  public var gates: [StateView<Scalar>] {
    layers.flatMap { directions in
      directions.flatMap { layer in
        layer.cell.gateViews.map {
          StateView(title: "\(layer.title) \($0.name)", values: $0.values, lowest: $0.lowest)
        }
      }
    }
  }

  /// ∇s(t) of every layer and direction after a backward pass.
  public var stateGradients: [StateView<Scalar>] {
    layers.flatMap { directions in
      directions.map { StateView(title: $0.title, values: $0.dStates, lowest: -1) }
    }
  }

  /// Whether each of `states` runs from a sequence's end to its start.
  public var directionsAreReversed: [Bool] {
    layers.flatMap { $0.map(\.isReversed) }
  }

  /// W of the first layer.
  public var firstRecurrentMatrix: ParameterHandle? {
    layers.first?.first?.weights.hiddenToHidden
  }
}
