internal import CYaml

/// What a preset's text is made of, counted from the parser's events before any node is made of
/// them: a text of a few hundred bytes may name exponentially many nodes by aliases of aliases.
struct PresetEvents {
  /// Nodes that a preset may have, those that aliases repeat counted each time.
  private static let mostNodes = 100_000
  /// Mappings and lists inside each other.
  private static let deepest = 32

  /// What is wrong, and the line where; nil where the text is in bounds. A text that is no YAML is
  /// left to who reads it.
  static func problem(in yaml: String) -> (line: Int, text: String)? {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { return nil }
    defer { yaml_parser_delete(&parser) }
    var bytes = Array(yaml.utf8)
    return bytes.withUnsafeMutableBufferPointer { buffer in
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
      var events = PresetEvents()
      while true {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else { return nil }
        defer { yaml_event_delete(&event) }
        if event.type == YAML_STREAM_END_EVENT { return nil }
        if let problem = events.take(event) {
          return (Int(event.start_mark.line) + 1, problem)
        }
      }
    }
  }

  /// Mappings and lists that are open: their anchor, and the nodes in them so far.
  private var open: [(anchor: String?, nodes: Int)] = []
  /// Nodes that an alias of each name stands for.
  private var anchored: [String: Int] = [:]
  private var nodes = 0

  private mutating func take(_ event: yaml_event_t) -> String? {
    switch event.type {
    case YAML_SCALAR_EVENT: return add(1, anchor: event.data.scalar.anchor)
    case YAML_ALIAS_EVENT:
      // An alias of what is still open has no end; the parser that makes nodes refuses it.
      return add(Self.name(event.data.alias.anchor).flatMap { anchored[$0] } ?? 1, anchor: nil)
    case YAML_MAPPING_START_EVENT: return begin(event.data.mapping_start.anchor)
    case YAML_SEQUENCE_START_EVENT: return begin(event.data.sequence_start.anchor)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
      guard let last = open.popLast() else { return nil }
      if let anchor = last.anchor { anchored[anchor] = last.nodes }
      if let above = open.indices.last { open[above].nodes += last.nodes }
      return nil
    default: return nil
    }
  }

  private mutating func begin(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    open.append((Self.name(anchor), 0))
    guard open.count <= Self.deepest else {
      return "nested too deeply, expected at most \(Self.deepest) levels"
    }
    return add(1, anchor: nil)
  }

  private mutating func add(
    _ count: Int, anchor: UnsafeMutablePointer<yaml_char_t>?
  ) -> String? {
    if let anchor = Self.name(anchor) { anchored[anchor] = count }
    if let last = open.indices.last { open[last].nodes += count }
    nodes += count
    guard nodes <= Self.mostNodes else {
      return "too many values once aliases are followed, expected at most \(Self.mostNodes)"
    }
    return nil
  }

  private static func name(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    anchor.map { String(cString: $0) }
  }
}
