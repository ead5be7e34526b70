import Yams

/// Settings of other programs' runs, which they keep as YAML of any shape.
public enum YAMLValues {
  private static let most = 400
  private static let depth = 8

  /// Every value with its keys joined by points, in the file's order; none where the text is no YAML
  /// or no mapping.
  public static func flat(_ yaml: String) -> [(key: String, value: String)] {
    // Aliases could stand for more than any memory holds.
    guard PresetEvents.problem(in: yaml) == nil, let root = (try? Yams.compose(yaml: yaml)) ?? nil
    else { return [] }
    var result: [(key: String, value: String)] = []
    flatten(root, "", depth, &result)
    return result
  }

  private static func flatten(
    _ node: Node, _ key: String, _ depth: Int, _ result: inout [(key: String, value: String)]
  ) {
    guard depth > 0, result.count < most else { return }
    switch node {
    case .mapping(let mapping):
      for (name, value) in mapping {
        guard let name = name.scalar?.string else { continue }
        flatten(value, key.isEmpty ? name : key + "." + name, depth - 1, &result)
      }
    case .scalar(let scalar) where !key.isEmpty: result.append((key, scalar.string))
    case .sequence(let items) where !key.isEmpty:
      let texts = items.compactMap(\.scalar?.string)
      if texts.count == items.count { result.append((key, "[\(texts.joined(separator: ", "))]")) }
    default: break
    }
  }
}
