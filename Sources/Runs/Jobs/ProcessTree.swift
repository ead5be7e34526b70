import Foundation
import TrainingEvents

/// What a process and all below it use, from `/proc`.
public struct ProcessTree: Sendable {
  private let root: Int32
  /// Processor seconds of each process at the last look, and when that was.
  private var before: [Int32: Double] = [:]
  private var beforeTime: Double?

  /// - Parameter root: the process identifier at the top
  public init(_ root: Int32) { self.root = root }

  /// Looks once; nil where nothing of the tree is left.
  public mutating func look(at time: Double) -> ResourceUsage? {
    var parents: [Int32: [Int32]] = [:]
    var found: [Int32: Process] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let number = Int32(name), let process = Process(number) else { continue }
      found[number] = process
      parents[process.parent, default: []].append(number)
      // A process whose parent ended stays in the job's session.
      if process.session == root, process.parent == 1, number != root {
        parents[root, default: []].append(number)
      }
    }
    var waiting = [root]
    var seen: Set<Int32> = []
    var now: [Int32: Double] = [:]
    var usage = ResourceUsage(processors: nil, memoryBytes: 0, processes: 0, threads: 0)
    var used = 0.0
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted else { continue }
      waiting += parents[next] ?? []
      guard let process = found[next] else { continue }
      usage.memoryBytes += process.memoryBytes
      usage.processes += 1
      usage.threads += process.threads
      now[next] = process.seconds
      used += max(0, process.seconds - (before[next] ?? process.seconds))
    }
    guard usage.processes > 0 else { return nil }
    if let beforeTime, time > beforeTime { usage.processors = used / (time - beforeTime) }
    (before, beforeTime) = (now, time)
    return usage
  }

  /// One line of `/proc/N/stat`.
  private struct Process {
    var parent: Int32
    var session: Int32
    var seconds: Double
    var threads: Int
    var memoryBytes: Int

    init?(_ number: Int32) {
      guard let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { return nil }
      // The name in parentheses may hold anything; what follows is numbers, the state first.
      let fields = text[text.index(after: end)...].split(separator: " ")
      guard fields.count > 21, let parent = Int32(fields[1]), let session = Int32(fields[3]),
        let user = Double(fields[11]), let system = Double(fields[12]),
        let threads = Int(fields[17]), let pages = Int(fields[21])
      else { return nil }
      self.parent = parent
      self.session = session
      seconds = (user + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
      self.threads = threads
      memoryBytes = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
  }
}
