import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// A run's directory may come from a stranger: what stands in it under a run's names can be anything.
@Suite struct StrangersDirectoryTests {
  private let temporary: TemporaryDirectory
  private let path: String
  /// What must stay as it is.
  private let victim: String

  enum Kind: CaseIterable {
    case link, dangling, loop, pipe, directory, device, socket
  }

  init() throws {
    temporary = try TemporaryDirectory()
    path = temporary.path + "/run"
    victim = temporary.path + "/victim"
    try "precious\n".write(toFile: victim, atomically: false, encoding: .utf8)
  }

  /// Puts something else where a file of the run would be.
  private func put(_ kind: Kind, at place: String) throws {
    try? FileManager.default.removeItem(atPath: place)
    switch kind {
    case .link: #expect(symlink(victim, place) == 0)
    case .dangling: #expect(symlink(temporary.path + "/made", place) == 0)
    case .loop: #expect(symlink(place, place) == 0)
    case .pipe: #expect(mkfifo(place, 0o644) == 0)
    case .directory:
      try FileManager.default.createDirectory(
        atPath: place, withIntermediateDirectories: true)
    case .device:
      // Making one takes rights; a link to one does not.
      if mknod(place, S_IFCHR | 0o666, 1 << 8 | 5) != 0 {
        #expect(symlink("/dev/zero", place) == 0)
      }
    case .socket:
      let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(listener) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      // A socket's address is shorter than a temporary directory's path may be.
      let short = "/tmp/unfold-\(UUID().uuidString.prefix(8))"
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: short.utf8) }
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(result == 0)
      #expect(rename(short, place) == 0)
    }
  }

  private func isUntouched() throws -> Bool {
    let made = FileManager.default.fileExists(atPath: temporary.path + "/made")
    return try String(contentsOfFile: victim, encoding: .utf8) == "precious\n" && !made
  }

  @Test(arguments: Kind.allCases, [".lock", "events.jsonl", "snapshots"])
  func nothingButARunIsWritten(_ kind: Kind, _ name: String) throws {
    do {
      let run = try RunDirectory.create(at: path, preset: "")
      _ = try SnapshotWriter(directory: run).write(Example.contents(step: 3))
    }
    try put(kind, at: path + "/" + name)
    // A directory under the name of the snapshots is one.
    if name == "snapshots", kind == .directory { return }
    let refusal = #expect(throws: RunError.self) { try RunDirectory.open(path) }
    #expect(refusal?.description.contains("/" + name) == true)
    #expect(refusal?.description.contains("\n") == false)
    #expect(try isUntouched())
  }

  @Test(arguments: Kind.allCases, [".lock", "events.jsonl", "snapshots"])
  func aNewRunIsNotBegunOverIt(_ kind: Kind, _ name: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try put(kind, at: path + "/" + name)
    if name == "snapshots", kind == .directory { return }
    #expect(throws: RunError.self) { try RunDirectory.create(at: path, preset: "a: 1") }
    #expect(try isUntouched())
  }

  @Test(arguments: Kind.allCases)
  func aPresetIsReplacedRatherThanFollowed(_ kind: Kind) throws {
    let run = try RunDirectory.create(at: path, preset: "")
    try put(kind, at: path + "/preset.yaml")
    if kind == .directory {
      #expect(throws: RunError.self) { try run.writePreset("b: 2") }
    } else {
      try run.writePreset("b: 2")
      #expect(try String(contentsOfFile: path + "/preset.yaml", encoding: .utf8) == "b: 2")
    }
    #expect(try isUntouched())
  }

  @Test(arguments: Kind.allCases)
  func aRecordOfAnotherKindIsNotRead(_ kind: Kind) throws {
    _ = try RunDirectory.create(at: path, preset: "")
    try put(kind, at: path + "/events.jsonl")
    #expect(throws: RunError.self) { try RunSummary(path) }
    #expect(throws: RunError.self) { try RecordedRun(path) }
    let (runs, problems) = try RunSummary.list(in: temporary.path)
    #expect(runs.isEmpty && problems.count == 1)
    var follower = try RunFollower(path)
    #expect(throws: RunError.self) { try follower.poll() }
  }

  @Test(arguments: Kind.allCases, ["state.json", "preset.yaml", "model.safetensors"])
  func aSnapshotOfOtherKindsIsNotRead(_ kind: Kind, _ name: String) throws {
    let run = try RunDirectory.create(at: path, preset: "")
    let snapshot = try SnapshotWriter(directory: run).write(Example.contents(step: 3)).path
    try put(kind, at: snapshot + "/" + name)
    #expect(throws: RunError.self) { try SnapshotReader.read(path) }
    #expect(throws: RunError.self) { try SnapshotReader.read(snapshot) }
  }

  /// Else a resumed run would go on elsewhere, without a word.
  @Test(arguments: Kind.allCases)
  func aSnapshotKnowsItsRunWhateverTheRecordIs(_ kind: Kind) throws {
    let run = try RunDirectory.create(at: path, preset: "")
    _ = try SnapshotWriter(directory: run).write(Example.contents(step: 3))
    try put(kind, at: path + "/events.jsonl")
    #expect(try SnapshotReader.read(path).run == path)
    #expect(throws: RunError.self) { try RunDirectory.open(path) }
  }

  @Test func whatLinksLeadToIsNotClearedAway() throws {
    let outside = temporary.path + "/outside/.x.partial-1"
    try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
    let run = try RunDirectory.create(at: path, preset: "")
    #expect(symlink(outside, path + "/snapshots/.y.partial-1") == 0)
    try AtomicDirectory.removeLeftovers(in: run.snapshots())
    #expect(temporary.names("/run/snapshots").isEmpty)
    #expect(temporary.names("/outside") == [".x.partial-1"])
  }

  @Test func aRemovedDirectoryIsSaid() throws {
    let run = try RunDirectory.create(at: path, preset: "")
    try FileManager.default.removeItem(atPath: path)
    let other = try RunDirectory.create(at: path, preset: "other: 1")
    #expect(throws: RunError.removed(path: path)) {
      try SnapshotWriter(directory: run).write(Example.contents(step: 4))
    }
    #expect(temporary.names("/run/snapshots").isEmpty)
    #expect(try other.checkPlace() == path)
  }

  @Test func aLockThatWasRemovedIsTakenAnew() throws {
    let run = try RunDirectory.create(at: path, preset: "")
    try FileManager.default.removeItem(atPath: path + "/.lock")
    #expect(try run.checkPlace() == path)
    #expect(throws: RunError.self) { try RunDirectory.open(path) }
  }
}
