/// Glyphs with what they are called: `character⇥name⇥rows`, the rows of a 16 × 16 bitmap as 64
/// hexadecimal digits, highest bit left. The caption of an image is its name, letter by letter.
enum HangulReader {
  static let side = 16

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let text = try UTF8Text.read(path)
    var glyphs: [(character: String, name: String, pixels: [UInt8])] = []
    var builder = VocabularyBuilder()
    try text.forEachLine { number, line throws(DataError) in
      guard !line.isEmpty else { return }
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard fields.count == 3, !fields[1].isEmpty, fields[1].count <= 1000 else {
        throw DataError(
          path, line: number, "not a glyph", found: "\(fields.count) fields",
          expected: "character, name and rows, separated by tabs")
      }
      guard let pixels = pixels(fields[2]) else {
        throw DataError(
          path, line: number, column: 3, "not a bitmap", found: DataError.quote(fields[2]),
          expected: "\(side * side / 4) hexadecimal digits")
      }
      builder.addCharacters(of: fields[1])
      glyphs.append(
        (
          String(decoding: fields[0], as: UTF8.self), String(decoding: fields[1], as: UTF8.self),
          pixels
        ))
    }
    guard !glyphs.isEmpty else {
      throw DataError(path, "there is no glyph in the file", expected: "one a line")
    }
    let letters = builder.build(unit: .character, lineEnd: true)
    var examples: [Example] = []
    for glyph in glyphs {
      examples.append(
        Example(
          input: .image(glyph.pixels, width: side, height: side),
          target: .labels(try letters.encode(glyph.name, from: path) + [0]),
          text: glyph.character))
    }
    var task = TaskData(
      kind: request.kind, train: .examples([]), outputVocabulary: letters, inputWidth: side,
      outputWidth: letters.count, targetName: "letter")
    request.distribute(examples, ownTest: nil, into: &task)
    return task
  }

  private static func pixels(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard digits.count == side * side / 4 else { return nil }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(side * side)
    for digit in digits {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      for bit in [8, 4, 2, 1] { pixels.append(value & bit == 0 ? 0 : 255) }
    }
    return pixels
  }
}
