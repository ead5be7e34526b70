import Glibc
import TrainingEvents

/// The file behind a recorder: appends, keeps what was refused, and finds a lost file again.
struct RecordWriter: Sendable {
  enum Outcome: Equatable {
    /// As well, or as badly, as last time.
    case unchanged
    case failed(RunError)
    case recovered
    /// It works again, but so many steps had to be left out.
    case recoveredWithLoss(Int)
    /// The run's directory has another path than before, and is written there.
    case moved(String)
  }

  private let directory: RunDirectory
  private var file: FileDescriptor?
  private var unwritten: [UInt8] = []
  /// Whether a part of `unwritten`'s first line stands in the file already.
  private var isInsideLine = false
  private var isFailing = false
  private var lostSteps = 0
  /// Where the run's directory is, and what was said of it.
  private var place: String
  private var told: String

  init(directory: RunDirectory) {
    self.directory = directory
    (place, told) = (directory.path, directory.path)
  }

  /// Bytes that the system has refused so far.
  var backlog: Int { unwritten.count }

  /// Appends whole lines behind whatever was refused before.
  mutating func write(_ bytes: [UInt8], lostSteps lost: Int, step: Int) -> Outcome {
    unwritten.append(contentsOf: bytes)
    lostSteps += lost
    guard !unwritten.isEmpty || isFailing else { return .unchanged }
    do throws(RunError) {
      try appendAll()
      guard isFailing else {
        guard place != told else { return .unchanged }
        told = place
        return .moved(place)
      }
      isFailing = false
      guard lostSteps > 0 else { return .recovered }
      let steps = lostSteps
      lostSteps = 0
      let note = WarningRecord(
        step: step, kind: "record", text: "\(steps) steps before this line were not recorded")
      unwritten = EventLine.encode(.warning(note), for: .record)
      try appendAll()
      return .recoveredWithLoss(steps)
    } catch {
      defer { isFailing = true }
      return isFailing ? .unchanged : .failed(error)
    }
  }

  func synchronize() throws(RunError) { try file?.synchronize() }

  private mutating func appendAll() throws(RunError) {
    let file = try openFile()
    var written = 0
    defer {
      if written > 0 {
        isInsideLine = unwritten[written - 1] != 0x0A
        unwritten.removeFirst(written)
      }
    }
    while written < unwritten.count {
      let start = written
      let result = unwritten.withUnsafeBytes { raw -> Result<Int, RunError> in
        do throws(RunError) {
          return .success(try file.writeSome(UnsafeRawBufferPointer(rebasing: raw[start...])))
        } catch {
          return .failure(error)
        }
      }
      written += try result.get()
    }
  }

  /// The record, opened anew when its name leads elsewhere: a deleted file takes writes in silence.
  private mutating func openFile() throws(RunError) -> FileDescriptor {
    place = try directory.checkPlace()
    if let file, let status = try? file.status(), status.links > 0 { return file }
    file = nil
    let new = try directory.root.open(
      RunDirectory.eventsName, flags: O_WRONLY | O_CREAT | O_APPEND)
    if isInsideLine {
      // The line's beginning went with the old file.
      let end = unwritten.firstIndex(of: 0x0A) ?? unwritten.count - 1
      unwritten.removeFirst(end + 1)
      isInsideLine = false
    }
    file = new
    return new
  }
}
