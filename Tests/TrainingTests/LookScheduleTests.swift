import Dispatch
import Testing

@testable import Training

@Suite struct LookScheduleTests {
  @Test func cheapLooksComeAsOftenAsAskedFor() {
    var schedule = LookSchedule(share: 0.01)
    #expect(schedule.isDue(every: 1, now: 0))
    // The first look is slow, and says nothing.
    schedule.note(now: 0, seconds: 1)
    #expect(!schedule.isDue(every: 1, now: 0.9))
    #expect(schedule.isDue(every: 1, now: 1))
    schedule.note(now: 1, seconds: 0.001)
    #expect(!schedule.isDue(every: 1, now: 1.9))
    #expect(schedule.isDue(every: 1, now: 2))
  }

  @Test func dearLooksNeverTakeMoreThanTheirShare() {
    var schedule = LookSchedule(share: 0.01)
    schedule.note(now: 0, seconds: 0.05)
    schedule.note(now: 1, seconds: 0.05)
    #expect(!schedule.isDue(every: 1, now: 5.9))
    #expect(schedule.isDue(every: 1, now: 6.1))
  }

  /// A look in the background takes its share of the time: after one of two milliseconds none begins for
  /// a fifth of a second where that is a hundredth, nor for four fifths where it is a quarter of it.
  @Test(arguments: [0.01, 0.0025]) func aLookInTheBackgroundTakesItsShare(share: Double) {
    let look = BackgroundLook<Int>("test", share: share)
    func begins(at now: Double, waits: Bool = false) -> Bool {
      var hasBegun = false
      look.look(now: now, waits: waits, isKnown: { _ in false }) {
        hasBegun = true
        return {
          let end = ContinuousClock.now + .milliseconds(2)
          while ContinuousClock.now < end {}
          return 1
        }
      }
      return hasBegun
    }
    #expect(begins(at: 0, waits: true) && look.newest == 1)
    #expect(!begins(at: 0.00199 / share))
    #expect(begins(at: 1e6))
  }

  /// What still goes on when its result is forgotten keeps nobody from looking anew, and what it finds
  /// afterwards is not told.
  @Test func aForgottenLookDoesNotStandInTheWay() {
    let look = BackgroundLook<Int>("test", share: 1)
    let (mayEnd, hasEnded) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    look.look(now: 0, waits: false, isKnown: { _ in false }) {
      {
        mayEnd.wait()
        return 1
      }
    }
    look.look(now: 0, waits: true, isKnown: { _ in false }) { { 2 } }
    #expect(look.newest == nil && !look.isDue(now: 1e9))
    look.forget()
    DispatchQueue.global().async {
      mayEnd.signal()
      hasEnded.signal()
    }
    look.look(now: 0, waits: true, isKnown: { _ in false }) { { 3 } }
    hasEnded.wait()
    #expect(look.newest == 3 && look.isDue(now: 1e9))
  }

  @Test func aLookThatWasInterruptedOnceIsForgotten() {
    var schedule = LookSchedule(share: 0.01)
    schedule.note(now: 0, seconds: 1)
    schedule.note(now: 100, seconds: 1)
    schedule.note(now: 200, seconds: 0.001)
    #expect(schedule.isDue(every: 1, now: 201))
    for turn in 1...20 { schedule.note(now: 200 + Double(turn), seconds: 0.05) }
    #expect(!schedule.isDue(every: 1, now: 224))
    #expect(schedule.isDue(every: 1, now: 226))
  }

  @Test func whoAsksByForceIsNotKeptWaiting() {
    var schedule = LookSchedule(share: 0.01)
    var looks = 0
    schedule.note(now: 0, seconds: 1)
    schedule.note(now: 0, seconds: 1)
    schedule.run(every: 1, now: 1, force: false) { looks += 1 }
    schedule.run(every: 1, now: 1, force: true) { looks += 1 }
    #expect(looks == 1)
  }
}
