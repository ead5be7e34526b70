import LinearAlgebra

/// Recordings put together at random into longer ones, every step labelled with the recording that
/// it belongs to: as many joined ones as there are recordings.
enum JoinedRecordings {
  /// - Parameter joined: how many go into one; nil labels the steps of each recording by itself
  static func make(
    _ recordings: [Example], _ joined: ClosedRange<Int>?, _ random: inout SeededRandom
  ) throws(DataError) -> [Example] {
    guard let joined else { return recordings.map { chain([$0]) } }
    guard joined.lowerBound > 0, joined.upperBound <= 1000 else {
      throw DataError(
        "task.data.joined", "not a number of recordings", found: "\(joined)",
        expected: "1 to 1000")
    }
    let longest = joined.upperBound * recordings.reduce(0) { max($0, $1.input.steps) }
    guard longest <= DataLimits.steps else {
      throw DataError(
        "task.data.joined", "the joined recordings are too long", found: "up to \(longest) steps",
        expected: "at most \(DataLimits.steps)")
    }
    return recordings.indices.map { _ in
      let count = joined.lowerBound + random.index(below: joined.count)
      return chain((0..<count).map { _ in recordings[random.index(below: recordings.count)] })
    }
  }

  private static func chain(_ recordings: [Example]) -> Example {
    var (values, labels, spoken, width): ([Float], [Int32], [String], Int) = ([], [], [], 0)
    for recording in recordings {
      guard case .vectors(let steps, let size) = recording.input,
        case .label(let label) = recording.target
      else { continue }
      values += steps
      labels += repeatElement(label, count: recording.input.steps)
      spoken.append(String(label))
      width = size
    }
    return Example(
      input: .vectors(values, width: width), target: .labels(labels),
      text: spoken.joined(separator: " "))
  }
}
