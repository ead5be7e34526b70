import CProcess
import Glibc

/// This program started once more, in a session of its own, away from any terminal.
public enum DetachedProgram {
  /// Starts it.
  ///
  /// - Parameter arguments: its arguments; one of them may be `{report}`, which becomes the number
  ///   of a descriptor that it reports by
  /// - Returns: the process, and our end of that descriptor, which the caller closes
  /// - Throws: `RunError` when it cannot be started.
  public static func start(
    _ arguments: [String]
  ) throws(RunError) -> (process: Int32, report: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .last("start", "unfold") }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    var program = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &program, program.count - 1)
    let path =
      count > 0
      ? String(decoding: program[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
      : CommandLine.arguments[0]
    let command = [path] + arguments.map { $0 == "{report}" ? "\(UNFOLD_REPORT)" : $0 }
    let started = JobProcess.withVectors(command, [:]) { arguments, variables in
      let process = unfold_start_detached(arguments, variables, ends[1])
      return (process, errno)
    }
    close(ends[1])
    guard started.0 > 0 else {
      close(ends[0])
      throw .system(operation: "start", path: path, code: started.1)
    }
    return (started.0, ends[0])
  }
}
