import Testing
import TrainingEvents

@testable import Runs

/// Records of versions that wrote no alerts: replayed and followed, they have those that their
/// numbers tell of, and records with alerts of their own have no others.
@Suite struct MissingAlertTests {
  private let temporary: TemporaryDirectory

  init() throws { temporary = try TemporaryDirectory() }

  private struct Course: Sendable {
    var kind: String
    /// When the alert may come at the earliest, and when it has to be there.
    var steps: ClosedRange<Int>
    var loss: @Sendable (Int) -> Double
    var validation: @Sendable (Int) -> Double = { _ in 5 }
    var last = 6_000
  }

  /// Falls by more than a plateau allows, to the end.
  private static func falls(_ step: Int) -> Double { 3 - Double(step) / 3_000 }

  private static let courses = [
    Course(kind: "plateau", steps: 2_501...6_000, loss: { _ in 2 }),
    Course(kind: "not-finite", steps: 700...700, loss: { $0 < 700 ? falls($0) : .nan }),
    Course(
      kind: "diverged", steps: 900...900, loss: { $0 < 900 ? falls($0) : 1e30 }, last: 950),
    Course(
      kind: "overfitting", steps: 2_100...6_000, loss: falls,
      validation: { 1 + abs(Double($0) - 2_000) / 2_000 }),
  ]

  private func events(_ course: Course) -> [TrainingEvent] {
    let steps = (1...course.last).flatMap { step -> [TrainingEvent] in
      let record = StepRecord(
        step: step, loss: course.loss(step), gradientNorm: 1, elapsed: Double(step))
      let validation = ValidationRecord(
        step: step, loss: course.validation(step), elapsed: Double(step), isBest: false)
      return [.steps(StepBatch([record]))] + (step % 100 == 0 ? [.validation(validation)] : [])
    }
    return [.started(Example.run)] + steps
  }

  private func write(_ events: [TrainingEvent]) throws -> String {
    let path = temporary.path + "/events.jsonl"
    let bytes = events.reduce(into: EventLine.session(time: 1, process: 1)) { bytes, event in
      EventLine.append(event, for: .record, to: &bytes)
    }
    try ExampleRecord.write(bytes, to: path)
    return path
  }

  private func alerts(_ events: [TrainingEvent]) -> [WarningRecord] {
    events.compactMap { if case .warning(let record) = $0 { record } else { nil } }
  }

  @Test(arguments: courses.indices) func aReplayHasTheAlertsThatItsNumbersTell(index: Int) throws {
    let course = Self.courses[index]
    var replay = try Replay(try write(events(course)))
    replay.setSpeed(100)
    var told: [TrainingEvent] = []
    while !replay.isFinished { told += try replay.advance(by: 1) }
    let alerts = alerts(told)
    #expect(alerts.map(\.kind) == [course.kind])
    let step = try #require(alerts.first?.step)
    #expect(course.steps.contains(step) && alerts.first?.advice != nil)
    // Behind the steps that it tells of, and no later than a picture of them.
    let place = try #require(told.firstIndex { if case .warning = $0 { true } else { false } })
    let before = told[..<place].flatMap { event -> [Int] in
      if case .steps(let batch) = event { batch.records.map(\.step) } else { [] }
    }
    #expect(before.last.map { $0 >= step && $0 < step + 200 } == true)
    // A jump knows what stood before it, and nothing of what came later.
    #expect(try self.alerts(replay.jump(toStep: course.last).events).map(\.kind) == [course.kind])
    #expect(try self.alerts(replay.jump(toStep: step - 1).events).isEmpty)
    let next = try replay.advance(steps: 1)
    #expect(self.alerts(next).map(\.kind) == [course.kind])
  }

  @Test(arguments: courses.indices) func whoFollowsHasThemToo(index: Int) throws {
    let course = Self.courses[index]
    var follower = try RunFollower(try write(events(course)))
    var told: [TrainingEvent] = []
    repeat { told += try follower.poll() } while follower.isBehind
    #expect(alerts(told).map(\.kind) == [course.kind])
    #expect(alerts(told).first.map { course.steps.contains($0.step) } == true)
  }

  /// Alerts that the run's own session wrote, each behind what raised it.
  @Test(arguments: courses.indices) func aRecordWithAlertsHasNoOthers(index: Int) throws {
    let course = Self.courses[index]
    var watch = AlertWatch()
    let whole = events(course).flatMap { [$0] + watch.observe($0) }
    let path = try write(whole)
    let own = alerts(whole)
    #expect(own.map(\.kind) == [course.kind])
    var replay = try Replay(path)
    replay.setSpeed(1_000)
    var told: [TrainingEvent] = []
    while !replay.isFinished { told += try replay.advance(by: 1) }
    #expect(alerts(told) == own)
    var follower = try RunFollower(path)
    told = []
    repeat { told += try follower.poll() } while follower.isBehind
    #expect(alerts(told) == own)
  }
}
