import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// What a model says its parameters are for.
@Suite struct ParameterRolesTests {
  private static func model(
    _ variant: ModelBuilder.Variant, _ cell: CellKind, embedding: Int? = nil
  ) -> any SequenceModel<Double> {
    let builder = PropertyTests.builder(variant, cell: cell)
    var configuration = builder.configuration
    var sizes = builder.sizes
    if let embedding {
      configuration.embedding = embedding
      if !sizes.hasOneVector { (sizes.symbols, sizes.width) = (6, 0) }
    }
    return ModelBuilder(configuration, variant, sizes: sizes).makeModel()
  }

  private static func handles(_ roles: ParameterRoles) -> [ParameterHandle] {
    [
      roles.outputWeight, roles.outputBias, roles.inputEmbedding, roles.targetEmbedding,
      roles.vectorWeight, roles.attention?.query, roles.attention?.key, roles.attention?.energy,
    ].compactMap(\.self)
  }

  private static func handles(_ layer: LayerView<Double>) -> [ParameterHandle] {
    gated(layer) + [layer.projection, layer.diagonals].compactMap(\.self)
  }

  private static func gated(_ layer: LayerView<Double>) -> [ParameterHandle] {
    [layer.inputWeight, layer.recurrentWeight, layer.bias, layer.recurrentBias].compactMap(\.self)
  }

  /// Every parameter is a layer's, begins a state, or has one role, and none has two.
  @Test(arguments: PropertyTests.variants, CellKind.allCases)
  func everyParameterHasOneRole(_ variant: ModelBuilder.Variant, _ cell: CellKind) {
    for embedding in [nil, 2] {
      let model = Self.model(variant, cell, embedding: embedding)
      let layers = model.stacks.flatMap(\.layers).flatMap(Self.handles)
      let known = (Self.handles(model.roles) + layers).map(\.index)
      let starts = model.layout.parameters.indices.filter {
        model.layout.parameters[$0].symbol.hasPrefix("s₀")
          || model.layout.parameters[$0].symbol.hasPrefix("c₀")
      }
      #expect((known + starts).sorted() == Array(model.layout.parameters.indices))
    }
  }

  @Test(arguments: PropertyTests.variants) func theSymbolsSayTheSame(
    _ variant: ModelBuilder.Variant
  ) {
    let model = Self.model(variant, .tanh, embedding: 2)
    func symbol(_ handle: ParameterHandle?) -> String? {
      handle.map { model.layout.parameters[$0.index].symbol }
    }
    let roles = model.roles
    #expect(symbol(roles.outputWeight) == "V" && symbol(roles.outputBias) == "c")
    let readsSymbols = ![.vectorToSequence, .autonomous].contains(variant)
    #expect(symbol(roles.inputEmbedding) == (readsSymbols ? "E" : nil))
    let writes = [.vectorToSequence, .encoderDecoder, .attentionDecoder].contains(variant)
    #expect(symbol(roles.targetEmbedding) == (writes ? "Eₜ" : nil))
    #expect(symbol(roles.vectorWeight) == (variant == .vectorToSequence ? "R" : nil))
    let attention = roles.attention.map { [$0.query, $0.key, $0.energy].map(symbol) }
    #expect(attention == (variant == .attentionDecoder ? ["Wₐ", "Uₐ", "v"] : nil))
  }

  /// Rows are of gates in the parameters of layers alone, however those are called in files.
  @Test(arguments: PropertyTests.variants, CellKind.allCases)
  func rowsOfLayersAreOfTheCellsGates(_ variant: ModelBuilder.Variant, _ cell: CellKind) {
    let model = Self.model(variant, cell)
    var ofLayers: Set<Int> = []
    for layer in model.stacks.flatMap(\.layers) {
      for handle in Self.gated(layer) {
        ofLayers.insert(handle.index)
        #expect(model.layout.parameters[handle.index].gates == layer.description.gates.count)
      }
    }
    for (index, parameter) in model.layout.parameters.enumerated()
    where !ofLayers.contains(index) {
      #expect(parameter.gates == 1, "\(parameter.name)")
    }
  }
}
