import FileFormats
import Glibc
import LinearAlgebra
import RecurrentNetworks

/// Named tensors in safetensors files.
public enum TensorFile {
  /// Reads parameters, such as for `--init`. F16, BF16, F32 and F64 are understood.
  ///
  /// - Throws: `RunError` naming the file and, where it is not safetensors, the broken rule.
  public static func read(_ path: String) throws(RunError) -> [NamedTensor] {
    try decode(try FileDescriptor.regular(path)).tensors
  }

  /// What a file that a person brings holds.
  public struct Foreign: Sendable {
    /// The tensors of floating-point numbers.
    public var tensors: [NamedTensor]
    /// What else there is, with its type, such as counters.
    public var others: [String]
    /// Where in a checkpoint the tensors stood; nil when the file holds nothing else.
    public var place: String?
  }

  /// Reads parameters that a person brings: safetensors, or what `torch.save` writes.
  ///
  /// - Throws: `RunError` saying what the file is and how it becomes safetensors where it is
  ///   something else that holds weights.
  public static func readForeign(_ path: String) throws(RunError) -> Foreign {
    switch try ForeignWeights.kind(of: try FileDescriptor.regular(path)) {
    case .safetensors:
      let file = try decode(try FileDescriptor.regular(path), passingOver: true)
      return Foreign(tensors: file.tensors, others: file.others)
    case .other(let message): throw .unreadable(path: path, message: message)
    case .torch:
      let file = try FileDescriptor.regular(path)
      try checkMemory(path, try file.status().size)
      let torch: TorchFile
      let bytes = try file.contents(limit: limit)
      do throws(TorchError) {
        torch = try TorchFile(decoding: bytes)
      } catch {
        throw .unreadable(path: path, message: ForeignWeights.message(error, path: path))
      }
      let (tensors, others) = try naming(path) { () throws(SafetensorsError) in
        try named(torch.tensors, passingOver: true)
      }
      return Foreign(tensors: tensors, others: others, place: torch.place)
    }
  }

  /// Bytes beyond which no file of tensors is read.
  private static let limit = 1 << 32
  /// Numbers that are written at a time.
  private static let piece = 1 << 16

  static func read(
    _ name: String, in directory: OpenDirectory
  ) throws(RunError) -> [NamedTensor] {
    try decode(try directory.open(name, flags: O_RDONLY)).tensors
  }

  private static func decode(
    _ file: FileDescriptor, passingOver: Bool = false
  ) throws(RunError) -> (tensors: [NamedTensor], others: [String]) {
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
    try checkMemory(path, size)
    try file.seek(to: 0)
    let bytes = try file.contents(limit: limit)
    return try naming(path) { () throws(SafetensorsError) in
      try named(SafetensorsFile(decoding: bytes).tensors, passingOver: passingOver)
    }
  }

  /// Values are widened: two bytes may become eight, beside the file itself.
  private static func checkMemory(_ path: String, _ size: Int) throws(RunError) {
    let (need, memory) = (5 * Double(size), MachineMemory.bytes)
    guard need <= Double(memory) else {
      throw .unreadable(
        path: path,
        message: "its tensors take \(MachineMemory.words(need)), and this machine has "
          + MachineMemory.words(Double(memory)))
    }
  }

  private static func named(
    _ stored: [SafetensorsFile.Tensor], passingOver: Bool
  ) throws(SafetensorsError) -> (tensors: [NamedTensor], others: [String]) {
    var (tensors, others): ([NamedTensor], [String]) = ([], [])
    for tensor in stored {
      if passingOver, !tensor.dataType.isFloatingPoint {
        others.append("\(tensor.name) (\(tensor.dataType.rawValue))")
        continue
      }
      tensors.append(
        tensor.dataType == .float64
          ? NamedTensor(name: tensor.name, shape: tensor.shape, values: try tensor.doubles())
          : NamedTensor(name: tensor.name, shape: tensor.shape, floats: try tensor.floats()))
    }
    return (tensors, others)
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

  /// Hands over the tensors as a safetensors file, piece by piece: 32 bits a number where that
  /// loses nothing, else 64.
  static func write(
    _ tensors: [NamedTensor], for path: String,
    to write: ([UInt8]) throws(RunError) -> Void
  ) throws(RunError) {
    let areShort = tensors.map(\.isShort)
    let layout: SafetensorsFile.Layout
    do throws(SafetensorsError) {
      layout = try SafetensorsFile.Layout(
        zip(tensors, areShort).map { tensor, isShort in
          .init(name: tensor.name, dataType: isShort ? .float32 : .float64, shape: tensor.shape)
        }, metadata: ["format": "pt"])
      for (tensor, size) in zip(tensors, zip(layout.sizes, areShort)) {
        let found = tensor.count * (size.1 ? 4 : 8)
        guard found == size.0 else {
          throw .sizeMismatch(name: tensor.name, expected: size.0, found: found)
        }
      }
    } catch {
      throw .unreadable(path: path, message: "cannot be written: \(error)")
    }
    try write(layout.head)
    for index in layout.order {
      let tensor = tensors[index]
      for start in stride(from: 0, to: tensor.count, by: piece) {
        let numbers = start..<min(tensor.count, start + piece)
        try write(
          areShort[index] ? tensor.floatBytes(numbers) : tensor.doubleBytes(numbers))
      }
    }
  }

  /// Whether a file can be read and is not, byte for byte, what `write` would write.
  static func isAnother(
    _ tensors: [NamedTensor], than name: String, in directory: OpenDirectory
  ) -> Bool {
    guard let file = try? directory.open(name, flags: O_RDONLY) else { return false }
    do throws(RunError) {
      try write(tensors, for: file.path) { (bytes: [UInt8]) throws(RunError) in
        var position = 0
        while position < bytes.count {
          let found = try file.read(upTo: bytes.count - position)
          guard !found.isEmpty, found.elementsEqual(bytes[position..<position + found.count])
          else { throw .unreadable(path: file.path, message: "differs") }
          position += found.count
        }
      }
      return try !file.read(upTo: 1).isEmpty
    } catch {
      return true
    }
  }
}

extension NamedTensor {
  /// Whether 32 bits hold every number exactly.
  fileprivate var isShort: Bool {
    floats != nil || values.allSatisfy { $0.isNaN || Double(Float($0)) == $0 }
  }

  fileprivate func floatBytes(_ range: Range<Int>) -> [UInt8] {
    guard let floats else {
      return Self.bytes(range.map { Float(self[$0]).bitPattern.littleEndian })
    }
    // A closure, not a key path: that costs a call of the runtime for each weight.
    return Self.bytes(floats[range].map { $0.bitPattern.littleEndian })
  }

  fileprivate func doubleBytes(_ range: Range<Int>) -> [UInt8] {
    Self.bytes(range.map { self[$0].bitPattern.littleEndian })
  }

  private static func bytes<Bits: FixedWidthInteger>(_ patterns: [Bits]) -> [UInt8] {
    patterns.withUnsafeBytes { Array($0) }
  }
}
