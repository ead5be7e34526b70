import FileFormats
import Glibc

/// The end of a record that a kill may have torn.
enum RecordTail {
  /// Longest torn line that is looked for.
  private static let reach = 1 << 20

  /// Makes a record end with a line feed: a whole last line gets one, a torn one is cut off. Call
  /// it only while holding the run's lock.
  static func mend(_ name: String, in directory: OpenDirectory) throws(RunError) {
    let file = try directory.open(name, flags: O_RDWR)
    let size = try file.status().size
    guard size > 0 else { return }
    let start = max(0, size - reach)
    try file.seek(to: start)
    var tail: [UInt8] = []
    while tail.count < size - start {
      let chunk = try file.read(upTo: size - start - tail.count)
      if chunk.isEmpty { break }
      tail += chunk
    }
    guard tail.last != 0x0A else { return }
    let lineStart = (tail.lastIndex(of: 0x0A) ?? -1) + 1
    if (try? JSONValue(decoding: tail[lineStart...])) != nil {
      try file.seek(to: size)
      try file.writeAll([0x0A])
    } else {
      try file.truncate(to: start + lineStart)
    }
    try file.synchronize()
  }
}
