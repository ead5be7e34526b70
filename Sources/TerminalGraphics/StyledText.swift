/// One line of text in pieces, each with a style of its own.
public struct StyledText: Sendable, Equatable {
  public struct Piece: Sendable, Equatable {
    public var text: String
    public var style: Style
    /// Whether it makes sense only together with the piece before.
    public var isJoined = false
  }

  public private(set) var pieces: [Piece] = []
  /// Cells taken.
  public private(set) var width = 0

  public init() {}

  public init(_ text: String, _ style: Style = .plain) {
    add(text, style)
  }

  public var isEmpty: Bool { pieces.isEmpty }

  /// - Parameters:
  ///   - text: what the piece says
  ///   - style: how it looks
  ///   - joined: whether it makes sense only together with the piece before, such as a number
  ///     after its label
  public mutating func add(_ text: String, _ style: Style = .plain, joined: Bool = false) {
    guard !text.isEmpty else { return }
    pieces.append(Piece(text: text, style: style, isJoined: joined))
    width += CharacterWidth.of(text)
  }

  /// A copy with one more piece; see `add`.
  public func adding(_ text: String, _ style: Style = .plain, joined: Bool = false) -> StyledText {
    var copy = self
    copy.add(text, style, joined: joined)
    return copy
  }

  /// A copy with another text's pieces behind its own.
  public func appending(_ other: StyledText) -> StyledText {
    other.pieces.reduce(self) { $0.adding($1.text, $1.style, joined: $1.isJoined) }
  }

  /// As many whole pieces, from the first on, as fit into a width; at least the first, cut.
  /// Joined pieces stay or leave together.
  public func fitting(_ width: Int) -> StyledText {
    guard width > 0 else { return StyledText() }
    var result = StyledText()
    var index = 0
    while index < pieces.count {
      var end = index + 1
      while end < pieces.count, pieces[end].isJoined { end += 1 }
      let group = pieces[index..<end]
      if result.width + group.reduce(0, { $0 + CharacterWidth.of($1.text) }) > width { break }
      for piece in group { result.add(piece.text, piece.style, joined: piece.isJoined) }
      index = end
    }
    if result.isEmpty, let first = pieces.first {
      result.add(first.text.cut(to: width), first.style)
    }
    return result
  }

  /// The pieces in lines of a width, broken between them; what does not fit leaves.
  public func lines(of width: Int, atMost count: Int) -> [StyledText] {
    var lines: [StyledText] = []
    var rest = self
    while !rest.isEmpty, lines.count < count {
      let line = rest.fitting(width)
      guard !line.isEmpty else { break }
      lines.append(line)
      var left = StyledText()
      for piece in rest.pieces.dropFirst(line.pieces.count) {
        let text = left.isEmpty ? String(piece.text.drop { $0 == " " }) : piece.text
        left.add(text, piece.style, joined: piece.isJoined)
      }
      rest = left
    }
    return lines
  }

  /// Writes the pieces one after the other.
  /// - Returns: the column after the last cell written.
  @discardableResult
  public func write(x: Int, y: Int, limit: Int, into buffer: inout CellBuffer) -> Int {
    var column = x
    for piece in pieces {
      column = buffer.write(piece.text, x: column, y: y, style: piece.style, limit: limit)
    }
    return column
  }
}

extension String {
  /// The text cut to a width in cells, with an ellipsis where something is missing.
  public func cut(to width: Int) -> String {
    guard CharacterWidth.of(self) > width else { return self }
    guard width > 0 else { return "" }
    var result = String.UnicodeScalarView()
    var used = 0
    for scalar in unicodeScalars {
      let wide = CharacterWidth.of(CharacterWidth.printable(scalar))
      if used + wide > width - 1 { break }
      result.append(scalar)
      used += wide
    }
    result.append("…")
    return String(result)
  }

  /// The text with its beginning cut away, for paths, whose end says most.
  public func cutFront(to width: Int) -> String {
    let total = CharacterWidth.of(self)
    guard total > width else { return self }
    guard width > 0 else { return "" }
    var left = total
    var rest = unicodeScalars[...]
    while left > width - 1, let first = rest.first {
      left -= CharacterWidth.of(CharacterWidth.printable(first))
      rest.removeFirst()
    }
    return "…" + String(rest)
  }

  /// The text followed by blanks up to a width in cells.
  public func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - CharacterWidth.of(self)))
  }

  /// The text preceded by blanks up to a width in cells.
  public func rightAligned(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - CharacterWidth.of(self))) + self
  }

  /// Lines of at most `width` cells, broken at blanks where there are some.
  public func wrapped(to width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ", omittingEmptySubsequences: true) {
      let joined = line.isEmpty ? String(word) : line + " " + word
      if CharacterWidth.of(joined) <= width {
        line = joined
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = String(word)
      while CharacterWidth.of(line) > width, line.count > 1 {
        var head = String(line.removeFirst())
        while let next = line.first, CharacterWidth.of(head + String(next)) <= width {
          head.append(line.removeFirst())
        }
        lines.append(head)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}
