import FileFormats

/// The network as a dynamic system, s(t+1) = g(s(t), x(t+1)): where its states go while it reads,
/// whether small differences grow, what stays where it is, and what each prediction depends on.
public struct DynamicsFrame: Sendable, Equatable {
  /// Eigenvalues of one matrix in the complex plane.
  public struct Spectrum: Sendable, Equatable {
    /// Such as `W`, or `∂s(t+1)/∂s(t)`.
    public var symbol: String
    /// Real and imaginary part of each, the largest |λ| first.
    public var eigenvalues: [(real: Double, imaginary: Double)]

    public init(symbol: String, eigenvalues: [(real: Double, imaginary: Double)]) {
      self.symbol = symbol
      self.eigenvalues = eigenvalues
    }

    public static func == (a: Spectrum, b: Spectrum) -> Bool {
      a.symbol == b.symbol
        && a.eigenvalues.elementsEqual(b.eigenvalues) {
          $0.real == $1.real && $0.imaginary == $1.imaginary
        }
    }

    /// ρ, the largest |λ|; nil without any.
    public var radius: Double? {
      eigenvalues.map { ($0.real * $0.real + $0.imaginary * $0.imaginary).squareRoot() }.max()
    }
  }

  /// A state that one input, staying the same, leaves where it is.
  public struct FixedPoint: Sendable, Equatable {
    /// Such as `stable` or `saddle`; empty where it is not known.
    public var kind: String
    /// Directions along which states leave; nil where that is not known.
    public var unstable: Int?
    /// The largest |λ| there; nil where it is not known.
    public var modulus: Double?
    /// Steps of one turn around it; nil where nothing turns.
    public var period: Double?
    /// Where it lies along each component.
    public var place: [Float]

    public init(
      kind: String, unstable: Int?, modulus: Double?, period: Double?, place: [Float]
    ) {
      self.kind = kind
      self.unstable = unstable
      self.modulus = modulus
      self.period = period
      self.place = place
    }
  }

  /// Fixed points of the network as it was at one step.
  public struct FixedPoints: Sendable, Equatable {
    /// The training step whose weights were searched.
    public var step: Int
    /// The input that stays the same, as a person reads it; empty for a system without input.
    public var input: String
    /// Stable ones first.
    public var points: [FixedPoint]

    public init(step: Int, input: String, points: [FixedPoint]) {
      self.step = step
      self.input = input
      self.points = points
    }
  }

  public var step: Int
  /// Which layers the system is made of, such as `layer 1`.
  public var system: String
  /// Numbers of one state.
  public var size: Int
  /// What is read at each step of `path`.
  public var symbols: [String]
  /// The states while one sequence is read, along up to three principal components each.
  public var path: [[Float]]
  /// States of other sequences, along the same components.
  public var others: [[Float]]
  /// Variance along each component over the variance in all.
  public var shares: [Double]
  /// How many dimensions states really use, (Σ λ)² / Σ λ²; nil where they do not vary.
  public var dimension: Double?
  /// Of the recurrent matrix, and of the mean Jacobian along `path`; those that were measured.
  public var spectra: [Spectrum]
  /// In nats a step, the largest first; −∞ where a difference is gone at once.
  public var lyapunov: [Double]
  /// Steps that exponents are means over.
  public var lyapunovSteps: Int
  /// ‖∂ log p(t) / ∂x(i)‖ for the last positions t of `path`: as many numbers as inputs up to t.
  public var attribution: [[Float]]
  /// Of which answer each of them is.
  public var answers: [String]
  /// Nil before a search has ended.
  public var fixedPoints: FixedPoints?
  /// Seconds until a search that goes on is expected to end; nil where none does, or nobody knows.
  public var secondsLeft: Double?

  public init(step: Int, system: String, size: Int) {
    self.step = step
    self.system = system
    self.size = size
    (symbols, path, others, shares) = ([], [], [], [])
    (spectra, lyapunov, lyapunovSteps, attribution, answers) = ([], [], 0, [], [])
  }

  /// What the prediction at a position of `path` depends on, one number for each input up to there;
  /// nil where that was not measured.
  public func attribution(at position: Int) -> (answer: String, norms: [Float])? {
    let index = position - (path.count - attribution.count)
    guard attribution.indices.contains(index), !attribution[index].isEmpty else { return nil }
    return (answers.indices.contains(index) ? answers[index] : "", attribution[index])
  }
}

extension DynamicsFrame: RecordedContent {
  public static let kind = ProbeFrame.Kind.dynamics
  public static let recording: FrameRecording? = .system
  public var frame: ProbeFrame { .dynamics(self) }

  public var members: JSONObject {
    var object: JSONObject = [
      "system": .string(system), "size": .integer(size), "symbols": .strings(symbols),
      "path": .array(path.map { .reals($0) }), "others": .array(others.map { .reals($0) }),
      "shares": .array(shares.map { .real($0) }),
    ]
    object["dimension"] = dimension.map { .real($0) }
    object["spectra"] = .array(
      spectra.map { spectrum in
        [
          "symbol": .string(spectrum.symbol),
          "eigenvalues": .array(
            spectrum.eigenvalues.map { [.real($0.real), .real($0.imaginary)] }),
        ]
      })
    object["lyapunov"] = .array(lyapunov.map { .real($0) })
    object["lyapunovSteps"] = .integer(lyapunovSteps)
    object["attribution"] = .array(attribution.map { .reals($0) })
    object["answers"] = .strings(answers)
    object["fixedPoints"] = fixedPoints.map { .object(Self.json($0)) }
    object["secondsLeft"] = secondsLeft.map { .real($0) }
    return object
  }

  private static func json(_ found: FixedPoints) -> JSONObject {
    [
      "step": .integer(found.step), "input": .string(found.input),
      "points": .array(
        found.points.map { point in
          var object: JSONObject = ["kind": .string(point.kind), "place": .reals(point.place)]
          object["unstable"] = point.unstable.map { .integer($0) }
          object["modulus"] = point.modulus.map { .real($0) }
          object["period"] = point.period.map { .real($0) }
          return .object(object)
        }),
    ]
  }

  public init?(_ object: JSONObject, step: Int) {
    guard let path = object["path"]?.array, let size = object["size"]?.int else { return nil }
    self.init(step: step, system: object["system"]?.string ?? "", size: size)
    symbols = .init(texts: object["symbols"])
    self.path = path.map { .init(numbers: $0) }
    others = (object["others"]?.array ?? []).map { .init(numbers: $0) }
    shares = (object["shares"]?.array ?? []).map { $0.double ?? .nan }
    dimension = object["dimension"]?.double.flatMap { $0.isFinite ? $0 : nil }
    spectra = (object["spectra"]?.array ?? []).map { value in
      Spectrum(
        symbol: value["symbol"]?.string ?? "",
        eigenvalues: (value["eigenvalues"]?.array ?? []).map { pair in
          let parts = pair.array ?? []
          return (parts.first?.double ?? .nan, parts.dropFirst().first?.double ?? .nan)
        })
    }
    lyapunov = (object["lyapunov"]?.array ?? []).map { value in
      value.double.flatMap { $0.isFinite ? $0 : nil } ?? -.infinity
    }
    lyapunovSteps = object["lyapunovSteps"]?.int ?? 0
    attribution = (object["attribution"]?.array ?? []).map { .init(numbers: $0) }
    answers = .init(texts: object["answers"])
    fixedPoints = object["fixedPoints"]?.object.flatMap { Self.fixedPoints($0) }
    secondsLeft = object["secondsLeft"]?.double.flatMap { $0.isFinite ? $0 : nil }
  }

  private static func fixedPoints(_ object: JSONObject) -> FixedPoints? {
    guard let step = object["step"]?.int, let points = object["points"]?.array else { return nil }
    return FixedPoints(
      step: step, input: object["input"]?.string ?? "",
      points: points.map { value in
        FixedPoint(
          kind: value["kind"]?.string ?? "", unstable: value["unstable"]?.int,
          modulus: value["modulus"]?.double.flatMap { $0.isFinite ? $0 : nil },
          period: value["period"]?.double.flatMap { $0.isFinite ? $0 : nil },
          place: .init(numbers: value["place"]))
      })
  }
}

extension FrameRecording {
  /// Trajectories, spectra and fixed points.
  public static let system = FrameRecording(share: 0.1)
}
