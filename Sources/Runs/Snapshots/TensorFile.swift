import FileFormats
import RecurrentNetworks

/// Named tensors in safetensors files.
public enum TensorFile {
  /// Reads parameters, such as for `--init`. F16, BF16, F32 and F64 are understood.
  ///
  /// - Throws: `RunError` naming the file and, where it is not safetensors, the broken rule.
  public static func read(_ path: String) throws(RunError) -> [NamedTensor] {
    try decode(try FileTree.contents(of: path, limit: limit), path: path)
  }

  /// Bytes beyond which no file of tensors is read.
  private static let limit = 1 << 32

  static func read(
    _ name: String, in directory: OpenDirectory
  ) throws(RunError) -> [NamedTensor] {
    try decode(
      try directory.contents(of: name, limit: limit), path: directory.path + "/" + name)
  }

  private static func decode(_ bytes: [UInt8], path: String) throws(RunError) -> [NamedTensor] {
    do throws(SafetensorsError) {
      var tensors: [NamedTensor] = []
      for tensor in try SafetensorsFile(decoding: bytes).tensors {
        tensors.append(
          NamedTensor(name: tensor.name, shape: tensor.shape, values: try tensor.doubles()))
      }
      return tensors
    } catch {
      throw .unreadable(path: path, message: "\(error)")
    }
  }

  /// The tensors as a safetensors file: 32 bits a number where that loses nothing, else 64.
  static func encode(_ tensors: [NamedTensor], for path: String) throws(RunError) -> [UInt8] {
    let file = SafetensorsFile(
      tensors: tensors.map { tensor in
        let isShort = tensor.values.allSatisfy { $0.isNaN || Double(Float($0)) == $0 }
        return isShort
          ? .init(name: tensor.name, shape: tensor.shape, floats: tensor.values.map(Float.init))
          : .init(name: tensor.name, shape: tensor.shape, doubles: tensor.values)
      }, metadata: ["format": "pt"])
    do throws(SafetensorsError) {
      return try file.encoded()
    } catch {
      throw .unreadable(path: path, message: "cannot be written: \(error)")
    }
  }
}
