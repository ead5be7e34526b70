import FileFormats

/// Images with labels as the MNIST family keeps them (IDX): a folder with `train-images-idx3-ubyte`,
/// `train-labels-idx1-ubyte` and, as the test set, the two `t10k` files; each may be gzipped.
/// `classes.txt`, where it is there, names the classes, one a line.
enum IDXReader {
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let folder = try request.locator.path(of: request.data.location)
    let images = try examples(folder, "train")
    let test =
      file(folder, "t10k-images-idx3-ubyte") == nil ? nil : try examples(folder, "t10k")
    let all = images + (test ?? [])
    if let other = all.first(where: { $0.size != all[0].size }) {
      throw DataError(
        folder, "images of different sizes", found: "\(other.size)", expected: "\(all[0].size)")
    }
    let classes = try request.classes(
      images.map { Int32($0.label) }, test?.map { Int32($0.label) }, files: (folder, folder))
    let names = try classNames(folder, classes)
    var task = TaskData(
      kind: request.kind, train: .examples([]),
      outputVocabulary: Vocabulary(symbols: names, unit: .word),
      inputWidth: all[0].size.width, outputWidth: classes, targetName: "label")
    request.distribute(
      images.map(\.example), ownTest: test.map { $0.map(\.example) }, into: &task)
    return task
  }

  /// The lines of `classes.txt`, or the classes' numbers where there is no such file.
  private static func classNames(_ folder: String, _ classes: Int) throws(DataError) -> [String] {
    let path = folder + "/classes.txt"
    guard FileBytes.exists(path) else { return (0..<classes).map(String.init) }
    var names: [String] = []
    try UTF8Text.read(path).forEachLine { number, line throws(DataError) in
      let name = String(decoding: line, as: UTF8.self)
      guard !name.isEmpty, !names.contains(name) else {
        throw DataError(path, line: number, "an empty or repeated name of a class")
      }
      names.append(name)
    }
    guard names.count == classes else {
      throw DataError(
        path, "not one name for each class", found: "\(names.count)", expected: "\(classes)")
    }
    return names
  }

  private struct LabelledImage {
    var pixels: [UInt8]
    var size: (width: Int, height: Int)
    var label: UInt8

    var example: Example {
      Example(
        input: .image(pixels, width: size.width, height: size.height),
        target: .label(Int32(label)))
    }
  }

  private static func file(_ folder: String, _ name: String) -> String? {
    ["\(folder)/\(name)", "\(folder)/\(name).gz"].first { FileBytes.exists($0) }
  }

  private static func examples(
    _ folder: String, _ part: String
  ) throws(DataError) -> [LabelledImage] {
    let images = try read(folder, "\(part)-images-idx3-ubyte", axes: 3)
    let labels = try read(folder, "\(part)-labels-idx1-ubyte", axes: 1)
    guard images.shape[0] == labels.shape[0], images.shape[0] > 0 else {
      throw DataError(
        images.file, "not one label for each image", found: "\(labels.shape[0]) labels",
        expected: "\(images.shape[0])")
    }
    let (height, width) = (images.shape[1], images.shape[2])
    guard height > 0, width > 0 else { throw DataError(images.file, "the images are empty") }
    return (0..<images.shape[0]).map { index in
      let start = images.start + index * height * width
      return LabelledImage(
        pixels: Array(images.bytes[start..<start + height * width]), size: (width, height),
        label: labels.bytes[labels.start + index])
    }
  }

  private static func read(
    _ folder: String, _ name: String, axes: Int
  ) throws(DataError) -> IDXArray {
    guard let path = file(folder, name) else {
      throw DataError("\(folder)/\(name)", "is missing", expected: "it, or it gzipped")
    }
    return try IDXArray(FileBytes.read(path), file: path, axes: axes)
  }
}

/// An IDX file's bytes with their shape.
struct IDXArray {
  var file: String
  var shape: [Int]
  var bytes: [UInt8]
  /// Where the elements begin.
  var start: Int

  init(_ content: [UInt8], file path: String, axes: Int) throws(DataError) {
    var bytes = content
    if bytes.starts(with: [0x1F, 0x8B]) {
      guard let content = Inflate.gunzip(bytes, limit: FileBytes.unpackedLimit) else {
        throw DataError(path, "does not unpack", expected: "a whole gzip file")
      }
      bytes = content
    }
    let start = 4 + 4 * axes
    guard bytes.count >= start, bytes[0] == 0, bytes[1] == 0, bytes[2] == 8, Int(bytes[3]) == axes
    else {
      throw DataError(path, "is not an IDX file of bytes", expected: "\(axes) axes")
    }
    let shape = (0..<axes).map { axis in
      bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw DataError(path, "has an impossible size", found: "\(shape)") }
      count = product
    }
    guard bytes.count - start == count else {
      throw DataError(
        path, "does not have the size its header says", found: "\(bytes.count - start) bytes",
        expected: "\(count)")
    }
    self.file = path
    self.shape = shape
    self.bytes = bytes
    self.start = start
  }
}
