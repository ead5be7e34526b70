import Glibc

/// Which job is started, and what it writes beside its output.
public struct JobOptions: Sendable, Equatable {
  /// A program, found by PATH, and its arguments.
  public var command: [String]
  /// Where the run is recorded; nil for a new directory below `runs`.
  public var out: String?
  /// A log that the job writes, of any kind that can be followed.
  public var log: String?

  public init(command: [String], out: String? = nil, log: String? = nil) {
    self.command = command
    self.out = out
    self.log = log
  }

  /// Makes sure that the program is there, before anything is made for it.
  func check() throws(RunError) {
    let program = command.first ?? ""
    let paths =
      program.contains("/")
      ? [program]
      : (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin").split(separator: ":")
        .map { $0 + "/" + program }
    var reason = ENOENT
    for path in paths {
      if access(path, X_OK) == 0, !FileTree.isDirectory(path) { return }
      if FileTree.status(path) != nil { reason = EACCES }
    }
    throw .system(operation: "start", path: program, code: reason)
  }

  /// What the run is called: the script that an interpreter is given, else the program.
  public var name: String {
    let interpreters: Set = [
      "python", "sh", "bash", "zsh", "node", "ruby", "julia", "Rscript", "env",
    ]
    let program = FileTree.name(of: command.first ?? "job")
    var name = program
    if interpreters.contains(String(program.prefix { !$0.isNumber && $0 != "." })) {
      let script = command.dropFirst().first { !$0.hasPrefix("-") && !$0.contains(" ") }
      name = script.map(FileTree.name) ?? program
    }
    if let dot = name.lastIndex(of: "."), dot > name.startIndex { name = String(name[..<dot]) }
    return name
  }

  /// The command as one line.
  var line: String {
    command.map { word in
      let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0) }
      return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
