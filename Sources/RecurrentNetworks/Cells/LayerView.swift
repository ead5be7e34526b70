import LinearAlgebra

/// Everything that one direction of one layer computed in its last passes, forward and backward,
/// for whoever walks through it step by step; valid until the arena is reset.
public struct LayerView<Scalar: NetworkScalar> {
  /// The cell.
  public var description: CellDescription
  /// From 1.
  public var number: Int
  /// Whether time runs from a sequence's end to its start.
  public var isReversed: Bool
  /// s(0), sequences × hidden; empty where the recurrence goes through the output.
  public var initial: Matrix<Scalar>
  /// c(0) of LSTM cells, sequences × hidden; empty in others.
  public var initialCell = Matrix<Scalar>.empty
  /// s(t), rows × hidden.
  public var states: Matrix<Scalar>
  /// ∂L/∂s(t) after a backward pass, rows × hidden.
  public var stateGradients: Matrix<Scalar>
  /// Activations of each gate, rows × hidden, in the order of the rows of W.
  public var gates: [Matrix<Scalar>]
  /// c(t) of LSTM cells.
  public var cells: Matrix<Scalar>?
  /// m(t) where s(t) = P m(t), rows × hidden.
  public var unprojected: Matrix<Scalar>?
  /// ∂L/∂(U x(t) + b), rows × gates·hidden; without b where U x is normalised.
  public var inputGradients: Matrix<Scalar>
  /// ∂L/∂(W s(t−1)), rows × gates·hidden; the same as `inputGradients` but in GRUs.
  public var recurrentGradients: Matrix<Scalar>
  /// What stands between U x, W s and the gates; nil where nothing is normalised.
  public var normalisation: Normalisation?
  /// U, gates·hidden × input.
  public var inputWeight: ParameterHandle
  /// W, gates·hidden × hidden.
  public var recurrentWeight: ParameterHandle
  /// b, gates·hidden.
  public var bias: ParameterHandle
  /// The GRU's second bias, which stands beside W; nil in other cells.
  public var recurrentBias: ParameterHandle?
  /// P, states × hidden; nil where the cell's units are s(t).
  public var projection: ParameterHandle?
  /// What acts unit by unit, such as peepholes, a row for each of the cell's; nil where nothing does.
  public var diagonals: ParameterHandle?
  /// f(t−1), what each row read of the output before instead of a state, and whether each row
  /// hands its own output on to the next; nil where the recurrence goes through the state.
  public var fedBack: (values: Matrix<Scalar>, ownIsHandedOn: [Bool])?
  /// Gains of layer normalisation, and what the cell itself was asked.
  public struct Normalisation {
    /// g_U, gates·hidden.
    public var inputGain: ParameterHandle
    /// g_W, gates·hidden.
    public var recurrentGain: ParameterHandle
    /// ∂L/∂a(t), rows × gates·hidden.
    public var sumGradients: Matrix<Scalar>
    /// ∂L/∂(g_W ⊙ N(W s(t−1))), rows × gates·hidden; the same as `sumGradients` but in GRUs.
    public var recurrentSumGradients: Matrix<Scalar>
  }

  /// The layer itself; nil where the recurrence does not go through a state.
  var layer: RecurrentLayer<Scalar>?
}

extension RecurrentLayer {
  /// What the layer holds as layer `number`.
  func view(number: Int) -> LayerView<Scalar> {
    LayerView(
      description: description, number: number, isReversed: isReversed, initial: initial,
      initialCell: initialCell, states: states,
      stateGradients: dStates, gates: cell.gateViews.prefix(description.gates.count).map(\.values),
      cells: cell.cellStates, unprojected: cell.unprojected, inputGradients: inputGradient,
      recurrentGradients: norm?.dRecurrent ?? cell.recurrentGradient,
      normalisation: weights.gains.map {
        LayerView.Normalisation(
          inputGain: $0.input, recurrentGain: $0.recurrent, sumGradients: cell.inputGradient,
          recurrentSumGradients: cell.recurrentGradient)
      }, inputWeight: weights.inputToHidden,
      recurrentWeight: weights.hiddenToHidden, bias: weights.bias,
      recurrentBias: weights.recurrentBias, projection: weights.projection,
      diagonals: weights.diagonals, layer: self)
  }
}
