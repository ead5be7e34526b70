/// A file of `torch.save`, taken apart: the pickle, and the numbers that its tensors lie over.
struct TorchStorages {
  let pickle: Pickle
  /// The numbers of a storage by its key.
  private var contents: [String: ArraySlice<UInt8>] = [:]
  private var isBigEndian = false

  private static let dataTypes: [String: SafetensorsFile.DataType] = [
    "Float": .float32, "Double": .float64, "Half": .float16, "BFloat16": .bfloat16,
    "Long": .int64, "Int": .int32, "Short": .int16, "Char": .int8, "Byte": .uint8,
    "Bool": .bool, "ComplexFloat": .complex64,
  ]

  /// The type of the numbers in a storage of a class such as `torch.FloatStorage`.
  static func dataType(of global: String) -> SafetensorsFile.DataType? {
    guard global.hasPrefix("torch."), global.hasSuffix("Storage") else { return nil }
    return dataTypes[String(global.dropFirst("torch.".count).dropLast("Storage".count))]
  }

  // MARK: Zip archives

  init(archive bytes: [UInt8]) throws(TorchError) {
    let zip: ZipArchive
    do throws(ZipError) { zip = try ZipArchive(bytes) } catch { throw .other("\(error)") }
    let names = zip.names
    if names.contains(where: { $0.hasSuffix("/constants.pkl") || $0 == "constants.pkl" }) {
      throw .program("a program of TorchScript")
    }
    guard let main = names.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) else {
      if names.contains(where: { $0.contains("/models/") || $0.hasSuffix("archive_format") }) {
        throw .program("a program of torch.export")
      }
      throw .other("a zip archive without the data.pkl that torch.save writes")
    }
    let folder = String(main.dropLast("data.pkl".count))
    // PyTorch stores what it writes, so that all members together fit in the file.
    var room = 4 * bytes.count
    func content(_ name: String) throws(TorchError) -> ArraySlice<UInt8>? {
      room -= zip.size(of: name) ?? 0
      guard room >= 0 else { throw .other("the zip archive claims more than it holds") }
      do throws(ZipError) {
        return try zip.content(of: name, limit: 4 * bytes.count, needsChecksum: false)
      } catch {
        throw .other("\(error)")
      }
    }
    let written = try content(main) ?? []
    do throws(PickleError) {
      pickle = try PickleReader.read(written, allowing: TorchFile.allows)
    } catch {
      throw TorchError(error)
    }
    isBigEndian = try content(folder + "byteorder").map { $0.elementsEqual("big".utf8) } ?? false
    for name in names where name.hasPrefix(folder + "data/") {
      contents[String(name.dropFirst(folder.count + "data/".count))] = try content(name)
    }
  }

  // MARK: Pickles one after the other

  /// The first integer of every such file.
  private static let magic: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  init(legacy bytes: [UInt8]) throws(TorchError) {
    var at = 0
    func next() throws(TorchError) -> Pickle {
      do throws(PickleError) {
        let pickle = try PickleReader.read(bytes[at...], allowing: TorchFile.allows)
        at = pickle.end
        return pickle
      } catch {
        throw TorchError(error)
      }
    }
    let first = try next()
    guard case .bytes(let number) = first.root, number.elementsEqual(Self.magic) else {
      throw .other("a pickle that torch.save did not write")
    }
    _ = try next()  // The version of the protocol, 1001.
    let system = try next()
    isBigEndian = system[system.root, "little_endian"] == .boolean(false)
    pickle = try next()
    let list = try next()
    let types = Self.storageTypes(of: pickle)
    for key in list.elements(list.root) ?? [] {
      guard let key = key.text, let type = types[key] else {
        throw .other("its list of storages does not fit its tensors")
      }
      guard at <= bytes.count - 8 else { throw .other("its numbers end early") }
      let count = bytes[at..<at + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      at += 8
      let room = (bytes.count - at) / type.byteCount
      guard count <= UInt64(room) else { throw .other("its numbers end early") }
      let end = at + Int(count) * type.byteCount
      contents[key] = bytes[at..<end]
      at = end
    }
  }

  private static func storageTypes(of pickle: Pickle) -> [String: SafetensorsFile.DataType] {
    var types: [String: SafetensorsFile.DataType] = [:]
    for elements in pickle.sequences {
      if let reference = Reference(elements) { types[reference.key] = reference.type }
    }
    return types
  }

  /// What a pickle says of a storage: `("storage", torch.FloatStorage, key, device, count)`.
  private struct Reference {
    var type: SafetensorsFile.DataType
    var key: String
    var count: Int

    init?(_ elements: [PickleValue]) {
      guard elements.count >= 5, elements[0] == .text("storage"),
        case .global(let name) = elements[1], let type = dataType(of: name),
        let key = elements[2].text, let count = elements[4].integer, count >= 0
      else { return nil }
      // A view of another storage is of a time before all tensors had offsets of their own.
      if elements.count > 5, elements[5] != .none { return nil }
      (self.type, self.key, self.count) = (type, key, count)
    }
  }

  // MARK: Tensors

  /// Where a tensor lies, without its numbers.
  struct View {
    var type: SafetensorsFile.DataType
    var shape: [Int]
    fileprivate var key: String
    fileprivate var count: Int
    fileprivate var offset: Int
    fileprivate var strides: [Int]

    /// What a call rebuilds; nil when it is no tensor.
    init?(_ value: PickleValue, in pickle: Pickle) {
      guard case .call(let name, let place) = value else { return nil }
      let arguments = pickle.sequences[place]
      if name == "torch._utils._rebuild_parameter" {
        // A parameter is around a tensor, never around another parameter.
        guard case .call(let inner, _) = arguments.first, inner != name,
          let view = View(arguments[0], in: pickle)
        else { return nil }
        self = view
        return
      }
      guard TorchFile.rebuilding.contains(name), arguments.count >= 4,
        case .persistent(let storage) = arguments[0],
        let reference = Reference(pickle.sequences[storage]),
        let offset = arguments[1].integer, offset >= 0,
        let shape = Self.sizes(arguments[2], pickle),
        let strides = Self.sizes(arguments[3], pickle),
        shape.count == strides.count
      else { return nil }
      (type, key, count) = (reference.type, reference.key, reference.count)
      (self.shape, self.offset, self.strides) = (shape, offset, strides)
    }

    private static func sizes(_ value: PickleValue, _ pickle: Pickle) -> [Int]? {
      var value = value
      if case .call("torch.Size", let place) = value {
        value = pickle.sequences[place].first ?? .none
      }
      guard let elements = pickle.elements(value) else { return nil }
      let sizes = elements.compactMap(\.integer)
      return sizes.count == elements.count && sizes.allSatisfy { $0 >= 0 } ? sizes : nil
    }
  }

  /// A tensor's numbers, row-major and little-endian.
  ///
  /// - Parameter room: bytes that it may take.
  func tensor(
    _ view: View, name: String, room: Int
  ) throws(TorchError) -> SafetensorsFile.Tensor {
    let size = view.type.byteCount
    let quoted = SafetensorsError.quoted(name)
    guard let count = SafetensorsFile.elementCount(of: view.shape), count <= room / size else {
      throw .other("tensor \(quoted) claims the shape \(view.shape), more than the file holds")
    }
    guard let content = contents[view.key] else {
      throw .other("the numbers of tensor \(quoted) are missing")
    }
    var last = view.offset
    for (extent, stride) in zip(view.shape, view.strides) where count > 0 {
      let (reach, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, isMore) = last.addingReportingOverflow(reach)
      guard !overflow, !isMore else { throw .other("tensor \(quoted) lies beyond its numbers") }
      last = sum
    }
    guard count == 0 || last < min(view.count, content.count / size) else {
      throw .other("tensor \(quoted) lies beyond its numbers")
    }
    var data: [UInt8] = []
    data.reserveCapacity(count * size)
    content.withUnsafeBytes { content in
      view.visit { element, length in
        let bytes = content[element * size..<(element + length) * size]
        if !isBigEndian || size == 1 {
          data.append(contentsOf: bytes)
        } else {
          for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: size) {
            data.append(contentsOf: bytes[start..<start + size].reversed())
          }
        }
      }
    }
    return .init(name: name, dataType: view.type, shape: view.shape, data: data)
  }
}

extension TorchStorages.View {
  /// Visits the elements in row-major order, in runs that lie together.
  fileprivate func visit(_ body: (_ element: Int, _ length: Int) -> Void) {
    guard !shape.contains(0) else { return }
    // The last axes that lie as row-major axes do are one run.
    var (axes, run) = (shape.count, 1)
    while axes > 0, strides[axes - 1] == run || shape[axes - 1] == 1 {
      run *= shape[axes - 1]
      axes -= 1
    }
    var place = [Int](repeating: 0, count: axes)
    var element = offset
    while true {
      body(element, run)
      var axis = axes - 1
      while axis >= 0 {
        place[axis] += 1
        element += strides[axis]
        if place[axis] < shape[axis] { break }
        element -= place[axis] * strides[axis]
        place[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
