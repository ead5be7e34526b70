import FileFormats

/// Files that hold weights and are not safetensors, known by how they begin.
enum ForeignWeights {
  enum Kind {
    case safetensors
    /// What `torch.save` writes.
    case torch
    /// What the file is instead, and how it becomes safetensors.
    case other(String)
  }

  static func kind(of file: FileDescriptor) throws(RunError) -> Kind {
    let start = try file.read(upTo: 1 << 20)
    // The length of a safetensors header, a `u64`, is below 2³² and ends in zeros.
    guard start.count > 8, start[4..<8].contains(where: { $0 != 0 }) else { return .safetensors }
    let name = name(of: file.path)
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]), name.hasSuffix(".npz") {
      return .other("NumPy's .npz, expected safetensors; " + numpy(name))
    }
    if TorchFile.isLikely(start) { return .torch }
    return refusal(start, name).map { .other($0) } ?? .safetensors
  }

  /// Why a file of `torch.save` was not read, and what makes it readable.
  static func message(_ error: TorchError, path: String) -> String {
    let name = name(of: path)
    if case .needsCode(let global, _) = error, runsCommands(global) {
      return
        "\(error): a file of weights holds nothing of the kind, do not open it elsewhere either"
    }
    let load =
      "in Python, if you trust the file: `import torch; d = torch.load(\"\(name)\", "
      + "map_location=\"cpu\", weights_only=False)`, then "
    return switch error {
    case .needsCode(_, under: let key?):
      "\(error); \(load)`d.pop(\(python(key))); torch.save(d, \"\(stem(name)).plain.pt\")`"
    case .needsCode:
      "\(error); \(load)`torch.save(d.state_dict(), \"\(stem(name)).plain.pt\")`"
    case .program("a program of TorchScript"):
      "\(error), expected a state dictionary; in Python, if you trust the file: `import torch; "
        + "torch.save(torch.jit.load(\"\(name)\", map_location=\"cpu\").state_dict(), "
        + "\"\(stem(name)).plain.pt\")`"
    case .program:
      "\(error), expected a state dictionary; in Python, if you trust the file: `import torch; "
        + "torch.save(torch.export.load(\"\(name)\").state_dict, \"\(stem(name)).plain.pt\")`"
    case .other: "\(error)"
    }
  }

  /// Whether a global does things to the machine rather than hold data.
  private static func runsCommands(_ global: String) -> Bool {
    let module = global.prefix { $0 != "." }
    return [
      "posix", "nt", "os", "subprocess", "builtins", "sys", "shutil", "socket", "runpy",
      "importlib", "ctypes", "webbrowser", "pty", "commands",
    ].contains(module)
  }

  /// A string as Python writes it.
  private static func python(_ text: String) -> String {
    String(decoding: JSONValue.string(text).encoded(), as: UTF8.self)
  }

  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func refusal(_ start: [UInt8], _ name: String) -> String? {
    if start[0] == 0x80, (3...5).contains(start[1]) {
      return "a pickle, expected safetensors or a file of torch.save; " + pickle(name)
    }
    if start.first == UInt8(ascii: "{") {
      guard let text = String(validating: start, as: UTF8.self), text.contains("\"weight_map\"")
      else {
        return "JSON, expected safetensors"
      }
      return "the index of a model in several files, expected one safetensors file; in Python: "
        + "`import json; from safetensors.torch import load_file, save_file`, then "
        + "`save_file({k: v for f in set(json.load(open(\"\(name)\"))[\"weight_map\"].values()) "
        + "for k, v in load_file(f).items()}, \"\(name.prefix { $0 != "." }).safetensors\")`"
    }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      return "HDF5, as Keras writes, expected safetensors under PyTorch's names"
    }
    if start.starts(with: Array("GGUF".utf8)) { return "GGUF, expected safetensors" }
    return nil
  }

  private static func pickle(_ name: String) -> String {
    "in Python, if you trust the file: `import pickle, torch`, then "
      + "`torch.save({k: torch.as_tensor(v) for k, v in pickle.load(open(\"\(name)\", "
      + "\"rb\")).items()}, \"\(stem(name)).pt\")`"
  }

  private static func numpy(_ name: String) -> String {
    "in Python: `import numpy; from safetensors.numpy import save_file`, then "
      + "`save_file(dict(numpy.load(\"\(name)\")), \"\(stem(name)).safetensors\")`"
  }

  private static func stem(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
