import TrainingEvents

/// One run of a folder: read once as a whole, then looked at again and again.
struct WatchedRun: Sendable {
  /// Seconds between two looks at a run that grows, at one that does not, and until a reader is asked
  /// all the same, which tells when a log has been silent for long.
  private static let (shortPause, pause, longPause) = (0.4, 1.0, 20.0)

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
  private var nextPoll = 0.0
  /// The log that is read; nil for a record of our own, and before there is one.
  private var log: LogPlace?

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

  /// Whether its files are open.
  var isOpen: Bool { follower != nil }

  mutating func tellCurvesAgain() { hasNewCurves = history != nil }

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
    log = (try? LogPlace.find(place.path)).flatMap { $0.kind == .record ? nil : $0 }
    mark = look()
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
  ///
  /// - Parameters:
  ///   - now: seconds on a clock that never goes back
  ///   - staysOpen: whether its files may stay open
  /// - Returns: whether something did
  mutating func lookAgain(now: Double, staysOpen: Bool) -> Bool {
    guard now >= nextLook else { return false }
    nextLook = now + (follower == nil ? Self.pause : Self.shortPause)
    let before = current
    let newer = look()
    guard newer != nil else {
      if current.state != .gone { vanish() }
      return before != current
    }
    let isNew = newer != mark
    guard follower != nil else {
      if isNew { begin() }
      return isNew
    }
    mark = newer
    if isNew || now >= nextPoll {
      nextPoll = now + Self.longPause
      readNews()
    }
    if follower != nil { judge() }
    // Nobody holds it any more: it is opened again when it changes.
    if !staysOpen || ![.live, .paused].contains(current.state) { follower = nil }
    return before != current
  }

  private mutating func readNews() {
    guard var follower else { return }
    self.follower = nil
    do throws(RunError) {
      repeat { take(try follower.poll()) } while follower.isBehind
      self.follower = follower
    } catch {
      fail("\(error)")
    }
  }

  /// How much there is of the run; nil where there is nothing any more.
  private func look() -> Mark? {
    if let log, log.kind == .eventFiles {
      guard FileTree.isDirectory(place.path) else { return nil }
      var mark = Mark(size: 0, modified: 0, isOwn: false)
      for name in FollowedEventFiles.names(in: log.path) {
        guard let status = FileTree.status(log.path + "/" + name) else { continue }
        mark.size += status.size
        mark.modified = max(mark.modified, status.modified)
      }
      return mark
    }
    if let log {
      guard let status = FileTree.status(log.path) else { return nil }
      return Mark(size: status.size, modified: status.modified, isOwn: false)
    }
    let record = place.path + "/" + RunDirectory.eventsName
    if let status = FileTree.status(record, followingLinks: false) {
      return Mark(size: status.size, modified: status.modified, isOwn: true)
    }
    guard let status = FileTree.status(place.path) else { return nil }
    return Mark(size: status.size, modified: status.modified, isOwn: false)
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
