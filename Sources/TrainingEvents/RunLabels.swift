/// Short names that tell runs apart: the settings in which they differ, else the parts of their names
/// that do.
public struct RunLabels: Sendable, Equatable {
  /// Settings that say what a run is about and not how it was trained.
  private static let titles: Set<String> = ["title", "lecture", "name"]
  /// Settings in one label at most.
  private static let mostKeys = 4
  /// Characters of a value beyond which nobody reads on in a label.
  private static let longestValue = 24

  /// Settings that do not have the same value in all runs, in the order in which runs name them.
  private let keys: [String]
  /// Parts that all names begin with, and end with.
  private let (front, back): (Int, Int)

  /// - Parameter runs: those that are to be told apart
  public init(_ runs: [RunOverview]) {
    keys = Self.differingKeys(runs)
    (front, back) = Self.sharedParts(runs.map(\.name))
  }

  /// - Parameters:
  ///   - runs: those to be told apart
  ///   - all: what a run is told apart from that stands alone
  public static func labels(of runs: [RunOverview], among all: RunLabels) -> [String] {
    let own = runs.count > 1 ? RunLabels(runs) : all
    let labels = runs.map { own.settings(of: $0) }
    return runs.indices.map { index in
      let name = own.ownPart(of: runs[index].name)
      if labels[index].isEmpty { return name }
      let isUnique = labels.count { $0 == labels[index] } == 1
      return isUnique ? labels[index] : labels[index] + " · " + name
    }
  }

  /// The settings of a run that not all others have, such as `hidden 64 · seed 2`; empty where there
  /// is none.
  public func settings(of run: RunOverview) -> String {
    keys.compactMap { key in
      run.hyperparameters.first { $0.key == key }
        .map { "\(Self.short(key)) \(Self.shortened($0.value))" }
    }.joined(separator: " · ")
  }

  private static func differingKeys(_ runs: [RunOverview]) -> [String] {
    guard runs.count > 1 else { return [] }
    var order: [String] = []
    var values: [String: (distinct: Set<String>, count: Int)] = [:]
    for run in runs {
      for setting in run.hyperparameters where !titles.contains(setting.key) {
        if values[setting.key] == nil { order.append(setting.key) }
        values[setting.key, default: ([], 0)].distinct.insert(setting.value)
        values[setting.key, default: ([], 0)].count += 1
      }
    }
    // A run of which no setting is known says nothing of any.
    let known = runs.count { !$0.hyperparameters.isEmpty }
    let keys = order.filter { key in
      values[key].map { $0.distinct.count > 1 || $0.count < known } ?? false
    }
    guard keys.count > mostKeys else { return keys }
    // Of runs that differ in everything, what tells most of them apart.
    let count = { (key: String) in values[key]?.distinct.count ?? 0 }
    let ranked = keys.indices.sorted { (-count(keys[$0]), $0) < (-count(keys[$1]), $1) }
    return ranked.prefix(mostKeys).sorted().map { keys[$0] }
  }

  /// The last part of a key, such as `learning-rate`.
  public static func short(_ key: String) -> String {
    guard let dot = key.lastIndex(of: "."), key.index(after: dot) < key.endIndex else {
      return key
    }
    let last = String(key[key.index(after: dot)...])
    // `optimizer.name` is the optimiser.
    guard last == "name" || last == "value" else { return last }
    return short(String(key[..<dot]))
  }

  /// Of a path, what it leads to; of a long text, its beginning.
  private static func shortened(_ value: String) -> String {
    let name = value.split(separator: "/").last.map(String.init) ?? value
    return name.count > longestValue ? name.prefix(longestValue - 1) + "…" : name
  }

  private static func sharedParts(_ names: [String]) -> (front: Int, back: Int) {
    let parts = names.map(parts)
    guard parts.count > 1, let first = parts.first else { return (0, 0) }
    let least = parts.map(\.count).min() ?? 0
    var (front, back) = (0, 0)
    while front < least, parts.allSatisfy({ $0[front] == first[front] }) { front += 1 }
    while back < least - front,
      parts.allSatisfy({ $0[$0.count - 1 - back] == first[first.count - 1 - back] })
    {
      back += 1
    }
    return (front, back)
  }

  /// A name without what all begin and end with.
  public func ownPart(of name: String) -> String {
    let text = Self.parts(name).dropFirst(front).dropLast(back).joined()
    // A separator alone tells nothing.
    return text.contains { $0.isLetter || $0.isNumber } ? text.trimmingSeparators : name
  }

  /// Words and what stands between them, in order.
  private static func parts(_ name: String) -> [String] {
    var parts: [String] = []
    var isWord: Bool?
    for character in name {
      let belongs = character.isLetter || character.isNumber || character == "."
      if belongs == isWord, belongs {
        parts[parts.count - 1].append(character)
      } else {
        parts.append(String(character))
      }
      isWord = belongs
    }
    return parts
  }
}

extension String {
  fileprivate var trimmingSeparators: String {
    var part = Substring(self)
    while let first = part.first, !first.isLetter, !first.isNumber { part.removeFirst() }
    while let last = part.last, !last.isLetter, !last.isNumber { part.removeLast() }
    return String(part)
  }
}
