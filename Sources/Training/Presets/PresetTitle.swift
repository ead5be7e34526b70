import SequenceData

extension Preset {
  /// Takes the title of the data where the preset's own title was about other data, or is missing.
  /// - Parameter before: the preset before its keys were set, whose title may still stand
  public mutating func retitle(after before: Preset) {
    let isReplaced =
      task.data.format != before.task.data.format || task.data.location != before.task.data.location
    guard title.isEmpty || isReplaced && title == before.title else { return }
    title = DataCatalogue.ownFile(of: task.data) ?? DataCatalogue.title(of: task.data)
  }
}
