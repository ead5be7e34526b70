import TrainingEvents

/// Which runs the list shows: those with something in their line that a regular expression matches.
struct RunFilter: Sendable {
  private(set) var line = LineEditor()
  /// Why what is typed is no regular expression; nil where it is one.
  private(set) var problem: String?
  /// The last expression that made sense.
  private var expression = ""

  var isEmpty: Bool { line.isEmpty }
  var text: String { line.text }

  mutating func edit(_ change: (inout LineEditor) -> Void) {
    change(&line)
    do {
      _ = try Regex(line.text)
      (expression, problem) = (line.text, nil)
    } catch {
      // What was found before stays, until this is whole.
      problem = "“\(line.text)” is no regular expression: \(Self.reason(error))"
    }
  }

  mutating func clear() { self = RunFilter() }

  /// The runs whose name, state or one of whose settings (`hidden=64`) is matched, by their places.
  func found(in runs: [RunOverview]) -> [Int] {
    guard !expression.isEmpty, let expression = try? Regex(expression).ignoresCase() else {
      return Array(runs.indices)
    }
    return runs.indices.filter { place in
      Self.texts(of: runs[place]).contains { (try? expression.firstMatch(in: $0)) ?? nil != nil }
    }
  }

  private static func texts(of run: RunOverview) -> [String] {
    [run.name, run.state?.word ?? ""]
      + run.hyperparameters.map { "\(RunLabels.short($0.key))=\($0.value)" }
  }

  /// In one line.
  private static func reason(_ error: any Error) -> String {
    let text = "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return text.isEmpty ? "expected one such as lr0\\.1|hidden=64" : text
  }
}
