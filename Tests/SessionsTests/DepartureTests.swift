import Glibc
import Testing
import TrainingEvents

@testable import Sessions

/// When a run may be left, as a state machine.
@Suite struct DepartureTests {
  private static let end = TrainingEvent.finished(FinishRecord(reason: .stopped, step: 9))

  @Test func nothingIsLeftBeforeSomebodyWantsTo() {
    var departure = Departure()
    departure.note(Self.end)
    #expect(departure.verdict == .wait)
    #expect(departure.begin(.quit(status: 0), saving: true, asks: true) == true)
    #expect(departure.verdict == .leave)
    #expect(
      departure.begin(.quit(status: 1), saving: false, asks: false) == false,
      "the first wish counts")
  }

  @Test func everySnapshotIsWaitedFor() {
    var departure = Departure()
    _ = departure.begin(.quit(status: 0), saving: true, asks: true)
    departure.keeps()
    departure.keeps()
    #expect(departure.verdict == .wait)
    departure.note(Self.end)
    departure.wrote(failure: nil)
    #expect(departure.verdict == .wait)
    departure.wrote(failure: nil)
    #expect(departure.verdict == .leave)
    // Training that began again has no end yet.
    departure.note(.state(.paused))
    #expect(departure.verdict == .wait)
  }

  @Test func aFailureIsAskedAboutOnceAndTriedAgain() {
    var departure = Departure()
    departure.note(Self.end)
    departure.keeps()
    departure.wrote(failure: "no space")
    #expect(departure.hasUnsavedEnd)
    _ = departure.begin(.quit(status: 0), saving: true, asks: true)
    #expect(departure.verdict == .ask("no space"))
    departure.asked()
    #expect(departure.verdict == .wait)
    departure.savesAgain()
    #expect(departure.verdict == .wait, "what was asked for has to come first")
    departure.keeps()
    #expect(!departure.hasUnsavedEnd)
    departure.wrote(failure: nil)
    #expect(departure.verdict == .leave && !departure.hasUnsavedEnd)
  }

  @Test func whoStaysCanLeaveLater() {
    var departure = Departure()
    departure.note(Self.end)
    departure.keeps()
    departure.wrote(failure: "no space")
    _ = departure.begin(.quit(status: 0), saving: true, asks: true)
    departure.asked()
    departure.stay()
    #expect(departure.next == nil && departure.verdict == .wait)
    #expect(departure.begin(.quit(status: 0), saving: true, asks: false) == true)
    #expect(departure.verdict == .lose)
  }

  @Test func aSignalCutsAQuestionShortAndNothingElse() {
    var departure = Departure()
    #expect(departure.insist(.quit(status: 143)) == false)
    #expect(departure.next == nil)
    departure.note(Self.end)
    departure.keeps()
    departure.wrote(failure: "no space")
    _ = departure.begin(.quit(status: 0), saving: true, asks: true)
    departure.asked()
    #expect(departure.insist(.quit(status: 143)) == true)
    if case .quit(143)? = departure.next {
    } else {
      Issue.record("\(String(describing: departure.next))")
    }
    #expect(departure.verdict == .lose)
  }

  @Test func leavingUnsavedWaitsForNothingHere() {
    var departure = Departure()
    departure.note(Self.end)
    _ = departure.begin(.quit(status: 0), saving: false, asks: true)
    #expect(departure.verdict == .wait, "the engine is shut down at once")
  }

  // MARK: Without a terminal

  @Test func theFirstSignalStopsAndAnotherKindWaits() {
    var requests = StopRequests()
    #expect(requests.hear(SIGTERM) == .stop)
    #expect(requests.signal == SIGTERM)
    #expect(requests.hear(SIGTERM) == .nothing)
    #expect(requests.hear(SIGHUP) == .nothing)
    #expect(requests.hear(SIGINT) == .leave)
    #expect(requests.hear(SIGQUIT) == .leave)
    #expect(requests.signal == SIGTERM)
  }

  @Test func onceAllIsSavedNothingIsWaitedFor() {
    var requests = StopRequests()
    requests.saved()
    #expect(requests.hear(SIGPIPE) == .nothing)
    #expect(requests.hear(SIGTERM) == .leave)
    #expect(requests.signal == nil)
    var stopped = StopRequests()
    #expect(stopped.hear(SIGPIPE) == .stop)
    #expect(stopped.hear(SIGPIPE) == .nothing)
  }
}
