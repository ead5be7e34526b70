import FileFormats

/// What the network writes or predicts by itself.
public struct SampleFrame: Sendable, Equatable {
  public var step: Int
  /// T of the softmax that symbols were drawn from; 0 takes the likeliest.
  public var temperature: Double
  /// What was written, line by line.
  public var lines: [String]

  public init(step: Int, temperature: Double, lines: [String]) {
    self.step = step
    self.temperature = temperature
    self.lines = lines
  }
}

extension SampleFrame: RecordedContent {
  public static let kind = ProbeFrame.Kind.samples
  public static let recording: FrameRecording? = .text
  public static let loggedUnder = ["samples"]
  public var frame: ProbeFrame { .samples(self) }

  public var members: JSONObject {
    ["temperature": .real(temperature), "lines": .strings(lines)]
  }

  /// Lines from `lines`, or from the short form `samples`.
  public init?(_ object: JSONObject, step: Int) {
    guard let lines = (object["lines"] ?? object["samples"])?.array else { return nil }
    self.init(
      step: step, temperature: object["temperature"]?.double ?? 1,
      lines: lines.map { $0.string ?? "" })
  }
}
