/// One line of text that a person writes, with a place to write at.
struct LineEditor: Sendable, Equatable {
  /// Longer lines are of no use to any command, and a paste may be of any length.
  static let longest = 4_000

  private(set) var characters: [Character] = []
  /// Characters before the place that is written at.
  private(set) var cursor = 0

  init(_ text: String = "") { set(text) }

  var text: String { String(characters) }
  var isEmpty: Bool { characters.isEmpty }
  var beforeCursor: String { String(characters[..<cursor]) }
  var afterCursor: String { String(characters[cursor...]) }

  mutating func set(_ text: String) {
    characters = Array(text.prefix(Self.longest))
    cursor = characters.count
  }

  mutating func insert(_ text: String) {
    let room = max(0, Self.longest - characters.count)
    let new = text.filter { !$0.isNewline && $0 != "\0" }.prefix(room)
    characters.insert(contentsOf: new, at: cursor)
    cursor += new.count
  }

  mutating func deleteBackward() {
    guard cursor > 0 else { return }
    cursor -= 1
    characters.remove(at: cursor)
  }

  mutating func deleteForward() {
    guard cursor < characters.count else { return }
    characters.remove(at: cursor)
  }

  /// Back to the start of the word before.
  mutating func deleteWord() {
    while cursor > 0, characters[cursor - 1] == " " { deleteBackward() }
    while cursor > 0, characters[cursor - 1] != " " { deleteBackward() }
  }

  mutating func deleteToStart() {
    characters.removeFirst(cursor)
    cursor = 0
  }

  mutating func deleteToEnd() { characters.removeLast(characters.count - cursor) }

  mutating func move(by count: Int) { cursor = min(max(0, cursor + count), characters.count) }

  mutating func moveToStart() { cursor = 0 }

  mutating func moveToEnd() { cursor = characters.count }

  /// Puts `text` in place of the word that ends at the cursor, and of nothing else.
  mutating func replaceWord(from start: Int, with text: String) {
    let start = min(max(0, start), cursor)
    characters.replaceSubrange(start..<cursor, with: Array(text))
    cursor = start + text.count
  }
}
