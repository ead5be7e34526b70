import Foundation
import RecurrentNetworks
import Runs
import Testing

/// Files of weights as people have them, brought into a network of 3 inputs, 8 units, 2 outputs.
@Suite struct WeightCasesTests {
  private static func path(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).path + "/Weights/" + name
  }

  private static func layout(
    _ cell: CellKind = .lstm, layers: Int = 1,
    _ direction: NetworkConfiguration.Direction = .forward
  ) -> ParameterLayout {
    var configuration = NetworkConfiguration()
    (configuration.cell, configuration.hidden) = (cell, 8)
    (configuration.layers, configuration.direction) = (layers, direction)
    return EveryStepOutput<Float>(configuration, sizes: ModelSizes(width: 3, outputs: 2)).layout
  }

  private static func fit(
    _ name: String, _ layout: ParameterLayout = layout(), map: [(old: String, new: String)] = []
  ) throws -> (tensors: [NamedTensor], notes: [String], others: [String]) {
    let file = try TensorFile.readForeign(
      try path(name.contains(".") ? name : name + ".safetensors"))
    let fitted = try layout.fitting(try NamedTensor.renaming(file.tensors, map))
    return (fitted.tensors, fitted.notes, file.others)
  }

  private static func numbers(_ tensors: [NamedTensor]) -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.values) })
  }

  /// The numbers of a file of 32-bit floats, read with nothing but its layout: a header of JSON
  /// behind its length, and the bytes behind that.
  private static func stored(_ name: String) throws -> [String: [Double]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: try path(name + ".safetensors")))
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any])
    var numbers: [String: [Double]] = [:]
    for (name, entry) in header {
      guard let entry = entry as? [String: Any], let offsets = entry["data_offsets"] as? [Int],
        entry["dtype"] as? String == "F32"
      else { continue }
      let bytes = [UInt8](data[(8 + length + offsets[0])..<(8 + length + offsets[1])])
      numbers[name] = stride(from: 0, to: bytes.count, by: 4).map { at in
        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
        return Double(Float(bitPattern: bits))
      }
    }
    return numbers
  }

  @Test func everyCellsNamesAreRead() throws {
    #expect(try Self.fit("ok_lstm").notes.isEmpty)
    let plain = try Self.fit("ok_lstm").tensors
    let files: [(String, ParameterLayout, Int)] = [
      ("ok_lstm", Self.layout(), 6), ("metadata", Self.layout(), 6),
      ("mlx_unpadded_header", Self.layout(), 6), ("gru", Self.layout(.gru), 6),
      ("rnn", Self.layout(.tanh), 6),
      ("lstm_2l_bi", Self.layout(layers: 2, .bidirectional), 18),
    ]
    for (name, layout, count) in files {
      let tensors = try Self.fit(name, layout).tensors
      #expect(tensors.count == count, "\(name)")
      let stored = try Self.stored(name)
      for tensor in tensors { #expect(tensor.values == stored[tensor.name], "\(name)") }
      if name == "metadata" {
        #expect(Self.numbers(tensors) == Self.numbers(plain))
      }
    }
  }

  @Test(arguments: [("f16", 1e-3), ("bf16", 1e-2), ("f64", 1e-7)])
  func shorterAndLongerNumbersAreConverted(name: String, tolerance: Double) throws {
    let expected = Self.numbers(try Self.fit("ok_lstm").tensors)
    let found = Self.numbers(try Self.fit(name).tensors)
    #expect(expected.keys == found.keys)
    for (name, values) in expected {
      for (a, b) in zip(values, found[name] ?? []) { #expect(abs(a - b) <= tolerance) }
    }
  }

  @Test(arguments: [
    ("dataparallel_module", "prefix module."), ("torch_compile_orig_mod", "prefix _orig_mod."),
    ("lightning_model", "prefix model."), ("lstm_fc_names", "lstm.* taken as rnn.*"),
    ("lstm_fc_names", "fc.* taken as head.*"), ("extra_embedding", "embedding.weight"),
    ("bare_lstm", "names without a module taken as rnn.*"),
    ("bare_lstm", "head.bias, head.weight not in the file: they start at random"),
  ])
  func namesAreFoundAndSaid(name: String, words: String) throws {
    let (tensors, notes, _) = try Self.fit(name)
    #expect(notes.contains { $0.contains(words) }, "\(notes)")
    let stored = try Self.stored(name)
    // Each tensor has the numbers of the one that it was in the file, whatever stands before its name.
    for tensor in tensors {
      let last = tensor.name.split(separator: ".").last.map(String.init) ?? ""
      let isHead = tensor.name.hasPrefix("head.")
      let origin = stored.filter { key, _ in
        key.split(separator: ".").last.map(String.init) == last
          && (isHead == (last.count < 7)) && !key.contains("embedding")
      }
      #expect(origin.count == 1 && origin.values.first == tensor.values, "\(tensor.name)")
    }
    #expect(tensors.count == (name == "bare_lstm" ? 4 : 6))
  }

  @Test func aFileOfTorchSaveIsRead() throws {
    #expect(
      Self.numbers(try Self.fit("model.pt").tensors)
        == Self.numbers(try Self.fit("ok_lstm").tensors))
  }

  @Test func prefixesNestAndCountersAreNamed() throws {
    let (tensors, notes) = try Self.layout().fitting(
      Self.fit("ok_lstm").tensors.map { tensor in
        var tensor = tensor
        tensor.name = "model._orig_mod." + tensor.name
        return tensor
      })
    #expect(tensors.count == 6)
    #expect(notes == ["took off the names' prefix model._orig_mod."])
    #expect(
      try Self.fit("extra_int_tensors").others.sorted()
        == ["bn.num_batches_tracked (I64)", "step (I64)"])
  }

  @Test func aMapNamesModules() throws {
    let map = [(old: "lstm", new: "rnn"), (old: "fc.weight", new: "head.weight")]
    let found = try Self.fit("lstm_fc_names", map: map + [(old: "fc.bias", new: "head.bias")])
    #expect(found.notes.isEmpty)
    #expect(
      Self.numbers(found.tensors) == Self.numbers(try Self.fit("lstm_fc_names").tensors))
    #expect(throws: ParameterMismatch.self) {
      try Self.fit("lstm_fc_names", map: [(old: "gru", new: "rnn")])
    }
  }

  /// Frameworks keep a shared table under both of its names, or under either one.
  @Test func aSharedTableIsReadUnderBothOfItsNames() throws {
    var configuration = NetworkConfiguration()
    (configuration.hidden, configuration.embedding, configuration.tieWeights) = (4, 4, true)
    let layout = EveryStepOutput<Float>(configuration, sizes: ModelSizes(symbols: 5, outputs: 5))
      .layout
    let own = ParameterVector<Float>(layout).namedTensors()
    #expect(!own.contains { $0.name == "head.weight" })
    func named(_ name: String, from first: Float = 0) -> NamedTensor {
      NamedTensor(name: name, shape: [5, 4], floats: (0..<20).map { first + Float($0) })
    }
    let others = own.filter { $0.name != "embedding.weight" }
    let (both, either) = (
      [named("embedding.weight"), named("head.weight")], [named("head.weight")]
    )
    for tables in [both, either] {
      let fitted = try layout.fitting(others + tables).tensors
      #expect(
        Self.numbers(fitted)["embedding.weight"] == (0..<20).map { Double($0) }
          && fitted.count == own.count)
    }
    let renamed = try layout.fitting(
      (others + both).map { tensor in
        var tensor = tensor
        if tensor.name.hasPrefix("head.") { tensor.name = "decoder" + tensor.name.dropFirst(4) }
        return tensor
      })
    #expect(renamed.notes == ["decoder.* taken as head.*"])
    let error = #expect(throws: ParameterMismatch.self) {
      try layout.fitting(others + [named("embedding.weight"), named("head.weight", from: 1)])
    }
    #expect(error?.description.contains("head.weight differs from embedding.weight") == true)
  }

  /// Two modules that fit one name are not chosen from.
  @Test func whatFitsTwiceIsRefused() throws {
    var tensors = try Self.fit("ok_lstm").tensors
    for (index, tensor) in tensors.enumerated() where tensor.name.hasPrefix("head.") {
      tensors[index].name = "a" + tensor.name.dropFirst(4)
      var other = tensors[index]
      other.name = "b" + tensor.name.dropFirst(4)
      tensors.append(other)
    }
    let error = #expect(throws: ParameterMismatch.self) { try Self.layout().fitting(tensors) }
    #expect(
      error?.description
        == "missing head.weight [2, 8], head.bias [2]; "
        + "the file has a.bias, a.weight, b.bias, b.weight "
        + "(--map old=new gives a tensor or module another name)")
  }

  @Test(arguments: [
    ("no_bias", "missing rnn.bias_ih_l0 [32]"), ("no_bias", "bias=False"),
    ("transposed_head", "head.weight has shape [8, 2], expected [2, 8]: transposed?"),
    ("keras_transposed_ih", "rnn.weight_ih_l0 has shape [3, 32], expected [32, 3]: transposed?"),
    ("nan_weight", "head.weight[0, 0] is NaN"),
    ("lstm_2l_bi", "this network has no rnn.bias_hh_l0_reverse"),
    ("gru", "rnn.weight_ih_l0 has shape [24, 3], expected [32, 3]"),
    ("nul_padded_header", "only spaces"),
  ])
  func whatDoesNotFitIsNamed(name: String, words: String) throws {
    let error = #expect(throws: (any Error).self) { try Self.fit(name) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(words), "\(text)")
  }

  @Test(arguments: [("model.safetensors.index.json", "load_file")])
  func otherKindsAreNamedWithTheirConversion(name: String, words: String) throws {
    let error = #expect(throws: RunError.self) {
      try TensorFile.readForeign(try Self.path(name))
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(words) && text.contains("save_file"), "\(text)")
    // The parts are those that the index names, and the lines stand in backquotes to be copied.
    #expect(text.contains("open(\"\(name)\"))[\"weight_map\"]"), "\(text)")
    #expect(text.contains("`import json;") && text.hasSuffix("\"model.safetensors\")`"), "\(text)")
    #expect(!text.contains("\n"))
  }

  /// What a file is shows in its bytes, not in its name.
  @Test(arguments: ["model.pt", "pytorch_model.bin", "weights.h5", "weights.npz", "m.ckpt", "m"])
  func safetensorsUnderAnyNameAreRead(name: String) throws {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/" + name
    try FileManager.default.copyItem(atPath: try Self.path("ok_lstm.safetensors"), toPath: path)
    let file = try TensorFile.readForeign(path)
    #expect(Self.numbers(file.tensors) == (try Self.stored("ok_lstm")))
  }
}
