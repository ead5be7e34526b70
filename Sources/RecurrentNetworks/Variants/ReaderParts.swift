import LinearAlgebra

/// What networks that read one sequence have in common: its inputs, layers in one direction of time
/// or in both, and an output layer over their states.
struct ReaderParts<Scalar: NetworkScalar> {
  let layout: ParameterLayout
  let reader: InputReader
  let stack: RecurrentStack<Scalar>
  let head: OutputLayer<Scalar>

  init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    let isTied = configuration.tieWeights
    reader = InputReader(
      sizes: sizes, embedding: configuration.embedding, isTied: isTied, layout: &layout)
    stack = RecurrentStack(
      inputSize: reader.width, hidden: configuration.stateSize, layers: configuration.layers,
      bidirectional: configuration.direction == .bidirectional, prefix: "rnn.",
      configuration: configuration, layout: &layout)
    head = OutputLayer(
      states: stack.outputSize, outputs: sizes.outputs, tied: isTied ? reader.embedding : nil,
      layout: &layout)
    self.layout = layout
  }

  var roles: ParameterRoles { ParameterRoles(head, inputEmbedding: reader.embedding) }
}
