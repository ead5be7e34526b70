import TerminalGraphics
import TrainingEvents

/// One command of the prompt. Help, completion and execution come from the same table.
struct Command: Sendable {
  enum Found {
    case none
    case one(Command)
    case several([String])
  }

  var name: String
  /// What follows the name, such as `PATH=VALUE`; empty when nothing does.
  var arguments: String
  var summary: String
  /// What may follow, for completion.
  var candidates: @Sendable (DashboardState) -> [Prompt.Candidate]
  /// Does it; a mistake is told in one line.
  var perform: @Sendable (inout DashboardState, String) throws(CommandMistake) -> [DashboardAction]

  init(
    _ name: String, _ arguments: String, _ summary: String,
    candidates: @escaping @Sendable (DashboardState) -> [Prompt.Candidate] = { _ in [] },
    perform:
      @escaping @Sendable (inout DashboardState, String) throws(CommandMistake) ->
      [DashboardAction]
  ) {
    self.name = name
    self.arguments = arguments
    self.summary = summary
    self.candidates = candidates
    self.perform = perform
  }

  static let all: [Command] = training + looking + findingAlike + program

  /// The command with this name, or the only one that begins with it.
  static func find(_ name: String) -> Found {
    let name = name.lowercased()
    if let exact = all.first(where: { $0.name == name }) { return .one(exact) }
    let fitting = all.filter { $0.name.hasPrefix(name) }
    if let only = fitting.first, fitting.count == 1 { return .one(only) }
    return fitting.isEmpty || name.isEmpty ? .none : .several(fitting.map(\.name))
  }
}

/// Why a line cannot be done, in words for the person who wrote it.
struct CommandMistake: Error, Equatable {
  var text: String

  init(_ text: String) { self.text = text }

  /// A name that is none of those known, with the one it is most like; with all of them where it is
  /// like none and they are few.
  init(unknown kind: String, _ name: String, among names: [String]) {
    text = "there is no \(kind) \(name)"
    if let nearest = EditDistance.nearest(to: name, among: names) {
      text += "; did you mean \(nearest)?"
    } else if names.count <= 10 {
      text += "; there are \(names.joined(separator: ", "))"
    }
  }
}

extension DashboardState {
  /// Does what a line of the command prompt says.
  mutating func run(command line: String) throws(CommandMistake) -> [DashboardAction] {
    let line = line.trimmed
    guard !line.isEmpty else { return [] }
    let parts = line.split(separator: " ", maxSplits: 1)
    let name = String(parts.first ?? "")
    switch Command.find(name) {
    case .one(let command):
      return try command.perform(&self, parts.count > 1 ? String(parts[1]).trimmed : "")
    case .several(let names):
      throw CommandMistake("\(name) may mean \(names.joined(separator: ", "))")
    case .none:
      throw CommandMistake(unknown: "command", name, among: Command.all.map(\.name))
    }
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    var part = self[...]
    while part.first?.isWhitespace ?? false { part.removeFirst() }
    while part.last?.isWhitespace ?? false { part.removeLast() }
    return String(part)
  }
}
