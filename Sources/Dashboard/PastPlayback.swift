/// The cursor on its way through the run's past, as time passes.
struct PastPlayback: Sendable, Equatable {
  /// Seconds in which the whole run passes.
  static let length = 40.0

  var isForward: Bool
  /// The cursor's step, with the part of the next one that has passed.
  var position: Double
  /// The newest step when the cursor was moved last.
  var last: Int

  /// Moves on. The way forward ends at a step that training moves on as well: its share of the way
  /// grows steadily.
  mutating func move(by seconds: Double, through steps: ClosedRange<Int>) {
    let part = seconds / Self.length
    let width = Double(steps.upperBound - steps.lowerBound)
    if isForward {
      let old = Double(max(1, last - steps.lowerBound))
      position =
        Double(steps.lowerBound) + width * ((position - Double(steps.lowerBound)) / old + part)
    } else {
      position -= width * part
    }
    last = steps.upperBound
  }
}

extension DashboardState {
  /// Whether the cursor moves by itself, so that the next picture is due soon.
  public var isPlayingPast: Bool { pastPlayback != nil }

  /// Whether something else than the newest step of the run is on screen.
  var isInPast: Bool { chart.cursor != nil || isReplaying && !isAtEnd }

  /// Plays the run's past, or stops where it is played in this direction.
  mutating func playPast(forward: Bool) -> [DashboardAction] {
    // A record is played as a whole: its curves, too.
    if isReplaying || (trainingState == .finished && !isViewing) {
      return [.replay(forward ? .resume : .rewind)]
    }
    guard pastPlayback?.isForward != forward else {
      pastPlayback = nil
      show("stopped · F: now")
      return []
    }
    guard let first = history.steps.first, let last = history.steps.last, first < last else {
      show("there is no past to look at yet")
      return []
    }
    guard !forward || chart.cursor != nil else {
      show("this is now: ( goes back through the run")
      return []
    }
    let start = chart.cursor ?? last
    chart.moveCursor(to: start, in: history)
    pastPlayback = PastPlayback(isForward: forward, position: Double(start), last: last)
    show(forward ? "forward through the run · ) stops" : "back through the run · ( stops")
    return []
  }

  /// Moves the cursor as far as it comes in some seconds.
  mutating func movePast(by seconds: Double) {
    guard var playback = pastPlayback, let first = history.steps.first,
      let last = history.steps.last
    else { return }
    // Whoever moves the cursor by hand has it.
    guard chart.cursor == Int(playback.position) else { return pastPlayback = nil }
    playback.move(by: seconds, through: first...max(first, last))
    needsRedraw = true
    guard playback.position < Double(last) else { return showNewest() }
    playback.position = max(playback.position, Double(first))
    pastPlayback = playback.position > Double(first) ? playback : nil
    chart.moveCursor(to: Int(playback.position), in: history)
  }

  /// Goes back to the newest step.
  mutating func showNow() -> [DashboardAction] {
    if chart.cursor != nil {
      showNewest()
    } else if isReplaying, !isAtEnd {
      return [.replay(.run(until: .step(.max)))]
    } else {
      show("this is now: the newest step is shown")
    }
    return []
  }

  private mutating func showNewest() { (chart.cursor, pastPlayback) = (nil, nil) }
}
