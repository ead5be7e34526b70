import Glibc

/// Directories and whole files, by path.
enum FileTree {
  /// Nil where nothing is, or where it may not be looked at.
  static func status(_ path: String, followingLinks: Bool = true) -> FileStatus? {
    var information = stat()
    let result = followingLinks ? stat(path, &information) : lstat(path, &information)
    return result == 0 ? FileStatus(information) : nil
  }

  /// What a path that a person named leads to.
  static func examine(_ path: String) throws(RunError) -> FileStatus {
    var information = stat()
    guard stat(path, &information) == 0 else { throw .last("open", path) }
    return FileStatus(information)
  }

  static func isDirectory(_ path: String) -> Bool { status(path)?.isDirectory == true }

  /// Names in a directory, sorted, without `.` and `..`.
  static func names(in path: String) throws(RunError) -> [String] {
    guard let stream = opendir(path) else { throw .last("list", path) }
    return names(closing: stream)
  }

  typealias Stream = OpaquePointer

  static func names(closing stream: Stream) -> [String] {
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes one directory.
  /// - Returns: false where something of that name exists.
  static func makeDirectory(_ path: String) throws(RunError) -> Bool {
    if mkdir(path, 0o755) == 0 { return true }
    if errno == EEXIST { return false }
    throw .last("make the directory", path)
  }

  /// Makes a directory and those above it; existing ones are left alone.
  static func makeDirectories(_ path: String) throws(RunError) {
    if isDirectory(path) { return }
    let parent = parent(of: path)
    if parent != path, !isDirectory(parent) { try makeDirectories(parent) }
    if try !makeDirectory(path), !isDirectory(path) {
      throw .system(operation: "make the directory", path: path, code: ENOTDIR)
    }
  }

  /// The path without its last component: `.` for a bare name, `/` for the root.
  static func parent(of path: String) -> String {
    let trimmed = trimmingSlashes(path)
    guard let slash = trimmed.lastIndex(of: "/") else { return trimmed == "/" ? "/" : "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  /// The last component.
  static func name(of path: String) -> String {
    let trimmed = trimmingSlashes(path)
    return trimmed.lastIndex(of: "/").map { String(trimmed[trimmed.index(after: $0)...]) }
      ?? trimmed
  }

  private static func trimmingSlashes(_ path: String) -> String {
    var path = path
    while path.count > 1, path.last == "/" { path.removeLast() }
    return path
  }

  /// A whole regular file that a person named. Pipes and devices, which may never end, are refused.
  /// - Parameter limit: bytes at most; a larger file is refused rather than read.
  static func contents(of path: String, limit: Int) throws(RunError) -> [UInt8] {
    try FileDescriptor.regular(path).contents(limit: limit)
  }

  /// Bytes as text, which must be UTF-8.
  static func text(_ bytes: [UInt8], path: String) throws(RunError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .unreadable(path: path, message: "not valid UTF-8")
    }
    return text
  }

  /// Bytes of all files in a directory and below; symbolic links are not followed.
  static func totalSize(_ path: String) -> Int {
    var information = stat()
    guard lstat(path, &information) == 0 else { return 0 }
    let status = FileStatus(information)
    guard status.isDirectory else { return status.isRegular ? status.size : 0 }
    let names = (try? names(in: path)) ?? []
    return names.reduce(0) { $0 &+ totalSize(path + "/" + $1) }
  }
}
