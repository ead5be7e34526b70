#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Directories and whole files, by path.
enum FileTree {
  /// Nil where nothing is, or where it may not be looked at.
  static func status(_ path: String) -> FileStatus? {
    var information = stat()
    return stat(path, &information) == 0 ? FileStatus(information) : nil
  }

  static func isDirectory(_ path: String) -> Bool { status(path)?.isDirectory == true }

  /// Names in a directory, sorted, without `.` and `..`.
  static func names(in path: String) throws(RunError) -> [String] {
    guard let stream = opendir(path) else { throw .last("list", path) }
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

  /// Removes a file or a directory with all it holds, never following symbolic links.
  static func remove(_ path: String) throws(RunError) {
    var information = stat()
    guard lstat(path, &information) == 0 else {
      if errno == ENOENT { return }
      throw .last("remove", path)
    }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
      return
    }
    for name in try names(in: path) { try remove(path + "/" + name) }
    guard rmdir(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
  }

  /// Makes a directory's entries durable, so that a rename inside it survives a power cut.
  static func synchronizeDirectory(_ path: String) throws(RunError) {
    try FileDescriptor(path, flags: O_RDONLY | O_DIRECTORY).synchronize()
  }

  /// A whole regular file. Pipes and devices, which may never end, are refused.
  /// - Parameter limit: bytes at most; a larger file is refused rather than read.
  static func contents(of path: String, limit: Int = 1 << 32) throws(RunError) -> [UInt8] {
    // Opening a pipe would wait for its other end.
    let file = try FileDescriptor(path, flags: O_RDONLY | O_NONBLOCK)
    let status = try file.status()
    guard !status.isDirectory else {
      throw .system(operation: "read", path: path, code: EISDIR)
    }
    guard status.isRegular else { throw .unreadable(path: path, message: "not a regular file") }
    guard status.size <= limit else {
      throw .unreadable(path: path, message: "\(status.size) bytes, expected at most \(limit)")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(status.size)
    while true {
      let chunk = try file.read(upTo: max(4096, min(1 << 20, status.size - bytes.count + 1)))
      if chunk.isEmpty { return bytes }
      bytes.append(contentsOf: chunk)
      guard bytes.count <= limit else {
        throw .unreadable(path: path, message: "more than \(limit) bytes")
      }
    }
  }

  /// A whole file as text, which must be UTF-8.
  static func text(of path: String, limit: Int) throws(RunError) -> String {
    let bytes = try contents(of: path, limit: limit)
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
