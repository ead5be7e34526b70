import FileFormats
import TrainingEvents

/// Lines of another program: an object of JSON or of Python a line, behind whatever else stands in
/// it, such as a progress bar; and frames where the program writes them.
struct ForeignLines: Sendable {
  private(set) var malformedCount = 0
  private(set) var lineNumber = 0
  private var numbers = FlatNumbers()
  /// Whether the text is UTF-16, as a Windows shell writes what is sent into a file, and its low
  /// byte first; nil for UTF-8.
  private var isLowFirst: Bool?
  private static let options = JSONValue.ParsingOptions(maximumDepth: 16, acceptsNotFinite: true)

  /// Takes one line, without its line feed.
  mutating func take(_ line: UnsafeBufferPointer<UInt8>, into run: inout ForeignRun) {
    lineNumber += 1
    guard lineNumber == 1 || isLowFirst != nil else { return takeLine(line, &run) }
    if line.starts(with: [0xEF, 0xBB, 0xBF]) {
      return takeLine(UnsafeBufferPointer(rebasing: line.dropFirst(3)), &run)
    }
    if lineNumber == 1 {
      isLowFirst =
        line.starts(with: [0xFF, 0xFE]) ? true : line.starts(with: [0xFE, 0xFF]) ? false : nil
    }
    guard let isLowFirst else { return takeLine(line, &run) }
    let bytes = Self.narrow(
      line.dropFirst(lineNumber == 1 ? 2 : isLowFirst ? 1 : 0), isLowFirst: isLowFirst)
    bytes.withUnsafeBufferPointer { takeLine($0, &run) }
  }

  /// UTF-16 as UTF-8. A line was cut at the low byte of its line feed.
  private static func narrow(
    _ line: Slice<UnsafeBufferPointer<UInt8>>, isLowFirst: Bool
  ) -> [UInt8] {
    let units = stride(from: line.startIndex, to: line.endIndex - 1, by: 2).map { at in
      let (first, second) = (UInt16(line[at]), UInt16(line[at + 1]))
      return isLowFirst ? second << 8 | first : first << 8 | second
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private mutating func takeLine(
    _ line: UnsafeBufferPointer<UInt8>, _ run: inout ForeignRun
  ) {
    let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    guard !isBlank else { return }
    var scanner = LogObjectScanner(line, frames: ProbeFrame.loggedUnder)
    var found = 0
    while true {
      numbers.removeAll()
      do throws(JSONError) {
        guard let range = try scanner.object(into: &numbers) else { break }
        found += 1
        take(line[range], &run)
      } catch {
        // What stood whole before it was taken; the rest of the line has lost its place.
        return complain(
          found == 0 ? "column \(error.column): \(error.message)" : error.message, &run)
      }
    }
    if found == 0 { complain("expected an object, as {\"step\": 1, \"loss\": 2.5}", &run) }
  }

  private mutating func complain(_ message: String, _ run: inout ForeignRun) {
    malformedCount += 1
    guard malformedCount == 1 else { return }
    run.warn(
      "line \(lineNumber): \(message)",
      advice: "Such lines are skipped; what follows them is read.")
  }

  /// Takes the object that was scanned last.
  private mutating func take(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ run: inout ForeignRun) {
    var whole: JSONObject?
    if numbers.hasEvent || numbers.hasFrames {
      whole = (try? JSONValue(decoding: text, options: Self.options))?.object
    }
    // Lines of our own kind mean exactly what they mean in a record.
    if numbers.hasEvent, let whole, let event = try? EventLine.event(whole) {
      if case .steps = event {} else { return run.take(event) }
    }
    numbers.forEach { number, name in run.add(number, name: name) }
    run.pass(over: numbers.others, of: numbers)
    run.endRow(clipped: numbers.clipped)
    if numbers.hasFrames, let whole { takeFrames(whole, step: run.lastStep, &run) }
  }

  private func takeFrames(_ object: JSONObject, step: Int, _ run: inout ForeignRun) {
    for kind in ProbeFrame.Kind.allCases where kind.isLogged(in: object) {
      if let frame = kind.frame(object, step: step) { run.take(.frame(frame)) }
    }
  }
}
