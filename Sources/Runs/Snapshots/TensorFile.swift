import FileFormats
import LinearAlgebra
import RecurrentNetworks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Named tensors in safetensors files.
public enum TensorFile {
  /// Reads parameters, such as for `--init`. F16, BF16, F32 and F64 are understood.
  ///
  /// - Throws: `RunError` naming the file and, where it is not safetensors, the broken rule.
  public static func read(_ path: String) throws(RunError) -> [NamedTensor] {
    try decode(try FileDescriptor.regular(path))
  }

  /// Bytes beyond which no file of tensors is read.
  private static let limit = 1 << 32

  static func read(
    _ name: String, in directory: OpenDirectory
  ) throws(RunError) -> [NamedTensor] {
    try decode(try directory.open(name, flags: O_RDONLY))
  }

  private static func decode(_ file: FileDescriptor) throws(RunError) -> [NamedTensor] {
    let (path, size) = (file.path, try file.status().size)
    // What the header says is held against the file's size before the rest is read.
    var start = try file.read(upTo: 8)
    let length = try naming(path) { () throws(SafetensorsError) in
      try SafetensorsFile.headerBytes(of: start, fileBytes: size)
    }
    start += try file.read(upTo: length)
    try naming(path) { () throws(SafetensorsError) in
      try SafetensorsFile.check(header: start, fileBytes: size)
    }
    // Values are widened: two bytes may become eight, beside the file itself.
    let (need, memory) = (5 * Double(size), MachineMemory.bytes)
    guard need <= Double(memory) else {
      throw .unreadable(
        path: path,
        message: "its tensors take \(MachineMemory.words(need)), and this machine has "
          + MachineMemory.words(Double(memory)))
    }
    try file.seek(to: 0)
    let bytes = try file.contents(limit: limit)
    return try naming(path) { () throws(SafetensorsError) in
      var tensors: [NamedTensor] = []
      for tensor in try SafetensorsFile(decoding: bytes).tensors {
        tensors.append(
          NamedTensor(name: tensor.name, shape: tensor.shape, values: try tensor.doubles()))
      }
      return tensors
    }
  }

  private static func naming<Value>(
    _ path: String, _ body: () throws(SafetensorsError) -> Value
  ) throws(RunError) -> Value {
    do throws(SafetensorsError) {
      return try body()
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
