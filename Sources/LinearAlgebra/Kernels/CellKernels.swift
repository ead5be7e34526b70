import CVectorMath

/// One step of a gated cell over the rows of a batch, forward and backward.
public protocol CellKernels: BinaryFloatingPoint {
  /// One LSTM step over rows; see `LSTMCell`.
  static func lstmForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Self>, previousCell: UnsafePointer<Self>,
    previousStride: Int, cell: UnsafeMutablePointer<Self>, tanhCell: UnsafeMutablePointer<Self>,
    state: UnsafeMutablePointer<Self>, stateStride: Int)
  static func lstmBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Self>, previousCell: UnsafePointer<Self>,
    previousStride: Int, tanhCell: UnsafePointer<Self>, dState: UnsafePointer<Self>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Self>, dGates: UnsafeMutablePointer<Self>)
  /// One step over rows of an LSTM with peepholes, 3 × hidden; see `PeepholeLSTMCell`.
  static func peepholeForward(
    rows: Int, hidden: Int, peepholes: UnsafePointer<Self>, gates: UnsafeMutablePointer<Self>,
    previousCell: UnsafePointer<Self>, previousStride: Int, cell: UnsafeMutablePointer<Self>,
    tanhCell: UnsafeMutablePointer<Self>, state: UnsafeMutablePointer<Self>, stateStride: Int)
  static func peepholeBackward(
    rows: Int, hidden: Int, peepholes: UnsafePointer<Self>, gates: UnsafePointer<Self>,
    previousCell: UnsafePointer<Self>, previousStride: Int, cell: UnsafePointer<Self>,
    tanhCell: UnsafePointer<Self>, dState: UnsafePointer<Self>, dStateStride: Int,
    dCell: UnsafeMutablePointer<Self>, dGates: UnsafeMutablePointer<Self>,
    dPeepholes: UnsafeMutablePointer<Self>)
  /// One step over rows of a linear recurrent unit; see `LRUCell`.
  static func lruForward(
    rows: Int, hidden: Int, factors: UnsafePointer<Self>, inputs: UnsafePointer<Self>,
    previousCell: UnsafePointer<Self>, previousStride: Int, cell: UnsafeMutablePointer<Self>)
  static func lruBackward(
    rows: Int, hidden: Int, factors: UnsafePointer<Self>, inputs: UnsafePointer<Self>,
    previousCell: UnsafePointer<Self>, previousStride: Int, dCell: UnsafeMutablePointer<Self>,
    dInputs: UnsafeMutablePointer<Self>, dLogarithms: UnsafeMutablePointer<Self>)
  /// One sLSTM step over rows; see `SLSTMCell`.
  static func sLSTMForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Self>, previousCell: UnsafePointer<Self>,
    previousStride: Int, cell: UnsafeMutablePointer<Self>, state: UnsafeMutablePointer<Self>,
    stateStride: Int)
  static func sLSTMBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Self>, previousCell: UnsafePointer<Self>,
    previousStride: Int, cell: UnsafePointer<Self>, dState: UnsafePointer<Self>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Self>, dGates: UnsafeMutablePointer<Self>)
  /// One GRU step over rows; see `GRUCell`.
  static func gruForward(
    rows: Int, hidden: Int, input: UnsafeMutablePointer<Self>, recurrent: UnsafePointer<Self>,
    recurrentNew: UnsafeMutablePointer<Self>, previous: UnsafePointer<Self>, previousStride: Int,
    state: UnsafeMutablePointer<Self>, stateStride: Int)
  static func gruBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Self>, recurrentNew: UnsafePointer<Self>,
    previous: UnsafePointer<Self>, previousStride: Int, dState: UnsafePointer<Self>,
    dStateStride: Int, dInput: UnsafeMutablePointer<Self>, dRecurrent: UnsafeMutablePointer<Self>,
    dPrevious: UnsafeMutablePointer<Self>, dPreviousStride: Int)
  /// One minGRU step over rows; see `MinGRUCell`.
  static func minGRUForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Self>, previous: UnsafePointer<Self>,
    previousStride: Int, state: UnsafeMutablePointer<Self>, stateStride: Int)
  static func minGRUBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Self>, previous: UnsafePointer<Self>,
    previousStride: Int, dState: UnsafePointer<Self>, dStateStride: Int,
    dGates: UnsafeMutablePointer<Self>, dPrevious: UnsafeMutablePointer<Self>,
    dPreviousStride: Int)
  /// One minLSTM step over rows; see `MinLSTMCell`.
  static func minLSTMForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Self>, previous: UnsafePointer<Self>,
    previousStride: Int, state: UnsafeMutablePointer<Self>, stateStride: Int)
  static func minLSTMBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Self>, previous: UnsafePointer<Self>,
    previousStride: Int, state: UnsafePointer<Self>, stateStride: Int,
    dState: UnsafePointer<Self>, dStateStride: Int, dGates: UnsafeMutablePointer<Self>,
    dPrevious: UnsafeMutablePointer<Self>, dPreviousStride: Int)
}

extension Float: CellKernels {
  public static func lstmForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Float>, previousCell: UnsafePointer<Float>,
    previousStride: Int, cell: UnsafeMutablePointer<Float>, tanhCell: UnsafeMutablePointer<Float>,
    state: UnsafeMutablePointer<Float>, stateStride: Int
  ) {
    vector_math_lstm_forward_f32(
      rows, hidden, gates, previousCell, previousStride, cell, tanhCell, state, stateStride)
  }

  public static func lstmBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Float>, previousCell: UnsafePointer<Float>,
    previousStride: Int, tanhCell: UnsafePointer<Float>, dState: UnsafePointer<Float>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Float>,
    dGates: UnsafeMutablePointer<Float>
  ) {
    vector_math_lstm_backward_f32(
      rows, hidden, gates, previousCell, previousStride, tanhCell, dState, dStateStride, dCell,
      dGates)
  }

  public static func peepholeForward(
    rows: Int, hidden: Int, peepholes: UnsafePointer<Float>, gates: UnsafeMutablePointer<Float>,
    previousCell: UnsafePointer<Float>, previousStride: Int, cell: UnsafeMutablePointer<Float>,
    tanhCell: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>, stateStride: Int
  ) {
    vector_math_peephole_forward_f32(
      rows, hidden, peepholes, gates, previousCell, previousStride, cell, tanhCell, state,
      stateStride)
  }

  public static func peepholeBackward(
    rows: Int, hidden: Int, peepholes: UnsafePointer<Float>, gates: UnsafePointer<Float>,
    previousCell: UnsafePointer<Float>, previousStride: Int, cell: UnsafePointer<Float>,
    tanhCell: UnsafePointer<Float>, dState: UnsafePointer<Float>, dStateStride: Int,
    dCell: UnsafeMutablePointer<Float>, dGates: UnsafeMutablePointer<Float>,
    dPeepholes: UnsafeMutablePointer<Float>
  ) {
    vector_math_peephole_backward_f32(
      rows, hidden, peepholes, gates, previousCell, previousStride, cell, tanhCell, dState,
      dStateStride, dCell, dGates, dPeepholes)
  }

  public static func lruForward(
    rows: Int, hidden: Int, factors: UnsafePointer<Float>, inputs: UnsafePointer<Float>,
    previousCell: UnsafePointer<Float>, previousStride: Int, cell: UnsafeMutablePointer<Float>
  ) {
    vector_math_lru_forward_f32(
      rows, hidden, factors, inputs, previousCell, previousStride, cell)
  }

  public static func lruBackward(
    rows: Int, hidden: Int, factors: UnsafePointer<Float>, inputs: UnsafePointer<Float>,
    previousCell: UnsafePointer<Float>, previousStride: Int, dCell: UnsafeMutablePointer<Float>,
    dInputs: UnsafeMutablePointer<Float>, dLogarithms: UnsafeMutablePointer<Float>
  ) {
    vector_math_lru_backward_f32(
      rows, hidden, factors, inputs, previousCell, previousStride, dCell, dInputs, dLogarithms)
  }

  public static func sLSTMForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Float>, previousCell: UnsafePointer<Float>,
    previousStride: Int, cell: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>,
    stateStride: Int
  ) {
    vector_math_slstm_forward_f32(
      rows, hidden, gates, previousCell, previousStride, cell, state, stateStride)
  }

  public static func sLSTMBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Float>, previousCell: UnsafePointer<Float>,
    previousStride: Int, cell: UnsafePointer<Float>, dState: UnsafePointer<Float>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Float>, dGates: UnsafeMutablePointer<Float>
  ) {
    vector_math_slstm_backward_f32(
      rows, hidden, gates, previousCell, previousStride, cell, dState, dStateStride, dCell,
      dGates)
  }

  public static func gruForward(
    rows: Int, hidden: Int, input: UnsafeMutablePointer<Float>, recurrent: UnsafePointer<Float>,
    recurrentNew: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>, previousStride: Int,
    state: UnsafeMutablePointer<Float>, stateStride: Int
  ) {
    vector_math_gru_forward_f32(
      rows, hidden, input, recurrent, 3 * hidden, recurrentNew, previous, previousStride, state,
      stateStride)
  }

  public static func gruBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Float>, recurrentNew: UnsafePointer<Float>,
    previous: UnsafePointer<Float>, previousStride: Int, dState: UnsafePointer<Float>,
    dStateStride: Int, dInput: UnsafeMutablePointer<Float>,
    dRecurrent: UnsafeMutablePointer<Float>, dPrevious: UnsafeMutablePointer<Float>,
    dPreviousStride: Int
  ) {
    vector_math_gru_backward_f32(
      rows, hidden, gates, recurrentNew, previous, previousStride, dState, dStateStride, dInput,
      dRecurrent, dPrevious, dPreviousStride)
  }

  public static func minGRUForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
    previousStride: Int, state: UnsafeMutablePointer<Float>, stateStride: Int
  ) {
    vector_math_mingru_forward_f32(
      rows, hidden, gates, previous, previousStride, state, stateStride)
  }

  public static func minGRUBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Float>, previous: UnsafePointer<Float>,
    previousStride: Int, dState: UnsafePointer<Float>, dStateStride: Int,
    dGates: UnsafeMutablePointer<Float>, dPrevious: UnsafeMutablePointer<Float>,
    dPreviousStride: Int
  ) {
    vector_math_mingru_backward_f32(
      rows, hidden, gates, previous, previousStride, dState, dStateStride, dGates, dPrevious,
      dPreviousStride)
  }

  public static func minLSTMForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
    previousStride: Int, state: UnsafeMutablePointer<Float>, stateStride: Int
  ) {
    vector_math_minlstm_forward_f32(
      rows, hidden, gates, previous, previousStride, state, stateStride)
  }

  public static func minLSTMBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Float>, previous: UnsafePointer<Float>,
    previousStride: Int, state: UnsafePointer<Float>, stateStride: Int,
    dState: UnsafePointer<Float>, dStateStride: Int, dGates: UnsafeMutablePointer<Float>,
    dPrevious: UnsafeMutablePointer<Float>, dPreviousStride: Int
  ) {
    vector_math_minlstm_backward_f32(
      rows, hidden, gates, previous, previousStride, state, stateStride, dState, dStateStride,
      dGates, dPrevious, dPreviousStride)
  }
}
