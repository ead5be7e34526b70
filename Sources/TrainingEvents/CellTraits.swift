/// What words and lines on screen need to know of a cell that they know by its name alone.
extension Architecture {
  private static let gated: Set<String> = ["lstm", "gru", "mingru", "minlstm", "slstm"]
  private static let withoutRecurrentWeights: Set<String> = ["mingru", "minlstm", "lru"]
  private static let names = ["mingru": "minGRU", "minlstm": "minLSTM", "slstm": "sLSTM"]

  /// Whether gates can learn to keep what an untrained network forgets.
  public var isGated: Bool { Self.gated.contains(cell) }

  /// Whether s(t−1) reaches s(t) through W; only gates lie between them otherwise.
  public var hasRecurrentWeights: Bool { !Self.withoutRecurrentWeights.contains(cell) }

  /// What leads from a state to the next: W, a gate, or the eigenvalues of a linear recurrent unit.
  public var recurrence: String { hasRecurrentWeights ? "W" : cell == "lru" ? "λ" : "gate" }

  /// Whether c(t) is carried beside s(t).
  public var carriesCell: Bool { ["lstm", "slstm", "lru"].contains(cell) }

  /// The cell as its paper writes it, such as `minGRU`.
  public var cellName: String {
    Self.names[cell] ?? (cell == "tanh" ? cell : cell.uppercased())
  }
}
