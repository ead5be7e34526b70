import TrainingEvents

/// One run of a folder: read once as a whole, then looked at again and again.
struct WatchedRun: Sendable {
  /// Seconds between two looks at a run that does not grow.
  private static let pause = 1.0

  let place: RunPlace
  /// As far as the run was read by now.
  private var current: RunOverview
  /// As it stood when it had been read as a whole.
  private var told: RunOverview
  /// Whether everything was read that is there.
  private(set) var isRead = false
  /// Reads the run; nil where nothing more is expected of it.
  private var follower: RunFollower?
  /// The curves; nil where nobody wants them.
  private var history: RunHistory?
  private var gradientByLag: GradientByLag?
  private var hasNewCurves = false
  /// What its files looked like when it was read.
  private var mark: Mark?
  private var nextLook = 0.0

  /// How much there is of a run, to notice that it changed.
  private struct Mark: Sendable, Equatable {
    var size: Int
    var modified: Double
    var isOwn: Bool
  }

  init(_ place: RunPlace) {
    self.place = place
    current = RunOverview(id: place.path, name: place.name)
    told = current
  }

  /// While the run is read again, what was known of it before stays.
  var overview: RunOverview { isRead || told.state == nil ? current : told }

  var keepsCurves: Bool { history != nil }

  /// Reads the run anew, with its curves.
  mutating func keepCurves() {
    history = RunHistory()
    begin()
  }

  mutating func forgetCurves() { (history, gradientByLag) = (nil, nil) }

  /// The curves, where they changed since they were last taken.
  mutating func takeCurves() -> RunCurves? {
    // Half a curve would look like a run that has only begun.
    guard hasNewCurves, isRead, let history else { return nil }
    hasNewCurves = false
    return RunCurves(id: place.path, history: history, gradientByLag: gradientByLag)
  }

  // MARK: Reading

  private mutating func begin() {
    (follower, isRead, mark) = (nil, false, nil)
    if history != nil { history = RunHistory() }
    gradientByLag = nil
  }

  /// Reads a piece of what is there.
  mutating func readOn() {
    if follower == nil, !open() { return }
    guard var follower else { return }
    // The follower has one owner while it reads, so that nothing it holds is copied.
    self.follower = nil
    do throws(RunError) {
      let events = try follower.poll()
      take(events)
      if events.isEmpty, !follower.isBehind {
        isRead = true
        judge()
        lookIntoSnapshots()
        hasNewCurves = true
        if ![.live, .paused].contains(current.state) {
          take(try follower.finish())
          judge()
          return
        }
      }
      self.follower = follower
    } catch {
      fail("\(error)")
    }
  }

  /// - Returns: whether there is something to be read
  private mutating func open() -> Bool {
    mark = Self.mark(place.path)
    guard mark != nil else {
      vanish()
      return false
    }
    current.restart()
    do throws(RunError) {
      follower = try RunFollower(place.path)
    } catch {
      fail("\(error)")
      return false
    }
    current.hyperparameters = RunSettings.read(of: place.path)
    return true
  }

  private mutating func take(_ events: [TrainingEvent]) {
    for event in events {
      current.take(event)
      if case .started(let run) = event, current.hyperparameters.isEmpty {
        current.hyperparameters = RunSettings.read(of: run)
      }
      if case .frame(.gradientByLag(let frame)) = event { gradientByLag = frame }
      guard history != nil else { continue }
      hasNewCurves = true
      history?.take(event)
    }
  }

  private mutating func fail(_ problem: String) {
    (follower, isRead) = (nil, true)
    (current.problem, current.state) = (problem, .unreadable)
    told = current
  }

  private mutating func vanish() {
    (follower, isRead, mark) = (nil, true, nil)
    (current.problem, current.state) = ("\(place.path): it was here and is gone", .gone)
    told = current
  }

  private mutating func judge() {
    current.judge(isHeld: mark?.isOwn == true ? RunLock.isHeld(directory: place.path) : nil)
    told = current
  }

  /// Where nobody measured the gradient by lag while the run trained, a snapshot may have it.
  private mutating func lookIntoSnapshots() {
    guard history != nil, gradientByLag == nil, mark?.isOwn == true else { return }
    for snapshot in SnapshotReader.paths(inRun: place.path).suffix(1) {
      for case .gradientByLag(let frame) in SnapshotReader.frames(of: snapshot) {
        gradientByLag = frame
      }
    }
  }

  // MARK: Looking again

  /// Looks whether something happened since all was read.
  /// - Returns: whether something did
  mutating func lookAgain(now: Double) -> Bool {
    let before = overview
    guard var follower else {
      guard now >= nextLook else { return false }
      nextLook = now + Self.pause
      let mark = Self.mark(place.path)
      if mark == nil {
        if current.state != .gone { vanish() }
      } else if mark != self.mark {
        begin()
      }
      return before != overview || !isRead
    }
    self.follower = nil
    guard Self.mark(place.path) != nil else {
      vanish()
      return true
    }
    do throws(RunError) {
      take(try follower.poll())
      self.follower = follower
    } catch {
      fail("\(error)")
      return true
    }
    if now >= nextLook {
      nextLook = now + Self.pause
      judge()
      if ![.live, .paused].contains(current.state) {
        mark = Self.mark(place.path)
        self.follower = nil
      }
    }
    return before != overview
  }

  /// Nil where there is nothing any more.
  private static func mark(_ path: String) -> Mark? {
    guard let status = FileTree.status(path) else { return nil }
    guard status.isDirectory else {
      return Mark(size: status.size, modified: status.modified, isOwn: false)
    }
    let record = path + "/" + RunDirectory.eventsName
    if let status = FileTree.status(record, followingLinks: false) {
      return Mark(size: status.size, modified: status.modified, isOwn: true)
    }
    guard let place = (try? LogPlace.inDirectory(path)) ?? nil else {
      return Mark(size: 0, modified: status.modified, isOwn: false)
    }
    guard place.kind == .eventFiles else {
      let status = FileTree.status(place.path)
      return Mark(size: status?.size ?? 0, modified: status?.modified ?? 0, isOwn: false)
    }
    var mark = Mark(size: 0, modified: 0, isOwn: false)
    for name in FollowedEventFiles.names(in: path) {
      guard let status = FileTree.status(path + "/" + name) else { continue }
      mark.size += status.size
      mark.modified = max(mark.modified, status.modified)
    }
    return mark
  }
}

extension RunHistory {
  /// Takes in what of an event is drawn as a curve.
  fileprivate mutating func take(_ event: TrainingEvent) {
    switch event {
    case .started(let run):
      if run.firstStep == 0, !isEmpty || !extra.isEmpty { self = RunHistory(smoothing: smoothing) }
    case .steps(let batch): append(batch)
    case .validation(let record): append(record)
    case .values(let records): append(records)
    default: break
    }
  }
}
