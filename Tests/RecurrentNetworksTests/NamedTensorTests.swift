import LinearAlgebra
import RecurrentNetworks
import Testing

/// Weights in and out under PyTorch's names.
@Suite struct NamedTensorTests {
  func vector(_ cell: CellKind = .tanh) -> ParameterVector<Double> {
    var configuration = NetworkConfiguration()
    configuration.cell = cell
    configuration.hidden = 3
    let model = EveryStepOutput<Double>(
      configuration, sizes: ModelSizes(width: 2, outputs: 5))
    return ParameterVector(model.layout)
  }

  @Test func everythingWrongIsNamedAtOnceAndNothingChanges() {
    let parameters = vector()
    var tensors = parameters.namedTensors()
    for i in tensors.indices { tensors[i].values = tensors[i].values.map { _ in 1 } }
    tensors.removeAll { $0.name == "head.bias" }
    tensors.append(NamedTensor(name: "decoder.bias_ih_l0", shape: [1], values: [1]))
    for i in tensors.indices where tensors[i].name == "rnn.weight_hh_l0" {
      tensors[i].shape = [9]
    }
    let message = #expect(throws: ParameterMismatch.self) { try parameters.load(tensors) }
    #expect(
      message?.description
        == "missing head.bias [5]; this network has no decoder.bias_ih_l0; "
        + "rnn.weight_hh_l0 has shape [9], expected [3, 3]")
    #expect(parameters.norm == 0)
  }

  @Test func aTensorGivenTwiceOrCutShortIsRefused() {
    let parameters = vector()
    var tensors = parameters.namedTensors()
    tensors.append(tensors[0])
    tensors[1].values.removeLast()
    let message = #expect(throws: ParameterMismatch.self) { try parameters.load(tensors) }
    #expect(message?.description.contains("rnn.weight_hh_l0 has 8 values, expected 9") == true)
    #expect(message?.description.contains("given twice: rnn.weight_ih_l0") == true)
  }

  @Test func mergedBiasesAddAndComeOutAsOne() throws {
    let parameters = vector(.lstm)
    var tensors = parameters.namedTensors()
    for i in tensors.indices where tensors[i].name.hasPrefix("rnn.bias") {
      tensors[i].values = (0..<12).map { Double($0) * (tensors[i].name.contains("ih") ? 1 : 10) }
    }
    try parameters.load(tensors)
    let out = Dictionary(
      uniqueKeysWithValues: parameters.namedTensors().map { ($0.name, $0.values) })
    #expect(out["rnn.bias_ih_l0"] == (0..<12).map { Double($0) * 11 })
    #expect(out["rnn.bias_hh_l0"] == [Double](repeating: 0, count: 12))
  }

  /// Everything that PyTorch saves goes in, comes out under the same names and shapes, and computes
  /// the same after another round.
  @Test(arguments: EveryStepFixtureTests.names) func stateDictsMakeTheRound(_ name: String) throws {
    let fixture = try Fixture.load(name)
    let (model, batch) = try EveryStepFixtureTests.build(fixture, Double.self)
    let check = GradientCase(model, batch)
    try check.parameters.load(fixture.tensors)
    let (outputs, out) = (check.outputs(), check.parameters.namedTensors())
    #expect(
      Dictionary(uniqueKeysWithValues: out.map { ($0.name, $0.shape) })
        == fixture.parameters.mapValues(\.shape))
    check.parameters.fill(0)
    #expect(check.outputs() != outputs)
    try check.parameters.load(out.reversed())
    #expect(check.outputs() == outputs)
  }

  @Test(arguments: EncoderDecoderFixtureTests.names)
  func decodersMakeTheRound(_ name: String) throws {
    let fixture = try Fixture.load(name)
    let (configuration, sizes) = try EncoderDecoderFixtureTests.configuration(fixture)
    let model: any SequenceModel<Double> =
      fixture.attention == nil
      ? EncoderDecoder<Double>(configuration, sizes: sizes)
      : AttentionDecoder<Double>(configuration, sizes: sizes)
    let parameters = ParameterVector<Double>(model.layout)
    try parameters.load(fixture.tensors)
    let out = parameters.namedTensors()
    #expect(
      Dictionary(uniqueKeysWithValues: out.map { ($0.name, $0.shape) })
        == fixture.parameters.mapValues(\.shape))
    let again = ParameterVector<Double>(model.layout)
    try again.load(out)
    #expect(again.namedTensors() == out)
  }

  @Test func networksOfTheLecturesSymbolsKeepThem() throws {
    let names = ["output-recurrence-free", "vector-to-sequence"]
    var network = NetworkConfiguration()
    network.hidden = 5
    let models: [any SequenceModel<Double>] = [
      OutputRecurrence<Double>(network, sizes: ModelSizes(width: 4, outputs: 7)),
      VectorToSequence<Double>(network, sizes: ModelSizes(width: 5, outputs: 7)),
    ]
    for (name, model) in zip(names, models) {
      let parameters = ParameterVector<Double>(model.layout)
      #expect(
        Set(parameters.namedTensors().map(\.name))
          == Set(try Fixture.load(name).parameters.keys))
    }
  }

  @Test func aGRUKeepsItsTwoBiasesApart() throws {
    let parameters = vector(.gru)
    var tensors = parameters.namedTensors()
    for i in tensors.indices { tensors[i].values = tensors[i].values.map { _ in Double(i + 1) } }
    try parameters.load(tensors)
    #expect(parameters.namedTensors() == tensors)
  }
}
