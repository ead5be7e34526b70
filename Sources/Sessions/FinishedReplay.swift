import Dashboard
import Runs
import TrainingEvents

/// A finished run played back where it ended: the keys of training go through its record.
struct FinishedReplay {
  private var replay: Replay

  /// Seconds in which the whole run passes.
  private static let length = 40.0

  /// - Parameter path: the run, all of whose steps are on disk
  init(_ path: String) throws(RunError) {
    replay = try Replay(path)
    replay.setSpeed(max(replay.duration, 0.01) / Self.length)
    replay.pause()
  }

  var isFinished: Bool { replay.isFinished }

  /// Does what a key of training asks for, and shows it.
  mutating func perform(_ command: TrainingCommand, _ dashboard: inout DashboardState) {
    do throws(RunError) {
      switch command {
      case .resume:
        if replay.isFinished || dashboard.isAtEnd { try jump(to: 0, &dashboard) }
        replay.play()
        dashboard.apply(.state(.training))
      case .pause: pause(&dashboard)
      case .step(let count):
        replay.pause()
        if dashboard.isAtEnd { try jump(to: 0, &dashboard) }
        try show(replay.advance(steps: count), &dashboard)
        pause(&dashboard)
      case .run(until: .step(let step)):
        replay.pause()
        let jump = try replay.jump(toStep: max(0, step))
        dashboard.jump(to: jump.history, events: jump.events)
        pause(&dashboard)
      default: dashboard.apply(.refused("this run is finished: R begins it again"))
      }
    } catch {
      dashboard.log("the record cannot be read: \(error)")
    }
  }

  mutating func changeSpeed(faster: Bool) {
    replay.setSpeed(replay.speed * (faster ? 2 : 0.5))
  }

  /// Lets time pass.
  mutating func advance(by seconds: Double, _ dashboard: inout DashboardState) {
    guard replay.isPlaying else { return }
    do throws(RunError) {
      try show(replay.advance(by: seconds), &dashboard)
    } catch {
      dashboard.log("the record cannot be read: \(error)")
      pause(&dashboard)
    }
  }

  private mutating func pause(_ dashboard: inout DashboardState) {
    replay.pause()
    if !dashboard.isAtEnd { dashboard.apply(.state(.paused)) }
  }

  private mutating func jump(
    to seconds: Double, _ dashboard: inout DashboardState
  ) throws(RunError) {
    let jump = try replay.jump(to: seconds)
    dashboard.jump(to: jump.history, events: jump.events)
  }

  private func show(_ events: [TrainingEvent], _ dashboard: inout DashboardState) throws(RunError) {
    for event in events {
      // States of the record are the run's; whether the replay goes on is a person's.
      if case .state = event { continue }
      dashboard.apply(event)
    }
  }
}
