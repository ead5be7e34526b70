import TrainingEvents

/// Finds data by name in the directories of packaged and fetched data, or by path.
public struct DataLocator: Sendable {
  public var directories: [String]

  public init(directories: [String]) {
    self.directories = directories
  }

  /// The path of what `location` names.
  ///
  /// - Throws: `DataError` naming the fetch command for data that is not there yet, or the nearest
  ///   known name for a name that is neither known nor a file.
  public func path(of location: String, key: String = "task.data") throws(DataError) -> String {
    guard let known = DataCatalogue.entry(location), let file = known.file else {
      guard !FileBytes.exists(location), !location.contains("/"), !location.contains(".") else {
        return location
      }
      throw DataError(
        key, "neither a file nor the name of data that comes with unfold",
        found: DataError.quote(location), expected: "a path or a name",
        suggestion: EditDistance.nearest(
          to: location, among: DataCatalogue.entries.map(\.name)))
    }
    for directory in directories {
      let path = directory + "/" + file
      if FileBytes.exists(path) { return path }
    }
    if let name = known.fetch {
      throw DataError(
        key, "\(location) is not here yet; bring it with: presets/fetch \(name)")
    }
    throw DataError(
      key, "\(file) is missing from the program's data", found: "nothing",
      expected: "it in " + directories.joined(separator: " or "))
  }
}
