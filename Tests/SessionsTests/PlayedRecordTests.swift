import Foundation
import Runs
import Testing
import TrainingEvents

@testable import Sessions

/// A record that is gone through by the keys of training.
@Suite struct PlayedRecordTests {
  private static func replay(steps: Int, isFinished: Bool = true) throws -> Replay {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var text = ""
    for step in 1...steps {
      text += #"{"event":"step","step":\#(step),"epoch":0,"loss":\#(2.0 / Double(step)),"#
      text += #""learningRate":0.1,"elapsed":\#(Double(step))}"# + "\n"
    }
    if isFinished {
      text += #"{"event":"finished","reason":"completed","step":\#(steps),"elapsed":\#(steps)}"#
      text += "\n"
    }
    try Data(text.utf8).write(to: folder.appendingPathComponent("events.jsonl"))
    return try Replay(folder.path)
  }

  private static func played(_ steps: Int, isFinished: Bool = true) throws -> PlayedRecord {
    PlayedRecord(try replay(steps: steps, isFinished: isFinished), refusal: "no")
  }

  /// What a dashboard that takes the news shows: the steps, and the state.
  private struct Shown {
    var steps: [Int] = []
    var state: TrainingState?
    var refusals: [String] = []
    var pasts: [PastFrames] = []

    mutating func take(_ news: [RunNews]) {
      for news in news {
        switch news {
        case .moment(let jump):
          steps = (0..<jump.history.steps.count).compactMap { jump.history.steps.step(at: $0) }
          if jump.events.contains(where: { if case .finished = $0 { true } else { false } }) {
            state = .finished
          }
        case .told(let messages):
          for case .event(let event) in messages { take(event) }
          for case .past(let past) in messages { pasts.append(past) }
        default: break
        }
      }
    }

    private mutating func take(_ event: TrainingEvent) {
      switch event {
      case .steps(let batch): steps += batch.records.map(\.step)
      case .state(let new): state = new
      case .finished: state = .finished
      case .refused(let text): refusals.append(text)
      default: break
      }
    }
  }

  @Test func opensOnTheWholeRunAtItsEnd() throws {
    var (played, shown) = (try Self.played(30), Shown())
    shown.take(played.end())
    #expect(shown.steps == Array(1...30) && shown.state == .finished)
    #expect(played.advance(by: 100).isEmpty, "it stands still until somebody plays it")
  }

  @Test func playsFromTheBeginningThroughEveryStepOnceInFortySeconds() throws {
    var (played, shown) = (try Self.played(30), Shown())
    shown.take(played.end())
    shown.take(played.perform(.resume))
    #expect(shown.state == .training && shown.steps.count < 3)
    for _ in 0..<200 { shown.take(played.advance(by: 0.1)) }
    #expect(abs(shown.steps.count - 15) <= 1, "half of it has passed after half the time")
    for _ in 0..<210 { shown.take(played.advance(by: 0.1)) }
    #expect(shown.steps == Array(1...30) && shown.state == .finished && played.isAtEnd)
  }

  @Test func stepsForwardsAndBackwards() throws {
    var (played, shown) = (try Self.played(9), Shown())
    shown.take(played.end())
    shown.take(played.perform(.run(until: .step(4))))
    #expect(shown.steps == [1, 2, 3, 4] && shown.state == .paused)
    shown.take(played.perform(.step(count: 2)))
    #expect(shown.steps == Array(1...6) && shown.state == .paused)
    shown.take(played.perform(.step(count: 90)))
    #expect(shown.steps == Array(1...9) && shown.state == .finished)
    shown.take(played.perform(.restart))
    #expect(shown.steps.isEmpty && shown.state == .paused)
  }

  @Test func rewindsFromTheEndAndPlaysOnFromThere() throws {
    var (played, shown) = (try Self.played(40), Shown())
    shown.take(played.end())
    shown.take(played.perform(.rewind))
    #expect(shown.state == .training)
    for _ in 0..<100 { shown.take(played.advance(by: 0.1)) }
    #expect(abs(shown.steps.count - 30) <= 1 && shown.state == .training, "\(shown.steps.count)")
    #expect(shown.steps == Array(1...shown.steps.count), "the curves end where it stands")
    // The same key stops it.
    shown.take(played.perform(.rewind))
    #expect(shown.state == .paused)
    let stopped = shown.steps.count
    #expect(played.advance(by: 10).isEmpty && shown.steps.count == stopped)
    shown.take(played.perform(.rewind))
    shown.take(played.perform(.pause))
    #expect(played.advance(by: 1).isEmpty && shown.state == .paused)
    shown.take(played.perform(.rewind))
    shown.take(played.perform(.resume))
    for _ in 0..<50 { shown.take(played.advance(by: 0.1)) }
    #expect(abs(shown.steps.count - stopped - 5) <= 2, "forwards again")
    shown.take(played.perform(.rewind))
    for _ in 0..<500 { shown.take(played.advance(by: 0.1)) }
    #expect(shown.steps.isEmpty && shown.state == .paused, "it stops at the beginning")
    shown.take(played.perform(.run(until: .step(.max))))
    #expect(shown.steps == Array(1...40) && shown.state == .finished, "now is the run's end")
  }

  @Test func aPastStepIsLookedUp() throws {
    var (played, shown) = (try Self.played(9), Shown())
    shown.take(played.end())
    shown.take(played.perform(.rewind))
    shown.take(played.perform(.watch(ProbeRequest(pastStep: 4))))
    #expect(shown.pasts == [PastFrames(step: 4, frames: [])])
    #expect(!played.advance(by: 1).isEmpty, "what a panel asks stops nothing")
  }

  @Test func aRunThatWasKilledEndsPausedAndWhatCannotBeIsRefused() throws {
    var (played, shown) = (try Self.played(5, isFinished: false), Shown())
    shown.take(played.end())
    #expect(shown.steps == Array(1...5) && shown.state == .paused)
    shown.take(played.perform(.resume))
    for _ in 0..<500 { shown.take(played.advance(by: 0.1)) }
    #expect(shown.steps == Array(1...5) && shown.state == .paused)
    shown.take(played.perform(.snapshot))
    #expect(shown.refusals == ["no"])
    #expect(played.perform(.watch(ProbeRequest())).isEmpty, "a panel asked, not a person")
  }

  /// The source keeps the time by itself and ends with whoever reads it.
  @Test func aSourceOpensAtTheEndOrPlaysFromAStep() async throws {
    let standing = await Self.shown(RecordedSource(try Self.replay(steps: 12)))
    #expect(standing.steps == Array(1...12))
    let playing = await Self.shown(
      RecordedSource(try Self.replay(steps: 12), speed: 1000, from: 7))
    #expect(playing.steps == Array(1...12))
  }

  /// What a source tells until the run's end.
  private static func shown(_ source: RecordedSource) async -> Shown {
    let (news, continuation) = AsyncStream.makeStream(of: RunNews.self)
    let telling = Task { await source.tell { continuation.yield($0) } }
    defer { telling.cancel() }
    var shown = Shown()
    for await piece in news {
      shown.take([piece])
      if shown.state == .finished { break }
    }
    return shown
  }
}
