import Glibc

/// How much memory this process could have at most. What will take more is refused before it is
/// taken: a system that runs out of memory ends whoever has most of it.
public enum MachineMemory {
  /// The least of what the machine has, what its control groups let this process have, and what its
  /// own limits say, in bytes.
  public static var bytes: Int {
    // Each is read anew: limits can change, and it is asked for seldom.
    ([physical] + limits + controlGroups).min() ?? physical
  }

  private static var physical: Int {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    guard pages > 0, size > 0 else { return .max }
    let (bytes, overflow) = Int(pages).multipliedReportingOverflow(by: Int(size))
    return overflow ? .max : bytes
  }

  /// `ulimit -v` and `ulimit -d`.
  private static var limits: [Int] {
    let kinds = [RLIMIT_AS, RLIMIT_DATA].map { __rlimit_resource_t($0.rawValue) }
    return kinds.compactMap { kind in
      var limit = rlimit()
      guard getrlimit(kind, &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else { return nil }
      return Int(limit.rlim_cur)
    }
  }

  /// `memory.max` of this process's group and of those above it; the older layout's limit likewise.
  private static var controlGroups: [Int] {
    guard let groups = text(of: "/proc/self/cgroup") else { return [] }
    var found: [Int] = []
    for line in groups.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isNew = parts[0] == "0"
      guard isNew || parts[1].split(separator: ",").contains("memory") else { continue }
      let root = isNew ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let file = isNew ? "memory.max" : "memory.limit_in_bytes"
      var names = parts[2].split(separator: "/")
      while true {
        let folder = names.reduce(root) { $0 + "/" + $1 }
        if let word = text(of: folder + "/" + file)?.split(separator: "\n").first,
          let bytes = Int(word)
        {
          found.append(bytes)
        }
        if names.popLast() == nil { break }
      }
    }
    return found
  }

  /// The first few kilobytes of a file that the system makes.
  private static func text(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }

  /// Bytes in words, such as `545 GB`; three digits are enough for a message.
  public static func words(_ bytes: Double) -> String {
    var (size, units) = (bytes, ["B", "kB", "MB", "GB", "TB"][...])
    while size >= 999.5, units.count > 1 {
      size /= 1000
      units.removeFirst()
    }
    let digits = size < 10 ? 100.0 : size < 100 ? 10 : 1
    let rounded = (size * digits).rounded() / digits
    let text = rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    return text + " " + (units.first ?? "B")
  }
}
