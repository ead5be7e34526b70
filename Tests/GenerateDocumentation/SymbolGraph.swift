import Foundation

/// The part of the compiler's symbol graph that says what is described.
struct SymbolGraph: Decodable {
  struct Symbol: Decodable {
    struct Kind: Decodable {
      let identifier: String
    }

    struct Location: Decodable {
      struct Position: Decodable {
        let line: Int
      }

      let uri: String
      let position: Position
    }

    struct Comment: Decodable {}

    let kind: Kind
    let pathComponents: [String]
    let location: Location?
    let docComment: Comment?

    var parent: [String] { pathComponents.dropLast() }
    var isProperty: Bool { kind.identifier == "swift.property" }

    /// Names of parameters where this is an initializer.
    var labels: [String]? {
      guard kind.identifier == "swift.init", let name = pathComponents.last else { return nil }
      return name.dropFirst("init(".count).dropLast().split(separator: ":").map(String.init)
    }
  }

  let symbols: [Symbol]

  /// Public declarations of a module without a comment, each with its file and line. What a comment
  /// could only repeat needs none: an initializer whose parameters are properties, one by one.
  static func undescribed(in directory: URL) throws -> [String] {
    let graphs = try FileManager.default.contentsOfDirectory(
      at: directory, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "json" }
    let symbols = try graphs.flatMap {
      try JSONDecoder().decode(SymbolGraph.self, from: Data(contentsOf: $0)).symbols
    }
    let properties = Set(symbols.filter(\.isProperty).map(\.pathComponents))
    return symbols.compactMap { symbol in
      guard symbol.docComment == nil, let location = symbol.location else { return nil }
      if let labels = symbol.labels,
        labels.allSatisfy({ properties.contains(symbol.parent + [$0]) })
      {
        return nil
      }
      let file = location.uri.replacing("file://", with: "")
      let name = symbol.pathComponents.joined(separator: ".")
      return "\(file):\(location.position.line + 1): \(name)"
    }.sorted()
  }
}
