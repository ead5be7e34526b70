import TrainingEvents

/// Where the probe frames of a record stand, so that of any step the newest ones at it or before it
/// are found without reading the others.
///
/// A run that went back to an earlier step has undone what followed it, and the frames of that, too.
struct FrameIndex: Sendable {
  /// Where a frame is to be read.
  enum Place: Equatable {
    /// A line of the record, by its offset.
    case line(Int)
    /// The files of a snapshot, by its name.
    case snapshot(String)
  }

  private enum Mark {
    case frame(ProbeFrame.Kind, step: Int)
    case snapshot(String, step: Int)
    /// The run went on from a step that lies before others that it had done.
    case returned(to: Int)
  }

  private var marks: [(offset: Int, mark: Mark)] = []

  mutating func add(_ kind: ProbeFrame.Kind, step: Int, at offset: Int) {
    marks.append((offset, .frame(kind, step: step)))
  }

  /// Takes in what else a record has.
  mutating func add(_ event: TrainingEvent, at offset: Int) {
    switch event {
    case .frame(let frame): add(frame.kind, step: frame.step, at: offset)
    // Each going back is told before the steps that come instead.
    case .command(let record): goBack(to: record.step, at: offset)
    case .started(let run): goBack(to: run.firstStep, at: offset)
    case .snapshot(let record) where record.reason != .best:
      // The run may have been moved since.
      marks.append((offset, .snapshot(FileTree.name(of: record.path), step: record.step)))
    default: break
    }
  }

  private mutating func goBack(to step: Int, at offset: Int) {
    // Most commands undo nothing.
    for (_, mark) in marks.reversed() {
      switch mark {
      case .frame(_, let last) where last > step, .snapshot(_, let last) where last > step:
        return marks.append((offset, .returned(to: step)))
      case .frame: return
      case .snapshot: continue
      case .returned(let last): if last <= step { return }
      }
    }
  }

  /// Where the newest frame of a kind stands that a run had at a step or before it.
  /// - Parameters:
  ///   - kind: what is looked for
  ///   - step: the last step that counts
  ///   - offset: what stands from there on in the record had not happened yet
  ///   - hasFrame: whether a snapshot holds a frame of the kind
  func place(
    of kind: ProbeFrame.Kind, through step: Int = .max, before offset: Int = .max,
    hasFrame: (String) -> Bool
  ) -> Place? {
    var bound = step
    // A snapshot is told of when it is on disk, some steps behind its own.
    var newest: (name: String, step: Int)?
    for (at, mark) in marks.reversed() where at < offset {
      switch mark {
      case .returned(let step): bound = min(bound, step)
      case .frame(kind, let step) where step <= bound:
        if let newest, newest.step > step { return .snapshot(newest.name) }
        return .line(at)
      case .snapshot(let name, let step) where newest == nil && step <= bound:
        if hasFrame(name) { newest = (name, step) }
      case .frame, .snapshot: break
      }
    }
    return newest.map { .snapshot($0.name) }
  }
}

/// Reads the frames that an index found.
struct FrameReader: Sendable {
  /// Snapshots that are looked into for one step: most were removed for newer ones.
  private static let mostSnapshots = 8

  /// A run's directory, or its record.
  let path: String
  private var snapshots: [String: [ProbeFrame]] = [:]

  init(_ path: String) { self.path = path }

  /// The newest frames, one of each kind, that a run had at a step or before it.
  mutating func frames(
    in index: FrameIndex, kinds: [ProbeFrame.Kind] = ProbeFrame.Kind.allCases,
    through step: Int = .max, before offset: Int = .max
  ) -> [ProbeFrame] {
    kinds.filter { $0.recording != nil }.compactMap { kind in
      var left = Self.mostSnapshots
      let place = index.place(of: kind, through: step, before: offset) { name in
        left -= 1
        return left >= 0 && read(snapshot: name).contains { $0.kind == kind }
      }
      switch place {
      case .line(let offset): return read(at: offset)
      case .snapshot(let name): return read(snapshot: name).first { $0.kind == kind }
      case nil: return nil
      }
    }
  }

  /// The frame whose line begins at an offset.
  func read(at offset: Int) -> ProbeFrame? {
    guard var reader = try? RecordReader(path, offset: offset) else { return nil }
    var result: ProbeFrame?
    _ = try? reader.read(limit: 1) { event, at in
      if at == offset, case .frame(let frame) = event { result = frame }
    }
    return result
  }

  private mutating func read(snapshot name: String) -> [ProbeFrame] {
    if let known = snapshots[name] { return known }
    if snapshots.count > 4 * Self.mostSnapshots { snapshots = [:] }
    let frames = SnapshotReader.frames(of: path + "/" + RunDirectory.snapshotsName + "/" + name)
    snapshots[name] = frames
    return frames
  }
}
