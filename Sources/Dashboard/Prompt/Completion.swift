import TrainingEvents

/// The ways in which a line may go on at the cursor.
struct Completion: Equatable {
  var candidates: [Prompt.Candidate]
  /// Where the word begins that a candidate takes the place of, in characters.
  var wordStart: Int

  /// What all candidates begin with.
  var commonPrefix: String {
    guard let first = candidates.first?.text else { return "" }
    return candidates.dropFirst().reduce(first) { common, candidate in
      String(zip(common, candidate.text).prefix { $0 == $1 }.map(\.0))
    }
  }

  init(candidates: [Prompt.Candidate] = [], wordStart: Int = 0) {
    self.candidates = candidates
    self.wordStart = wordStart
  }

  /// - Parameters:
  ///   - prompt: the line as far as it is written
  ///   - state: what there is to name
  init(_ prompt: Prompt, _ state: DashboardState) {
    let before = prompt.line.beforeCursor
    switch prompt.kind {
    case .reading, .place, .metric, .console: self.init()
    case .pattern:
      self.init(
        candidates: UnitPattern.named.map {
          Prompt.Candidate(text: $0.name, summary: $0.summary)
        }.matching(before), wordStart: 0)
    case .command: self.init(command: before, state)
    }
  }

  private init(command before: String, _ state: DashboardState) {
    guard let space = before.firstIndex(of: " ") else {
      self.init(
        candidates: Command.all.map {
          Prompt.Candidate(text: $0.name + ($0.arguments.isEmpty ? "" : " "), summary: $0.summary)
        }.matching(before), wordStart: 0)
      return
    }
    guard case .one(let command) = Command.find(String(before[..<space])) else {
      self.init()
      return
    }
    let argument = String(before[before.index(after: space)...])
    self.init(
      candidates: command.candidates(state).matching(argument),
      wordStart: before.distance(from: before.startIndex, to: space) + 1)
  }
}

extension [Prompt.Candidate] {
  /// Those that begin with what is written; without one, those that contain it.
  fileprivate func matching(_ text: String) -> [Prompt.Candidate] {
    let text = text.lowercased()
    let starting = filter { $0.text.lowercased().hasPrefix(text) && $0.text != text }
    return starting.isEmpty && !text.isEmpty
      ? filter { $0.text.lowercased().contains(text) && $0.text.lowercased() != text } : starting
  }
}
