/// The newest frame of every kind, and of those that are drawn over training what is kept of each.
public struct FrameStore: Sendable {
  private var newest: [ProbeFrame.Kind: ProbeFrame] = [:]
  /// A `FrameHistory` of the kind's content.
  private var histories: [ProbeFrame.Kind: any Sendable] = [:]

  public init() {}

  /// The newest frame of a kind; nil before there is one.
  public subscript(kind: ProbeFrame.Kind) -> ProbeFrame? { newest[kind] }

  /// The newest frames, in the order in which kinds are listed.
  public var frames: [ProbeFrame] { ProbeFrame.Kind.allCases.compactMap { newest[$0] } }

  /// The newest content of a kind.
  public func newest<Content: ProbeContent>(_: Content.Type = Content.self) -> Content? {
    newest[Content.kind]?.content as? Content
  }

  /// What is kept of a kind over training; empty for one of which only the newest is shown.
  public func history<Content: ProbeContent>(
    of _: Content.Type = Content.self
  ) -> FrameHistory<Content> {
    histories[Content.kind] as? FrameHistory<Content> ?? FrameHistory()
  }

  /// Takes in a frame: the newest of its kind, and one more over training where its kind is kept
  /// so.
  public mutating func keep(_ frame: ProbeFrame) {
    newest[frame.kind] = frame
    keep(overTraining: frame.content)
  }

  /// Keeps what a picture over training shows of it, and not the frame.
  public mutating func keep(overTraining frame: ProbeFrame) { keep(overTraining: frame.content) }

  private mutating func keep<Content: ProbeContent>(overTraining content: Content) {
    guard let kept = content.keptOverTraining else { return }
    var history = history(of: Content.self)
    // Held once while it grows, so that it grows in place.
    histories[Content.kind] = nil
    history.add(kept, step: kept.step)
    histories[Content.kind] = history
  }

  /// What is kept over training of all kinds up to a step, as frames in the order of their steps.
  public func frames(through step: Int) -> [ProbeFrame] {
    ProbeFrame.Kind.allCases.flatMap { kept($0.content, through: step) }
      .sorted { $0.step < $1.step }
  }

  private func kept<Content: ProbeContent>(
    _: Content.Type, through step: Int
  ) -> [ProbeFrame] {
    history(of: Content.self).entries.filter { $0.step <= step }.map(\.frame.frame)
  }
}
