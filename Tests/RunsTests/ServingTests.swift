import Foundation
import Glibc
import Synchronization
import Testing
import TrainingEvents

@testable import Runs

/// A run served on its socket, and dashboards that attach, read and command, or misbehave.
@Suite(.serialized) struct ServingTests {
  /// A served run, with what it heard.
  final class Served: Sendable {
    let directory: RunDirectory
    let server: RunServer
    let heard: AsyncStream<TrainingCommand>

    init(_ path: String) throws {
      directory = try RunDirectory.create(at: path, preset: "")
      let (heard, hear) = AsyncStream.makeStream(of: TrainingCommand.self)
      self.heard = heard
      server = try RunServer(directory) { hear.yield($0) }
    }

    func tell(_ steps: ClosedRange<Int>) {
      server.tell(.event(.steps(StepBatch(steps.map(Example.step)))))
    }
  }

  /// What an attached dashboard was told, until a condition holds.
  private func read(
    _ connection: RunConnection, until isEnough: (RunHistory, [RunMessage]) -> Bool
  ) async -> (history: RunHistory, messages: [RunMessage]) {
    var history = RunHistory()
    var all: [RunMessage] = []
    for await messages in connection.messages {
      for message in messages {
        if case .event(.steps(let batch)) = message {
          history.append(batch)
        } else {
          all.append(message)
        }
      }
      if isEnough(history, all) { break }
    }
    return (history, all)
  }

  @Test func whoAttachesGetsTheHistoryAndThenWhatHappens() async throws {
    let place = try TemporaryDirectory()
    let served = try Served(place.path + "/run")
    served.server.tell(.hello(.engine([.learningRate])))
    served.server.tell(.event(.started(Example.run)))
    served.tell(1...500)
    served.server.tell(.console(ConsoleLine(number: 0, text: "hello")))
    served.server.tell(.event(.frame(.hiddenStates(Example.hiddenStates))))
    let connection = try RunConnection(place.path + "/run")
    served.tell(501...600)
    let told = await read(connection) { history, all in history.count == 600 && all.count >= 4 }
    #expect(told.history.count == 600)
    #expect(told.messages.contains(.hello(.engine([.learningRate]))))
    #expect(told.messages.contains(.console(ConsoleLine(number: 0, text: "hello"))))
    #expect(
      told.messages.contains { if case .event(.frame(.hiddenStates)) = $0 { true } else { false } })
    served.server.close()
  }

  @Test func everyStepOfALongRunIsToldOnceAndInBoundedMemory() throws {
    var history = ServedHistory()
    for start in stride(from: 1, through: 140_000, by: 1_000) {
      history.take(.event(.steps(StepBatch((start..<start + 1_000).map(Example.step)))))
    }
    var again = RunHistory()
    var lines = 0
    for message in history.messages {
      guard case .event(.steps(let batch)) = message else { continue }
      lines += batch.records.count + batch.thinned.count
      again.append(batch)
    }
    #expect(again.count == 140_000)
    #expect(again.steps.last == 140_000)
    #expect(lines < 90_000)
    // Going back over steps replaces them.
    history.take(.event(.steps(StepBatch((139_990...139_995).map(Example.step)))))
    again = RunHistory()
    for case .event(.steps(let batch)) in history.messages { again.append(batch) }
    #expect(again.steps.last == 139_995)
    #expect(again.count == 139_995)
  }

  @Test func twoDashboardsCommandAndBothSeeIt() async throws {
    let place = try TemporaryDirectory()
    let served = try Served(place.path)
    let (first, second) = (try RunConnection(place.path), try RunConnection(place.path))
    first.send(.set(key: "learning-rate", value: "0.5"))
    var heard = served.heard.makeAsyncIterator()
    #expect(await heard.next() == .set(key: "learning-rate", value: "0.5"))
    second.send(.set(key: "learning-rate", value: "0.25"))
    #expect(await heard.next() == .set(key: "learning-rate", value: "0.25"))
    let record = CommandRecord(step: 1, name: "learning-rate", text: "0.5 → 0.25", value: 0.25)
    served.server.tell(.event(.command(record)))
    for connection in [first, second] {
      let told = await read(connection) { _, all in !all.isEmpty }
      #expect(told.messages == [.event(.command(record))])
    }
    served.server.close()
  }

  /// Who looks back is answered from the record, and nobody else is told or asked.
  @Test func aPastStepIsLookedUpForWhoAsks() async throws {
    let place = try TemporaryDirectory()
    let served = try Served(place.path)
    let recorder = RunRecorder(served.directory) { _ in }
    recorder.record(.steps(StepBatch((1...30).map(Example.step))))
    recorder.record(.frame(.hiddenStates(Example.hiddenStates)))
    recorder.flush()
    var heard = served.heard.makeAsyncIterator()
    let (first, second) = (try RunConnection(place.path), try RunConnection(place.path))
    first.send(.watch(ProbeRequest(interests: [.samples])))
    #expect(await heard.next() == .watch(ProbeRequest(interests: [.samples])))
    first.send(.watch(ProbeRequest(interests: [.samples], pastStep: 25)))
    first.send(.watch(ProbeRequest(interests: [.samples], pastStep: 3)))
    first.send(.pause)
    #expect(await heard.next() == .pause, "the run itself has nothing to do")
    let told = await read(first) { _, all in all.last == .past(PastFrames(step: 3, frames: [])) }
    let answers = told.messages.compactMap { if case .past(let past) = $0 { past } else { nil } }
    #expect(answers.last?.frames.isEmpty == true)
    first.send(.watch(ProbeRequest(interests: [.samples], pastStep: 26)))
    let again = await read(first) { _, all in !all.isEmpty }
    guard case .past(let past)? = again.messages.last else {
      Issue.record("no answer")
      return
    }
    #expect(past.step == 26 && past.frames.map(\.step) == [20])
    served.server.tell(.event(.refused("bye")))
    let other = await read(second) { _, all in !all.isEmpty }
    #expect(other.messages == [.event(.refused("bye"))])
    served.server.close()
  }

  @Test func whatDashboardsWantToSeeIsJoinedAndForgottenWithThem() async throws {
    let place = try TemporaryDirectory()
    let served = try Served(place.path)
    var heard = served.heard.makeAsyncIterator()
    let first = try RunConnection(place.path)
    first.send(.watch(ProbeRequest(interests: [.samples], columns: 30)))
    _ = await heard.next()
    let second = try RunConnection(place.path)
    second.send(.watch(ProbeRequest(interests: [.hiddenStates], columns: 90)))
    guard case .watch(let both)? = await heard.next() else {
      Issue.record("no request")
      return
    }
    #expect(both.interests == [.samples, .hiddenStates] && both.columns == 90)
    second.close()
    guard case .watch(let one)? = await heard.next() else {
      Issue.record("no request")
      return
    }
    #expect(one.interests == [.samples] && one.columns == 30)
    served.server.close()
  }

  @Test func aDashboardThatDoesNotReadHoldsUpNobodyAndLosesNoStep() async throws {
    let place = try TemporaryDirectory()
    let served = try Served(place.path)
    let stalled = try RunConnection(place.path)
    let reading = try RunConnection(place.path)
    let frame = HiddenStateFrame(
      step: 1, symbols: [],
      maps: [StateMap(name: "m", units: 100, values: [Float](repeating: 0.5, count: 20_000))])
    let began = ContinuousClock.now
    for block in 0..<120 {
      served.tell(block * 50 + 1...block * 50 + 50)
      served.server.tell(.event(.frame(.hiddenStates(frame))))
    }
    #expect(ContinuousClock.now - began < .seconds(20))
    let told = await read(reading) { history, _ in history.count == 6_000 }
    #expect(told.history.count == 6_000)
    // It wakes up at last, and has every step, but not every frame.
    let late = await read(stalled) { history, _ in history.count == 6_000 }
    #expect(late.history.steps.last == 6_000)
    let frames = late.messages.count {
      if case .event(.frame(.hiddenStates)) = $0 { true } else { false }
    }
    #expect(frames < 120)
    served.server.close()
  }

  @Test func longCommandsAreWholeAndAClosedEndIsNoMatter() async throws {
    let place = try TemporaryDirectory()
    let served = try Served(place.path)
    let connection = try RunConnection(place.path)
    let long = TrainingCommand.read(text: String(repeating: "x", count: 500_000))
    connection.send(long)
    connection.send(.pause)
    var heard = served.heard.makeAsyncIterator()
    #expect(await heard.next() == long)
    #expect(await heard.next() == .pause)
    connection.close()
    served.tell(1...10)
    let next = try RunConnection(place.path)
    let told = await read(next) { history, _ in history.count == 10 }
    #expect(told.history.count == 10)
    served.server.close()
    // Nothing is left, and nobody serves.
    #expect(!place.names().contains(RunServer.socketName))
    #expect(throws: RunError.self) { try RunConnection(place.path) }
  }

  @Test func socketsAreTheOwnersAloneStaleOnesGoAndStrangersStay() throws {
    let place = try TemporaryDirectory()
    // Longer than a socket's address can be.
    let long = place.path + "/" + String(repeating: "d", count: 200)
    do {
      let directory = try RunDirectory.create(at: long, preset: "")
      let server = try RunServer(directory) { _ in }
      let attributes = try FileManager.default.attributesOfItem(
        atPath: long + "/" + RunServer.socketName)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      _ = try RunConnection(long)
      server.close()
      // What a killed process leaves.
      #expect(symlink("nowhere", long + "/x") == 0)
      let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(stale) }
      #expect(chdir(long) == 0)
      defer { chdir("/") }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("socket".utf8)) }
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(bound == 0)
    }
    do { _ = try RunConnection(long) } catch {
      #expect("\(error)".contains("no process serves this run"))
    }
    let directory = try RunDirectory.open(long)
    let server = try RunServer(directory) { _ in }
    _ = try RunConnection(long)
    server.close()
    // What is no socket is not replaced.
    try Data("mine".utf8).write(to: URL(fileURLWithPath: long + "/" + RunServer.socketName))
    #expect(throws: RunError.self) { try RunServer(directory) { _ in } }
    do { _ = try RunConnection(long) } catch {
      #expect("\(error)".contains("a regular file, expected a run or a socket"))
    }
  }
}
