import FileFormats
import TrainingEvents

/// TensorBoard's event files, one after the other: a program that starts over begins a new file.
struct FollowedEventFiles: Sendable {
  private static let piece = 1 << 20
  private static let most = 16 << 20

  /// Nil when one file alone is followed.
  private let directory: String?
  private var file: FollowedFile?
  private var parser = TFEventsParser()
  private var run = ForeignRun()
  private var isBroken = false
  private var complaint: String?
  private var step = 0

  init(directory: String) {
    self.directory = directory
  }

  init(file path: String) {
    directory = nil
    file = FollowedFile(path)
  }

  static func isEventFile(_ name: String) -> Bool { name.contains("tfevents") }

  /// Event files of a directory, oldest first: their names begin with the time.
  static func names(in directory: String) throws(RunError) -> [String] {
    try FileTree.names(in: directory).filter { isEventFile($0) && !$0.hasPrefix(".") }
  }

  mutating func poll() throws(RunError) -> [TrainingEvent] {
    var total = 0
    repeat {
      let count = try readFile()
      total += count
      if count == 0, try !advance() { break }
    } while total < Self.most
    var events = run.drain()
    if let complaint {
      events.append(
        .warning(
          WarningRecord(
            step: step, kind: "follow", text: complaint,
            advice: "Nothing behind a damaged record can be read; a new file is waited for.")))
      self.complaint = nil
    }
    return events
  }

  /// Goes on to the next file of the directory.
  /// - Returns: whether there is one.
  private mutating func advance() throws(RunError) -> Bool {
    guard let directory else { return false }
    let names = try Self.names(in: directory)
    let current = file.map { FileTree.name(of: $0.path) }
    guard let next = names.first(where: { current == nil || $0 > current ?? "" }) else {
      return false
    }
    if current != nil { run.restart("the other program began a new event file") }
    file = FollowedFile(directory + "/" + next)
    parser = TFEventsParser()
    isBroken = false
    return true
  }

  private mutating func readFile() throws(RunError) -> Int {
    guard var file else { return 0 }
    defer { self.file = file }
    switch try file.check() {
    case .none: return 0
    case .goesOn, .appeared: break
    case .restarted:
      run.restart("the event file began anew")
      parser = TFEventsParser()
      isBroken = false
    }
    guard let descriptor = file.file, !isBroken else { return 0 }
    let bytes = try descriptor.read(upTo: Self.piece)
    file.note(bytes: bytes.count)
    do throws(TFEventsError) {
      for event in try parser.append(bytes) { take(event) }
    } catch {
      isBroken = true
      complaint = "\(SafeText.printable(file.path)): \(error)"
    }
    return bytes.count
  }

  private mutating func take(_ event: TFEvent) {
    guard SaneNumbers.steps.contains(event.step) else { return }
    for (tag, value) in event.values {
      guard case .scalar(let number) = value else { continue }
      step = event.step
      run.take(wallTime: event.wallTime, step: event.step)
      run.take(Double(number), as: tag, step: event.step)
    }
  }
}
