import Foundation

/// A directory of its own for the files that a reader wants by name; in memory where there is such
/// a place, for a fuzzer writes hundreds of thousands of them. It goes away with the process.
enum ScratchFile {
  static let directory: String = {
    let memory = "/dev/shm"
    let above =
      FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    let path = "\(above)/unfold-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: ScratchFile.directory) }
    return path
  }()

  /// Writes a file and returns its path. A scratch that cannot be written ends the program: what
  /// follows would try nothing.
  static func write(_ bytes: [UInt8], to name: String) -> String {
    let path = "\(directory)/\(name)"
    guard let file = fopen(path, "wb") else { fatalError("cannot write \(path)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { fatalError("\(path) is cut") }
    return path
  }
}
