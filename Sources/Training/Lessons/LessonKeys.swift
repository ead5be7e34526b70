import SequenceData
import TrainingEvents
import Yams

/// A block of keys in a lesson, with the lines they stand in.
struct LessonKeys {
  private let file: String
  private let firstLine: Int
  private let mapping: Node.Mapping

  init(
    _ lines: ArraySlice<String>, file: String, firstLine: Int, known: [String]
  ) throws(PresetError) {
    let yaml = lines.joined(separator: "\n")
    if let problem = PresetEvents.problem(in: yaml) {
      throw PresetError(
        description: "\(file):\(firstLine + problem.line - 1): \(problem.text)")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch {
      let line = (error as? YamlError).flatMap(Self.line(of:)) ?? 1
      throw PresetError(description: "\(file):\(firstLine + line - 1): not YAML")
    }
    guard case .mapping(let mapping)? = node else {
      throw PresetError(description: "\(file):\(firstLine): expected keys, found none")
    }
    (self.file, self.firstLine, self.mapping) = (file, firstLine, mapping)
    try check(known)
  }

  private init(file: String, firstLine: Int, mapping: Node.Mapping) {
    (self.file, self.firstLine, self.mapping) = (file, firstLine, mapping)
  }

  private static func line(of error: YamlError) -> Int? {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark.line
    default: nil
    }
  }

  private func check(_ known: [String]) throws(PresetError) {
    var seen: Set<String> = []
    for (key, _) in mapping {
      let name = key.scalar?.string ?? ""
      guard known.contains(name) else {
        let near = EditDistance.nearest(to: name, among: known)
        throw PresetError(
          description: "\(place(key)): there is no key \(PresetValue.quote(name))"
            + (near.map { "; did you mean \($0)?" }
              ?? "; there are \(known.joined(separator: ", "))"))
      }
      guard seen.insert(name).inserted else {
        throw PresetError(description: "\(place(key)): \(name): this key is given twice")
      }
    }
  }

  private func place(_ node: Node) -> String {
    "\(file):\(firstLine + (node.mark?.line ?? 1) - 1)"
  }

  private func node(_ key: String) -> Node? {
    mapping.first { $0.key.scalar?.string == key }?.value
  }

  /// The line of the file that a key stands in.
  func line(_ key: String) -> Int {
    let node = mapping.first { $0.key.scalar?.string == key }?.key
    return firstLine + (node?.mark?.line ?? 1) - 1
  }

  private func mistake(_ key: String, _ text: String) -> PresetError {
    PresetError(description: "\(file):\(line(key)): \(key): \(text)")
  }

  // MARK: Values

  func has(_ key: String) -> Bool { node(key) != nil }

  func text(_ key: String) -> String? {
    node(key)?.scalar.map { $0.string.split { $0.isWhitespace }.joined(separator: " ") }
  }

  func required(_ key: String) throws(PresetError) -> String {
    guard let text = text(key), !text.isEmpty else {
      throw PresetError(description: "\(file):\(firstLine): expected the key \(key), found none")
    }
    return text
  }

  func whole(_ key: String) throws(PresetError) -> Int? {
    guard has(key) else { return nil }
    guard let text = text(key), let number = Int(text), (0...1_000_000).contains(number) else {
      throw mistake(key, "found \(text(key) ?? "no number"), expected a whole number")
    }
    return number
  }

  func list(_ key: String) throws(PresetError) -> [String] {
    switch node(key) {
    case nil: return []
    case .scalar(let scalar)?: return [scalar.string]
    case .sequence(let items)?: return items.compactMap(\.scalar?.string)
    default: throw mistake(key, "expected a list, found further keys")
    }
  }

  /// Slides such as `9`, `[9, 10]` or `9-12`.
  func slides() throws(PresetError) -> [Int] {
    var slides: Set<Int> = []
    for piece in try list("slides").flatMap({ $0.split(separator: ",").map(\.trimmingSpaces) }) {
      let ends = piece.split { $0 == "-" || $0 == "–" }.map { Int($0.trimmingSpaces) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        (1...99).contains(first), (first...99).contains(last)
      else { throw mistake("slides", "found \(piece), expected slides such as 9-12") }
      slides.formUnion(first...last)
    }
    guard !slides.isEmpty else {
      throw PresetError(description: "\(file):\(firstLine): expected the key slides, found none")
    }
    return slides.sorted()
  }

  /// Keys of a preset as `path=value`.
  func settings(_ key: String) throws(PresetError) -> [String] {
    guard let node = node(key) else { return [] }
    guard case .mapping(let mapping) = node else {
      throw mistake(key, "expected keys of a preset, such as network.hidden: 8")
    }
    return try mapping.map { (name, value) throws(PresetError) in
      guard let name = name.scalar?.string, let value = value.scalar?.string else {
        throw mistake(key, "expected one value each, such as network.hidden: 8")
      }
      return "\(name)=\(value)"
    }
  }

  func mapping(_ key: String, known: [String]) throws(PresetError) -> LessonKeys? {
    guard let node = node(key) else { return nil }
    guard case .mapping(let mapping) = node else { throw mistake(key, "expected further keys") }
    let keys = LessonKeys(file: file, firstLine: firstLine, mapping: mapping)
    try keys.check(known)
    return keys
  }

  // MARK: Formulas

  func expression(_ key: String) throws(PresetError) -> LessonExpression {
    try expression(text(key) ?? "", key, line(key))
  }

  private func expression(
    _ text: String, _ key: String, _ line: Int
  ) throws(PresetError) -> LessonExpression {
    do {
      return try LessonExpression(text)
    } catch {
      throw PresetError(description: "\(file):\(line): \(key): \(error)")
    }
  }

  /// `2`, `10 %` or `×3`.
  func tolerance(_ key: String) throws(PresetError) -> Lesson.Number.Tolerance {
    let text = text(key) ?? ""
    if text.hasSuffix("%"), let percent = Double(text.dropLast().trimmingSpaces), percent > 0 {
      return .share(percent / 100)
    }
    if let first = text.first, "×x".contains(first),
      let factor = Double(text.dropFirst().trimmingSpaces), factor > 1
    {
      return .factor(factor)
    }
    if let limit = Double(text), limit >= 0 { return .absolute(limit) }
    throw mistake(
      has(key) ? key : "answer",
      "within: found \(text.isEmpty ? "nothing" : text), expected 2, 10 % or ×3")
  }

  func choices(_ key: String) throws(PresetError) -> [Lesson.Choice] {
    guard case .sequence(let items)? = node(key) else {
      throw mistake(key, "expected a list of choices, each with when it is right")
    }
    var choices: [Lesson.Choice] = []
    for item in items {
      guard case .mapping(let pair) = item, let (text, formula) = pair.first, pair.count == 1,
        let text = text.scalar?.string, let formula = formula.scalar?.string
      else {
        throw PresetError(
          description: "\(place(item)): choices: expected a text and when it is right, such as "
            + "- it falls: loss < before(loss)")
      }
      let line = firstLine + (item.mark?.line ?? 1) - 1
      choices.append(
        Lesson.Choice(text: text, isRight: try expression(formula, key, line)))
    }
    guard (2...4).contains(choices.count) else {
      throw mistake(key, "expected 2 to 4 choices, found \(choices.count)")
    }
    return choices
  }

  /// Words with formulas in braces between them.
  func pieces(_ key: String) throws(PresetError) -> [Lesson.Piece] {
    guard let text = text(key) else { return [] }
    var pieces: [Lesson.Piece] = []
    for (index, part) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
      guard index > 0 else {
        if !part.isEmpty { pieces.append(.words(String(part))) }
        continue
      }
      guard let end = part.firstIndex(of: "}") else {
        throw mistake(key, "a brace is not closed")
      }
      pieces.append(.value(try expression(String(part[..<end]), key, line(key))))
      let rest = part[part.index(after: end)...]
      if !rest.isEmpty { pieces.append(.words(String(rest))) }
    }
    return pieces
  }
}
