import FileFormats
import Foundation
import RecurrentNetworks
import Runs
import Testing

/// Files of `torch.save` (PyTorch 2.15 made them) that hold the weights of `ok_lstm.safetensors`.
@Suite struct TorchWeightsTests {
  private static func path(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).path + "/Weights/" + name
  }

  private static func numbers(_ name: String) throws -> [String: [Double]] {
    let tensors = try TensorFile.readForeign(try path(name)).tensors
    return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.values) })
  }

  @Test(arguments: [
    "state_dict.pt", "legacy.pt", "checkpoint.pt", "transposed_strides.pt", "view.pt", "double.pt",
    "parameters.pt", "no_checksums.pt", "zip64.pt", "packed_again.pt", "big_endian.pt",
    "counter.pt",
  ])
  func everyFormHoldsTheSameNumbers(name: String) throws {
    #expect(try Self.numbers("torch/" + name) == Self.numbers("ok_lstm.safetensors"))
    let shapes = try TensorFile.readForeign(try Self.path("torch/" + name)).tensors.map(\.shape)
    let expected = try TensorFile.readForeign(try Self.path("ok_lstm.safetensors"))
    #expect(Set(shapes) == Set(expected.tensors.map(\.shape)))
  }

  @Test(arguments: [("half.pt", 1e-3), ("bfloat16.pt", 1e-2)])
  func shorterNumbersAreConverted(name: String, tolerance: Double) throws {
    let expected = try Self.numbers("ok_lstm.safetensors")
    let found = try Self.numbers("torch/" + name)
    #expect(found.keys == expected.keys)
    for (name, values) in expected {
      for (a, b) in zip(values, found[name] ?? []) { #expect(abs(a - b) <= tolerance) }
    }
  }

  @Test func theStateDictionaryIsFoundInACheckpoint() throws {
    let expected = try Self.numbers("ok_lstm.safetensors")
    let lightning = try TensorFile.readForeign(try Self.path("torch/lightning.ckpt"))
    #expect(lightning.place == "state_dict")
    #expect(
      Set(lightning.tensors.map(\.name)) == Set(expected.keys.map { "model." + $0 }))
    #expect(
      try TensorFile.readForeign(try Self.path("torch/checkpoint.pt")).place == "model_state_dict")
    let parts = try Self.numbers("torch/parts.pt")
    #expect(parts["encoder.rnn.weight_hh_l0"] == expected["rnn.weight_hh_l0"])
    #expect(parts["decoder.head.weight"] == expected["head.weight"])
    let counter = try TensorFile.readForeign(try Self.path("torch/counter.pt"))
    #expect(counter.others == ["steps (I64)"])
    #expect(counter.place == nil)
  }

  @Test(arguments: [
    ("module.pt", "\"__main__.M\"", "torch.save(d.state_dict(), \"module.plain.pt\")"),
    ("namespace.pt", "\"argparse.Namespace\"", "d.pop(\"args\"); torch.save(d"),
    ("script.pt", "TorchScript", "torch.jit.load(\"script.pt\""),
    (
      "program.pt2", "a program of torch.export",
      "`import torch; torch.save(torch.export.load(\"program.pt2\").state_dict, "
        + "\"program.plain.pt\")`"
    ),
    ("tensor.pt", "holds no names", "model.state_dict()"),
    ("expanded.pt", "[1099511627776, 3]", "more than the file holds"),
    ("system.pt", "\"posix.system\"", "do not open it elsewhere"),
  ])
  func whatWouldRunOrHoldsNoWeightsIsNamed(
    name: String, found: String, advice: String
  ) throws {
    let error = #expect(throws: RunError.self) {
      try TensorFile.readForeign(try Self.path("torch/" + name))
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(found) && text.contains(advice), "\(text)")
    #expect(!text.contains("\n") && text.utf8.count < 700)
    #expect(!FileManager.default.fileExists(atPath: "pwned"))
  }

  /// Cut short anywhere, or with any one byte changed, a file gives its own numbers or none.
  @Test(arguments: ["state_dict.pt", "legacy.pt"])
  func damagedFilesGiveNoOtherShapes(name: String) throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: try Self.path("torch/" + name))))
    let whole = try TorchFile(decoding: bytes).tensors
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: TorchError.self) { try TorchFile(decoding: Array(bytes[..<count])) }
    }
    for index in stride(from: 0, to: bytes.count, by: 5) {
      var changed = bytes
      changed[index] ^= UInt8(1 << (index / 5 % 8))
      guard let tensors = try? TorchFile(decoding: changed).tensors else { continue }
      #expect(tensors.reduce(0) { $0 + $1.data.count } <= 5 * bytes.count)
      // The archive's checksums hold numbers and names together.
      if name == "state_dict.pt" { #expect(tensors == whole, "byte \(index)") }
    }
  }
}
