import FileFormats
import TrainingEvents

/// What a job tells in lines, of the protocol or among its output, on its way to becoming events.
public struct JobNumbers: Sendable {
  private var lines = ForeignLines()
  private var run = ForeignRun()
  private var watch = AlertWatch()

  public init() {}

  /// The name of the series that stands in the loss's place; nil before there is one.
  public var lossName: String? { run.lossName }
  /// The step of the last numbers.
  public var lastStep: Int { run.lastStep }

  /// Takes one line of the protocol.
  /// - Returns: what is not a matter of numbers, such as what the job can do
  public mutating func take(protocol line: UnsafeBufferPointer<UInt8>) -> RunMessage? {
    var numbers = FlatNumbers()
    var scanner = LogObjectScanner(line)
    // Bare numbers make up nearly all lines.
    if (try? scanner.object(into: &numbers)) != nil, numbers.hasEvent,
      let object = (try? JSONValue(decoding: line))?.object, let word = object["event"]?.string,
      word != "step", word != "values"
    {
      return MessageJSON.decode(object, line)
    }
    lines.take(line, into: &run)
    return nil
  }

  /// Takes one line of the output, if it can be one of numbers.
  public mutating func take(output line: UnsafeBufferPointer<UInt8>) {
    guard line.contains(UInt8(ascii: "{")), line.contains(UInt8(ascii: "}")) else { return }
    var numbers = FlatNumbers()
    var scanner = LogObjectScanner(line)
    // Most output with braces is none.
    guard (try? scanner.object(into: &numbers)) != nil, !numbers.entries.isEmpty else { return }
    lines.take(line, into: &run)
  }

  /// What was gathered since the last time, with what the run's alerts say of it.
  public mutating func drain() -> [TrainingEvent] {
    run.drain().filter { event in
      // That a line is none is no news among a job's output.
      if case .warning(let record) = event { record.kind != "follow" } else { true }
    }.flatMap { [$0] + watch.observe($0) }
  }

  /// What the run's alerts say of an event that came whole.
  public mutating func observe(_ event: TrainingEvent) -> [TrainingEvent] {
    watch.observe(event)
  }
}
