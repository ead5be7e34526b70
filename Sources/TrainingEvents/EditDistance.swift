/// The least number of insertions, deletions and substitutions that turn one sequence into
/// another (Levenshtein 1966).
public enum EditDistance {
  /// Time proportional to the product of the lengths, memory to the shorter one.
  public static func between<Element: Equatable>(
    _ first: some RandomAccessCollection<Element>, _ second: some RandomAccessCollection<Element>
  ) -> Int {
    let (long, short) =
      first.count >= second.count
      ? (Array(first), Array(second)) : (Array(second), Array(first))
    if short.isEmpty { return long.count }
    var row = Array(0...short.count)
    for (i, element) in long.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in short.indices {
        let substituted = diagonal + (short[j] == element ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
      }
    }
    return row[short.count]
  }

  /// The known name nearest to `name`, or nil when none is near enough to be a slip of the hand
  /// (a third of its letters, at least two).
  public static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    let limit = max(2, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in known {
      let distance = between(wanted, Array(candidate.lowercased().unicodeScalars))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }
}
