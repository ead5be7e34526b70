import FileFormats

/// How large the states of each layer are: the mean of ‖s(t)‖ over the steps of a few sequences.
///
/// Norms that grow without end, or fall to nothing, are seen here before the loss tells of them.
public struct StateNorms: Sendable, Equatable {
  /// One layer in one direction.
  public struct Layer: Sendable, Equatable {
    /// Such as `layer 1`, or `decoder layer 2 backward`.
    public var name: String
    /// Mean over steps of the Euclidean norm over units.
    public var norm: Double

    public init(name: String, norm: Double) {
      self.name = name
      self.norm = norm
    }
  }

  public var step: Int
  /// Every layer and direction, the first layer first.
  public var layers: [Layer]

  public init(step: Int, layers: [Layer]) {
    self.step = step
    self.layers = layers
  }
}

extension StateNorms: RecordedContent {
  public static let kind = ProbeFrame.Kind.stateNorms
  public static let recording: FrameRecording? = .overTraining
  public var frame: ProbeFrame { .stateNorms(self) }
  public var keptOverTraining: Self? { self }

  public var members: JSONObject {
    ["layers": .array(layers.map { ["name": .string($0.name), "norm": .real($0.norm)] })]
  }

  public init?(_ object: JSONObject, step: Int) {
    guard let layers = object["layers"]?.array else { return nil }
    self.init(
      step: step,
      layers: layers.enumerated().map { index, layer in
        Layer(
          name: layer["name"]?.string ?? "layer \(index + 1)",
          norm: layer["norm"]?.double ?? .nan)
      })
  }
}
