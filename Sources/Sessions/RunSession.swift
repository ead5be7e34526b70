import Dashboard
import Foundation
import Runs
import TerminalGraphics
import TrainingEvents

/// The dashboard, with every key that the run allows, over a run that this process does not train:
/// another process's, a log, a record. Whatever becomes of this process, the run does not notice.
package actor RunSession {
  private let source: any RunSource
  /// The run, for messages.
  private let name: String
  private var stage: Stage
  private var dashboard = DashboardState()
  private var status: Int32?
  private var exit: JobExit?
  private var request: ProbeRequest?
  private var isStopping = false
  private var hasEnded = false
  private var isDrawScheduled = false
  private var lastDraw = 0.0
  /// What stays in the scrollback.
  private var report: String?

  /// Seconds between pictures at least; keys are answered at once.
  private static let interval = 0.1

  package init(_ source: any RunSource, of name: String, on stage: Stage) {
    self.source = source
    self.name = name
    self.stage = stage
    dashboard.isViewing = !source.trains
    dashboard.isReplaying = source.isRecord
  }

  /// Draws another run's curves under this one's.
  package func compare(with name: String, history: RunHistory) {
    dashboard.addComparison(name: name, history: history)
  }

  /// Shows the run until a person leaves it or a signal ends this program.
  /// - Returns: the status to leave with, and what stays in the scrollback
  package func run() async -> (status: Int32, report: String?) {
    dashboard.use(stage.settings)
    dashboard.resize(stage.abilities.size)
    for problem in stage.problems { dashboard.log(problem) }
    let reading = Task { await self.read() }
    let keys = Task { await self.readInputs() }
    askForProbes()
    while status == nil {
      dashboard.advance(to: stage.now)
      draw()
      try? await Task.sleep(for: .seconds(Self.interval))
    }
    keys.cancel()
    reading.cancel()
    let status = status ?? ExitStatus.done
    stage.leaveSoon(status)
    if let problem = await stage.close() { ExitStatus.say(problem) }
    return (status, report)
  }

  // MARK: What is told

  private func read() async {
    for await news in source.news {
      dashboard.apply(news)
      if case .told(let messages) = news {
        for case .exit(let exit) in messages { self.exit = exit }
        if source.trains {
          for case .event(let event) in messages { stage.notice(event, of: name) }
        }
        guard messages.contains(where: \.isAnswer) else { continue }
      }
      askForProbes()
      draw()
    }
    hasEnded = true
    if source.trains { dashboard.noteGone() }
    if isStopping { leave() }
    draw()
  }

  private func askForProbes() {
    let wanted = dashboard.probeRequest
    guard wanted != request else { return }
    request = wanted
    source.perform(.watch(wanted))
  }

  // MARK: Input

  private func readInputs() async {
    for await input in stage.terminal.inputs {
      dashboard.advance(to: stage.now)
      switch input {
      case .key(let key):
        for action in dashboard.handle(key) { perform(action) }
      case .resized(let size):
        stage.abilities.size = size
        dashboard.resize(size)
      case .strayLine(let line): dashboard.log(line)
      case .suspend: suspend()
      case .interrupt: interrupt(SIGINT)
      case .terminate(let signal): interrupt(signal)
      // A terminal that is gone ends nothing but the dashboard.
      case .hangUp: status = ExitStatus.signal(SIGHUP)
      }
      askForProbes()
      draw()
    }
  }

  private func perform(_ action: DashboardAction) {
    switch action {
    case .send(let command): source.perform(command)
    case .detach:
      report = BackgroundProgram.words(for: name)
      status = ExitStatus.done
    case .quit(let saving) where saving && source.trains && !hasEnded:
      isStopping = true
      source.perform(.stop)
    case .quit, .leaveUnsaved: leave()
    case .saveAgain, .saveElsewhere, .stay: break
    case .replay where source.trains, .changeSpeed where source.trains:
      dashboard.tell("this run has ended: `unfold replay \(name)` shows it again")
    case .replay(let command): source.perform(command)
    case .changeSpeed(let faster): source.changeSpeed(faster: faster)
    case .copy(let text): stage.copy(text)
    case .suspend: suspend()
    case .redraw: stage.terminal.forget()
    case .use(let settings):
      if let problem = stage.use(settings) { dashboard.log(problem) }
    case .choosePreset, .start:
      dashboard.apply(.refused("leave this run with q, and start unfold with another preset"))
    case .chooseLesson:
      dashboard.apply(.refused("leave this run with q; `unfold lecture` has the lessons"))
    case .exportLesson: break  // A run of another process has no lesson beside it.
    }
  }

  /// Ctrl-C stops the run, as it does one that trains in the terminal; the second one does not wait.
  private func interrupt(_ signal: Int32) {
    guard source.trains, signal == SIGINT, !isStopping, !hasEnded, exit == nil else {
      return status = ExitStatus.signal(signal)
    }
    isStopping = true
    source.perform(.stop)
    dashboard.tell("stopping; once more leaves the run to its end")
  }

  /// Ends with the job's own status where it has one.
  private func leave() { status = exit.map { Int32($0.status) } ?? ExitStatus.done }

  /// Signals are still heard meanwhile.
  private func suspend() {
    Task { await self.stage.terminal.suspend() }
  }

  private func draw() {
    guard dashboard.needsRedraw, status == nil else { return }
    let now = stage.now
    guard now - lastDraw > 0.01 else { return }
    lastDraw = now
    stage.show(dashboard.render(size: stage.abilities.size, appearance: stage.appearance))
    stage.show(progress: dashboard.terminalProgress)
    dashboard.didDraw()
  }
}

extension RunMessage {
  /// Whether a person may wait for it.
  fileprivate var isAnswer: Bool {
    if case .event(let event) = self { event.isUrgent } else { false }
  }
}
