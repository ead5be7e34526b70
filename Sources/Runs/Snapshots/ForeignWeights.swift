import FileFormats

/// Files that hold weights and are not safetensors, known by how they begin.
enum ForeignWeights {
  /// What a file is and how it becomes safetensors; nil where it does not look like another kind.
  static func refusal(of file: FileDescriptor) throws(RunError) -> String? {
    let start = try file.read(upTo: 1 << 20)
    // The length of a safetensors header, a `u64`, is below 2³² and ends in zeros.
    guard start.count > 8, start[4..<8].contains(where: { $0 != 0 }) else { return nil }
    let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      return name.hasSuffix(".npz")
        ? "NumPy's .npz, expected safetensors; " + numpy(name)
        : "a zip archive, as torch.save writes, expected safetensors; " + torch(name)
    }
    // Protocols 2 to 5.
    if start[0] == 0x80, (2...5).contains(start[1]) {
      return "a pickle, as old versions of torch.save write, expected safetensors; " + torch(name)
    }
    if start.first == UInt8(ascii: "{") {
      guard let text = String(validating: start, as: UTF8.self), text.contains("\"weight_map\"")
      else {
        return "JSON, expected safetensors"
      }
      return "the index of a model in several files, expected one safetensors file; in Python: "
        + "`import glob; from safetensors.torch import load_file, save_file`, then "
        + "`save_file({k: v for f in glob.glob(\"*-of-*.safetensors\") for k, v in "
        + "load_file(f).items()}, \"model.safetensors\")`"
    }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      return "HDF5, as Keras writes, expected safetensors under PyTorch's names"
    }
    if start.starts(with: Array("GGUF".utf8)) { return "GGUF, expected safetensors" }
    return nil
  }

  private static func torch(_ name: String) -> String {
    "in Python: `import torch; from safetensors.torch import save_file`, then "
      + "`save_file({k: v.contiguous() for k, v in torch.load(\"\(name)\", map_location=\"cpu\", "
      + "weights_only=True).items()}, \"\(stem(name)).safetensors\")`"
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
