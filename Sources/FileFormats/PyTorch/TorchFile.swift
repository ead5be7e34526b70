/// The weights in a file that `torch.save` wrote, read without running any of its code: a zip
/// archive with a pickle and the tensors' numbers, or, before PyTorch 1.6, pickles one after the
/// other with the numbers behind them.
public struct TorchFile {
  /// The tensors of the state dictionary, named as in it, row-major.
  public let tensors: [SafetensorsFile.Tensor]
  /// Where in the file they stood, when it holds more; nil when it is a state dictionary itself.
  public let place: String?

  /// Whether a file begins as `torch.save` lets it begin: a zip archive, or a pickle of protocol 2.
  public static func isLikely(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: [0x50, 0x4B, 0x03, 0x04]) || start.starts(with: [0x80, 0x02])
  }

  /// - Parameter bytes: the whole file.
  public init(decoding bytes: [UInt8]) throws(TorchError) {
    let storages =
      bytes.starts(with: [0x50, 0x4B])
      ? try TorchStorages(archive: bytes) : try TorchStorages(legacy: bytes)
    let found = try TorchStateDictionary(storages.pickle)
    place = found.place
    // Tensors may share their numbers, and repeat them; together they stay near the file's size.
    var room = 4 * bytes.count + (1 << 16)
    var tensors: [SafetensorsFile.Tensor] = []
    for entry in found.entries {
      let tensor = try storages.tensor(entry.value, name: entry.name, room: room)
      room -= tensor.data.count
      tensors.append(tensor)
    }
    self.tensors = tensors
  }

  /// What may stand in the pickle beside containers: what tensors are made of, and nothing that
  /// does anything.
  static func allows(_ global: String) -> Bool {
    guard global.hasPrefix("torch") else { return false }
    return TorchStorages.dataType(of: global) != nil || rebuilding.contains(global)
      || global == "torch.Size" || global == "torch.device"
      || global.hasPrefix("torch.")
        && dataTypes.contains(String(global.dropFirst("torch.".count)))
  }

  static let rebuilding: Set = [
    "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_parameter",
  ]

  private static let dataTypes: Set = [
    "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
  ]
}

/// Why a file of `torch.save` gives no weights, in a few words.
public enum TorchError: Error, Equatable, CustomStringConvertible {
  /// A class or function whose code would have to run: of the object that was saved, or of what
  /// stands under a key of the dictionary that was saved.
  case needsCode(String, under: String?)
  /// A program of TorchScript or torch.export rather than a pickle of tensors.
  case program(String)
  case other(String)

  public var description: String {
    switch self {
    case .needsCode(let name, let key):
      PickleError.needsCode(name, under: key).description
        + (key.map { " (under \(SafetensorsError.quoted($0)))" } ?? "")
    case .program(let kind): kind
    case .other(let text): text
    }
  }

  init(_ error: PickleError) {
    self =
      if case .needsCode(let name, let key) = error {
        .needsCode(name, under: key)
      } else { .other("\(error)") }
  }
}
