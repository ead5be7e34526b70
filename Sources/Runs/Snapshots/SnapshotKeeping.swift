import TrainingEvents

/// Which scheduled snapshots stay: the last few, and the best by validation loss.
enum SnapshotKeeping {
  struct Entry: Equatable {
    /// Of its directory in `snapshots/`.
    var name: String
    var step: Int
    var reason: SnapshotReason
    var validationLoss: Double?
    var counter: Int

    /// The best one of a step comes before the others, which hold more.
    var order: (Int, Int, Int) { (counter, step, reason == .best ? 0 : 1) }
  }

  /// The snapshots of a run whose state can be read, newest last: in the order of their counters and
  /// steps, never of the clock.
  static func entries(in directory: OpenDirectory) -> [Entry] {
    let names = (try? directory.names()) ?? []
    let entries = names.filter { !$0.hasPrefix(".") }.compactMap { name -> Entry? in
      guard let snapshot = try? directory.directory(name),
        let state = try? SnapshotReader.state(of: snapshot)
      else { return nil }
      return Entry(
        name: name, step: state.resume.step, reason: state.reason,
        validationLoss: state.validationLoss, counter: state.counter)
    }
    return entries.sorted { $0.order < $1.order }
  }

  /// Entries to be removed, given newest last.
  static func surplus(_ entries: [Entry], keep: Int) -> [Entry] {
    let scheduled = entries.filter { $0.reason == .scheduled }
    let best = scheduled.filter { $0.validationLoss?.isFinite == true }
      .min { ($0.validationLoss ?? .infinity) < ($1.validationLoss ?? .infinity) }
    return scheduled.dropLast(keep).filter { $0 != best }
  }

  /// Removes what need not stay. Failures are passed over: the next schedule tries again.
  static func prune(_ directory: OpenDirectory, keep: Int) {
    for entry in surplus(entries(in: directory), keep: keep) {
      AtomicDirectory.remove(entry.name, in: directory)
    }
  }
}
