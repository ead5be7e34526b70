import CProcess
import Dispatch
import Glibc

/// A socket by name for jobs whose launcher closes the descriptor they would find: torchrun, or any
/// program that starts others by itself.
enum JobListener {
  private static let socketName = "job-socket"

  /// - Parameter opened: called with the line of each program that connects
  /// - Returns: the path for the job; nil where it would be too long for a program to use
  static func begin(
    _ directory: RunDirectory, _ opened: @escaping @Sendable (JobLine) -> Void
  ) -> String? {
    let path = directory.absolutePath + "/" + socketName
    guard path.utf8.count < 104 else { return nil }
    end(directory)
    let listener = unfold_listen(directory.root.number, socketName)
    guard listener >= 0 else { return nil }
    let name = socketName
    DispatchQueue(label: "unfold job socket").async { [directory] in
      // The socket lives as long as its name: a run that ended has taken that away.
      while directory.root.status(name) != nil {
        var ready = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 250) > 0 else { continue }
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { continue }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard unfold_peer_user(descriptor) == Int(geteuid()) else {
          close(descriptor)
          continue
        }
        opened(JobLine(descriptor))
      }
      close(listener)
    }
    return path
  }

  static func end(_ directory: RunDirectory) {
    if directory.root.status(socketName)?.kind == .socket {
      try? directory.root.remove(socketName)
    }
  }
}
