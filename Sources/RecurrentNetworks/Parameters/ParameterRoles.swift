/// What the parameters of a network are for, as handles into its `ParameterVector`, so that nobody
/// has to find them by their names in files. U, W and b stand in each layer's `LayerView`.
public struct ParameterRoles: Sendable, Equatable {
  /// Additive attention's: e = vᵀ tanh(Wₐ s + Uₐ h) (Bahdanau et al. 2015).
  public struct Attention: Sendable, Equatable {
    /// Wₐ, size × decoder's state.
    public var query: ParameterHandle
    /// Uₐ, size × source's state.
    public var key: ParameterHandle
    /// v, size.
    public var energy: ParameterHandle
  }

  /// V, outputs × states, in o = c + V s.
  public var outputWeight: ParameterHandle
  /// c, outputs.
  public var outputBias: ParameterHandle
  /// E, symbols × size, of the symbols that are read; nil where inputs are vectors or one-hot.
  public var inputEmbedding: ParameterHandle?
  /// Eₜ, symbols × size, of the symbol written before; nil where it is one-hot or none is read.
  public var targetEmbedding: ParameterHandle?
  /// R, vector × gates·hidden, of one vector that enters every step; nil where there is none.
  public var vectorWeight: ParameterHandle?
  /// Nil where nothing looks back at a source.
  public var attention: Attention?

  init<Scalar>(
    _ head: OutputLayer<Scalar>, inputEmbedding: ParameterHandle? = nil,
    targetEmbedding: ParameterHandle? = nil, vectorWeight: ParameterHandle? = nil,
    attention: Attention? = nil
  ) {
    outputWeight = head.weight
    outputBias = head.bias
    self.inputEmbedding = inputEmbedding
    self.targetEmbedding = targetEmbedding
    self.vectorWeight = vectorWeight
    self.attention = attention
  }
}
