/// The last lines of a job's output, by their numbers.
public struct ConsoleLines: Sendable, Equatable {
  /// Lines kept.
  public static let capacity = 10_000

  /// The lines kept, by rising numbers.
  public private(set) var lines: [ConsoleLine] = []

  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { lines.isEmpty }

  /// Adds a line, or replaces the one of its number.
  public mutating func set(_ line: ConsoleLine) {
    guard let last = lines.last, line.number <= last.number else {
      lines.append(line)
      // In blocks, so that a flood costs constant time a line.
      if lines.count > Self.capacity + 1_000 { lines.removeFirst(1_000) }
      return
    }
    // Nearly always one of the last few.
    guard let index = lines.lastIndex(where: { $0.number <= line.number }) else { return }
    if lines[index].number == line.number { lines[index] = line }
  }
}
