/// Pictures that a person brings: PGM (`P2` or `P5`), a NumPy array of rows × columns, or an IDX
/// file of images, which as arrays of images × rows × columns hold several.
///
/// Pixels come out as tasks have them, 0 paper to 255 ink: a PGM picture is dark where there is
/// ink, arrays are large there. A NumPy array of fractions spans 0 to 1.
enum ImageFile {
  static let formats = "a PGM picture, a NumPy array or an IDX file of images"

  static func read(_ path: String) throws(DataError) -> [SequenceInput] {
    let bytes = try FileBytes.read(path)
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) { return try numPy(bytes, path) }
    if bytes.starts(with: [0x1F, 0x8B]) || bytes.starts(with: [0, 0]) {
      let array = try IDXArray(bytes, file: path, axes: 3)
      return try cut(Array(array.bytes[array.start...]), array.shape, path)
    }
    if bytes.starts(with: "P5".utf8) || bytes.starts(with: "P2".utf8) {
      return [try PortableGrayMap(bytes, path).image]
    }
    throw DataError(
      path, "not an image", found: DataError.quote(bytes.prefix(8)), expected: formats)
  }

  private static func numPy(
    _ bytes: [UInt8], _ path: String
  ) throws(DataError) -> [SequenceInput] {
    let array = try NumPyArray(bytes, file: path, name: path)
    guard array.shape.count == 2 || array.shape.count == 3 else {
      throw DataError(
        path, "not an image", found: "\(array.shape)",
        expected: "rows × columns, or images × rows × columns")
    }
    let isFraction = array.integers == nil
    var pixels: [UInt8] = []
    pixels.reserveCapacity(array.floats.count)
    for value in array.floats {
      let pixel = isFraction ? (value * 255).rounded() : value
      guard pixel >= 0, pixel <= 255 else {
        throw DataError(
          path, "a pixel out of range", found: "\(value)",
          expected: isFraction ? "a fraction from 0 to 1" : "an integer from 0 to 255")
      }
      pixels.append(UInt8(pixel))
    }
    return try cut(pixels, array.shape, path)
  }

  private static func cut(
    _ pixels: [UInt8], _ shape: [Int], _ path: String
  ) throws(DataError) -> [SequenceInput] {
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    // No images at all leave any size possible.
    let (size, isTooLarge) = height.multipliedReportingOverflow(by: width)
    guard !isTooLarge, size > 0, pixels.count >= size else {
      throw DataError(path, "there is no pixel in the image", found: "\(shape)")
    }
    return stride(from: 0, to: pixels.count, by: size).map {
      .image(Array(pixels[$0..<$0 + size]), width: width, height: height)
    }
  }
}

/// The portable gray map of Netpbm, in text or in bytes.
struct PortableGrayMap {
  private let bytes: [UInt8]
  private let path: String
  private var at = 2
  private(set) var image: SequenceInput = .image([], width: 0, height: 0)

  init(_ bytes: [UInt8], _ path: String) throws(DataError) {
    self.bytes = bytes
    self.path = path
    let (width, height) = (try number("a width", 1...10_000), try number("a height", 1...10_000))
    let white = try number("a largest value", 1...65_535)
    guard width * height <= bytes.count else {
      throw DataError(
        path, "the picture ends too early", found: "\(bytes.count) bytes",
        expected: "\(width) × \(height) pixels")
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height)
    let isText = bytes[1] == UInt8(ascii: "2")
    // One blank ends the header of the binary kind.
    if !isText { at += 1 }
    let size = white > 255 ? 2 : 1
    for index in 0..<width * height {
      let value: Int
      if isText {
        value = try number("pixel \(index + 1)", 0...white)
      } else {
        guard at + size <= bytes.count else {
          throw DataError(
            path, "the picture ends too early", found: "\(index) pixels",
            expected: "\(width * height)")
        }
        value = size == 2 ? Int(bytes[at]) << 8 | Int(bytes[at + 1]) : Int(bytes[at])
        at += size
      }
      pixels.append(UInt8(255 - min(255, value * 255 / white)))
    }
    image = .image(pixels, width: width, height: height)
  }

  /// The next number of the text, behind blanks and remarks.
  private mutating func number(
    _ what: String, _ range: ClosedRange<Int>
  ) throws(DataError) -> Int {
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "#") {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
      } else if bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) {
        at += 1
      } else {
        break
      }
    }
    let start = at
    var value = 0
    while at < bytes.count, (0x30...0x39).contains(bytes[at]), at - start < 9 {
      value = value * 10 + Int(bytes[at] - 0x30)
      at += 1
    }
    guard at > start, range.contains(value) else {
      throw DataError(
        path, "not \(what) of a PGM picture", found: DataError.quote(bytes[start...].prefix(8)),
        expected: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}
