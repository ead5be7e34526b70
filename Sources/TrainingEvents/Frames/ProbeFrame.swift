import FileFormats

/// What a probe saw of the network at one step: the one place where kinds of frames are listed.
///
/// Whatever else is to be known of a kind stands with its content, a type that conforms to
/// `ProbeContent`: how it is recorded, how it is written as JSON, what of it is kept over training.
public enum ProbeFrame: Sendable, Equatable {
  /// States and gates while one sequence is read.
  case hiddenStates(HiddenStateFrame)
  /// How far back a gradient reaches.
  case gradientByLag(GradientByLag)
  /// Norms, spectra and saturation.
  case statistics(NetworkStatistics)
  /// How large states are.
  case stateNorms(StateNorms)
  /// Text that the network writes.
  case samples(SampleFrame)
  /// Activations over a long passage.
  case passage(PassageFrame)
  /// How the network does at its task.
  case task(TaskFrame)
  /// The walk through the graph.
  case trace(GraphTrace)
  /// The network as a dynamic system.
  case dynamics(DynamicsFrame)
  /// Where in all training data the same units are on.
  case alike(AlikeFrame)
  /// The loss around the weights.
  case landscape(LandscapeFrame)

  /// The raw values are the names of events in a record, and of what a reader can watch.
  public enum Kind: String, Sendable, CaseIterable {
    /// Of ``HiddenStateFrame``.
    case hiddenStates
    /// Of ``GradientByLag``.
    case gradientByLag
    /// Of ``NetworkStatistics``.
    case statistics
    /// Of ``StateNorms``.
    case stateNorms
    /// Of ``SampleFrame``.
    case samples
    /// Of ``PassageFrame``.
    case passage
    /// Of ``TaskFrame``.
    case task
    /// Of ``GraphTrace``.
    case trace
    /// Of ``DynamicsFrame``.
    case dynamics
    /// Of ``AlikeFrame``.
    case alike
    /// Of ``LandscapeFrame``.
    case landscape

    /// The type that holds what a frame of this kind shows.
    public var content: any ProbeContent.Type {
      switch self {
      case .hiddenStates: HiddenStateFrame.self
      case .gradientByLag: GradientByLag.self
      case .statistics: NetworkStatistics.self
      case .stateNorms: StateNorms.self
      case .samples: SampleFrame.self
      case .passage: PassageFrame.self
      case .task: TaskFrame.self
      case .trace: GraphTrace.self
      case .dynamics: DynamicsFrame.self
      case .landscape: LandscapeFrame.self
      case .alike: AlikeFrame.self
      }
    }
  }

  /// What the frame holds.
  public var content: any ProbeContent {
    switch self {
    case .hiddenStates(let frame): frame
    case .gradientByLag(let frame): frame
    case .statistics(let frame): frame
    case .stateNorms(let frame): frame
    case .samples(let frame): frame
    case .passage(let frame): frame
    case .task(let frame): frame
    case .trace(let frame): frame
    case .dynamics(let frame): frame
    case .landscape(let frame): frame
    case .alike(let frame): frame
    }
  }
}

/// What frames of one kind hold.
public protocol ProbeContent: Sendable, Equatable {
  /// The kind whose frames hold this type.
  static var kind: ProbeFrame.Kind { get }
  /// The content as a frame.
  var frame: ProbeFrame { get }
  /// What of it is kept of every frame of a run, for a picture over training; nil where only the
  /// newest frame is shown.
  var keptOverTraining: Self? { get }
  /// The step after which it was computed.
  var step: Int { get }
  /// How much of a record is theirs; nil for frames that a record does not hold.
  static var recording: FrameRecording? { get }
}

extension ProbeContent {
  public var keptOverTraining: Self? { nil }
  public static var recording: FrameRecording? { nil }
}

/// Frames whose lines in a record are written member by member, and which other programs may log.
public protocol RecordedContent: ProbeContent {
  /// Keys of arrays under which another program's log may hold the content in short.
  static var loggedUnder: [String] { get }
  /// Everything but the kind and the step.
  var members: JSONObject { get }
  /// - Parameters:
  ///   - object: a line of a record, or of another program's log in its short form
  ///   - step: where the frame belongs
  init?(_ object: JSONObject, step: Int)
}

extension RecordedContent {
  public static var loggedUnder: [String] { [] }
}

/// How much of what a record may spend on frames those of one kind get: the shares of all kinds add
/// up to 1, so that none takes another's room.
public struct FrameRecording: Sendable, Equatable {
  /// From 0 to 1.
  public var share: Double
  /// Whether frames are small and drawn over training, so that who reads a record reads all of them.
  public var isReadAtOnce = false

  /// Maps of hidden states, some ten thousand numbers each.
  public static let states = FrameRecording(share: 0.5)
  /// The task's own picture.
  public static let picture = FrameRecording(share: 0.13)
  /// Some lines of text.
  public static let text = FrameRecording(share: 0.1)
  /// Small frames that are drawn over training, too.
  public static let overTraining = FrameRecording(share: 0.05, isReadAtOnce: true)
}

extension ProbeFrame.Kind {
  private var recorded: (any RecordedContent.Type)? { content as? any RecordedContent.Type }

  /// How frames of this kind are recorded; nil for those that a record does not hold.
  public var recording: FrameRecording? { content.recording }

  /// Whether a line has the content member by member, and not as a whole.
  public var hasMembers: Bool { recorded != nil }

  /// Whether an object of another program's log holds a frame of this kind.
  public func isLogged(in object: JSONObject) -> Bool {
    recorded?.loggedUnder.contains { object[$0]?.array != nil } ?? false
  }

  /// Reads a frame; nil where the object holds none of this kind.
  public func frame(_ object: JSONObject, step: Int) -> ProbeFrame? {
    recorded?.init(object, step: step)?.frame
  }
}

extension ProbeFrame {
  /// What it is of.
  public var kind: Kind { type(of: content).kind }
  /// The step after which it was computed.
  public var step: Int { content.step }

  /// Whether some of it is shown beside newer frames of its kind.
  public var isKeptOverTraining: Bool { content.keptOverTraining != nil }

  /// The line of a record, member by member; nil for a kind that has no such form.
  public var json: JSONValue? {
    guard let content = content as? any RecordedContent else { return nil }
    var object: JSONObject = ["event": .string(kind.rawValue), "step": .integer(step)]
    for member in content.members.members { object[member.key] = member.value }
    return .object(object)
  }

  /// Keys of arrays under which another program's log may hold frames.
  public static let loggedUnder: [String] = Kind.allCases.flatMap {
    ($0.content as? any RecordedContent.Type)?.loggedUnder ?? []
  }
}
