/// The line at the bottom that a person types into.
struct Prompt: Sendable, Equatable {
  enum Kind: Sendable, Hashable {
    /// After `:`.
    case command
    /// A text for the network to read.
    case reading
    /// A pattern that units may follow, after `/`.
    case pattern
    /// A directory to save in.
    case place
    /// Parts of the names of metrics, after `/`.
    case metric
    /// Words of a console's lines, after `/`.
    case console
  }

  /// One way to go on, offered above the line.
  struct Candidate: Sendable, Equatable {
    /// What takes the place of the word.
    var text: String
    var summary: String
  }

  let kind: Kind
  var line: LineEditor
  /// Which older line is shown; nil while a new one is written.
  private(set) var historyIndex: Int?
  private var draft = ""
  /// What Tab goes round through; empty until it is pressed.
  private(set) var offered: [Candidate] = []
  private(set) var chosen: Int?
  private var wordStart = 0
  /// What is wrong with the line, until it is changed.
  private(set) var mistake: String?

  init(_ kind: Kind, text: String = "") {
    self.kind = kind
    line = LineEditor(text)
  }

  /// What stands before the line.
  var label: String {
    switch kind {
    case .command: ":"
    case .reading: "read: "
    case .pattern, .metric, .console: "/"
    case .place: "save in: "
    }
  }

  /// Changes the line; whatever was offered for the old one is gone.
  mutating func edit(_ change: (inout LineEditor) -> Void) {
    change(&line)
    (offered, chosen, historyIndex, mistake) = ([], nil, nil, nil)
  }

  /// Keeps the line for a person to mend, and says what is wrong with it.
  mutating func answer(mistake text: String) {
    (offered, chosen, mistake) = ([], nil, text)
  }

  /// Goes through older lines (−1) or newer ones (1).
  mutating func browse(_ history: [String], by step: Int) {
    guard !history.isEmpty else { return }
    (offered, chosen, mistake) = ([], nil, nil)
    if historyIndex == nil { draft = line.text }
    let index = (historyIndex ?? history.count) + step
    if index >= history.count {
      historyIndex = nil
      line.set(draft)
    } else {
      historyIndex = max(0, index)
      line.set(history[max(0, index)])
    }
  }

  /// Completes the word before the cursor, then goes round through the ways to.
  mutating func complete(_ completion: Completion, backward: Bool = false) {
    mistake = nil
    if offered.isEmpty {
      offered = completion.candidates
      wordStart = completion.wordStart
      guard !offered.isEmpty else { return }
      // What all have in common comes first; a second press goes through them.
      let common = completion.commonPrefix
      if offered.count > 1, common.count > line.cursor - wordStart {
        line.replaceWord(from: wordStart, with: common)
        return
      }
    }
    let count = offered.count
    let next = chosen.map { $0 + (backward ? -1 : 1) } ?? (backward ? count - 1 : 0)
    let index = (next + count) % count
    chosen = index
    line.replaceWord(from: wordStart, with: offered[index].text)
    // One way only: the next Tab completes what follows.
    if count == 1 { (offered, chosen) = ([], nil) }
  }
}

/// Older lines of every kind of prompt.
struct PromptHistory: Sendable, Equatable {
  static let capacity = 200

  private var lines: [Prompt.Kind: [String]] = [:]

  func lines(of kind: Prompt.Kind) -> [String] { lines[kind] ?? [] }

  mutating func add(_ line: String, to kind: Prompt.Kind) {
    guard !line.isEmpty else { return }
    var old = lines[kind] ?? []
    old.removeAll { $0 == line }
    old.append(line)
    lines[kind] = old.suffix(Self.capacity)
  }
}
