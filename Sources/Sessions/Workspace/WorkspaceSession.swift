import Dashboard
import Glibc
import Runs
import TerminalGraphics
import TrainingEvents

/// A list of the runs in a folder, their curves over each other, and each of them in the dashboard
/// when a person opens it. Whatever becomes of this process, the runs do not notice.
package actor WorkspaceSession {
  private enum Act {
    case open(String)
    case quit(status: Int32)
  }

  private var stage: Stage
  private let watcher: RunFolderWatcher
  private var workspace: WorkspaceState
  private let (acts, continuation) = AsyncStream.makeStream(of: Act.self)
  /// The run that has the screen; nil while the list has it.
  private var session: RunSession?
  /// The last signal that a run was given, which may end the program with it.
  private var lastSignal: Int32?
  private var wanted: [String] = []
  /// Whether the cursor is to go to the first run that trains, once one is known.
  private var looksForLive: Bool
  /// Runs that are to be there and are not yet, by their names.
  private let expected: [RunOverview]

  /// - Parameters:
  ///   - paths: folders of runs, or runs
  ///   - stage: taken over already
  ///   - startsAtLive: whether the cursor begins on a run that trains
  ///   - expected: names of runs in the first of the paths that may be yet to begin
  package init(
    _ paths: [String], on stage: Stage, startsAtLive: Bool = false,
    expecting expected: [String] = []
  ) {
    self.stage = stage
    self.expected = expected.map { name in
      var run = RunOverview(id: (paths.first ?? "") + "/" + name, name: name)
      run.state = .waiting
      return run
    }
    looksForLive = startsAtLive
    watcher = RunFolderWatcher(paths)
    workspace = WorkspaceState(
      title: paths.count == 1 ? Self.title(paths[0]) : "\(paths.count) places",
      smoothing: stage.settings.smoothing)
    workspace.resize(stage.abilities.size)
    if let problem = stage.problems.first { workspace.show(problem) }
  }

  /// A path as it was typed; of a long one, what it leads to.
  private static func title(_ path: String) -> String {
    let parts = path.split(separator: "/")
    guard path.count > 24, let last = parts.last else { return path }
    return "…/" + last
  }

  /// Shows the runs until a person leaves them or a signal ends this program.
  /// - Returns: the status to leave with, and what stays in the scrollback
  package func run() async -> (status: Int32, report: String?) {
    let reading = Task { await self.readNews() }
    let keys = Task { await self.readInputs() }
    draw()
    var status = ExitStatus.done
    acting: for await act in acts {
      switch act {
      case .quit(let end):
        status = end
        break acting
      case .open(let run):
        if let end = await open(run) {
          status = end
          break acting
        }
      }
    }
    watcher.close()
    reading.cancel()
    keys.cancel()
    stage.leaveSoon(status)
    if let problem = await stage.close() { ExitStatus.say(problem) }
    return (status, nil)
  }

  // MARK: News

  private func readNews() async {
    for await _ in watcher.changes {
      take(watcher.news())
      draw()
      // A folder that is being read changes all the time; a person needs a few pictures of it.
      try? await Task.sleep(for: .seconds(0.05))
    }
  }

  private func take(_ news: RunFolderWatcher.News) {
    var overviews = news.overviews
    let order = news.order.map { order in
      let known = Set(order.map(\.name))
      let waiting = expected.filter { !known.contains($0.name) }
      overviews += waiting
      return order.map { ($0.path, $0.name) } + waiting.map { ($0.id, $0.name) }
    }
    workspace.take(overviews, order: order, unread: news.unread)
    if looksForLive, workspace.moveToLive() { looksForLive = false }
    if !news.curves.isEmpty { workspace.take(news.curves) }
    askForCurves()
  }

  private func askForCurves() {
    guard workspace.wanted != wanted else { return }
    wanted = workspace.wanted
    watcher.want(wanted)
  }

  // MARK: Input

  private func readInputs() async {
    for await input in stage.terminal.inputs {
      if case .resized(let size) = input {
        stage.abilities.size = size
        workspace.resize(size)
      }
      if let session { await handOn(input, to: session) } else { handle(input) }
    }
  }

  private func handOn(_ input: TerminalInput, to session: RunSession) async {
    switch input {
    case .interrupt: lastSignal = SIGINT
    case .terminate(let signal): lastSignal = signal
    case .hangUp: lastSignal = SIGHUP
    case .key, .resized, .strayLine, .suspend: break
    }
    await session.handle(input)
  }

  private func handle(_ input: TerminalInput) {
    switch input {
    case .key(let key):
      looksForLive = false
      for action in workspace.handle(key) { perform(action) }
      askForCurves()
    case .strayLine(let line): workspace.show(line)
    case .suspend: suspend()
    case .interrupt: quit(ExitStatus.signal(SIGINT))
    case .terminate(let signal): quit(ExitStatus.signal(signal))
    case .hangUp: quit(ExitStatus.signal(SIGHUP))
    case .resized: break
    }
    draw()
  }

  private func perform(_ action: WorkspaceAction) {
    switch action {
    case .open(let run): continuation.yield(.open(run))
    case .quit: quit(ExitStatus.done)
    case .suspend: suspend()
    case .redraw: stage.terminal.forget()
    }
  }

  private func quit(_ status: Int32) { continuation.yield(.quit(status: status)) }

  /// Signals are still heard meanwhile.
  private func suspend() { Task { await self.stage.terminal.suspend() } }

  // MARK: One run

  /// Shows a run in the dashboard until a person comes back.
  /// - Returns: the status to leave the program with; nil where the list goes on
  private func open(_ path: String) async -> Int32? {
    let source: any RunSource
    do {
      source = try await Task.detached { try Self.source(of: path) }.value
    } catch {
      workspace.show("\(error)")
      draw()
      return nil
    }
    let session = RunSession(.init(source, of: path, leadsBack: true), on: stage)
    (self.session, lastSignal) = (session, nil)
    let next = await session.run()
    self.session = nil
    // What was set there holds here, too.
    stage = await session.stage
    stage.show(progress: nil)
    if case .quit(let status) = next, let lastSignal, status == ExitStatus.signal(lastSignal) {
      return status
    }
    workspace.resize(stage.abilities.size)
    show()
    return nil
  }

  /// A run that somebody serves with every key; else its record or its log.
  private static func source(of path: String) throws -> any RunSource {
    if let connection = try? RunConnection(path) { return connection }
    try RunFolder.check(path)
    // A record that nobody writes any more is gone through; what may still grow is followed.
    if RunFolder.isRecord(path), !RunFolder.isHeld(path) {
      return RecordedSource(try Replay(path))
    }
    return FollowedSource(try RunFollower(path))
  }

  // MARK: Drawing

  private func draw() {
    guard workspace.needsRedraw, session == nil else { return }
    show()
  }

  private func show() {
    stage.show(workspace.render(size: stage.abilities.size, appearance: stage.appearance))
    workspace.didDraw()
  }
}
