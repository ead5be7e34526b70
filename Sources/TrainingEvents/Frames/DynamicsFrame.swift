import Glibc

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

  /// A direction in which states nearby come to a fixed point slowly, or leave it slowly.
  public struct Direction: Sendable, Equatable {
    /// λ along it, a real number.
    public var eigenvalue: Double
    /// Of length 1 before it is seen along the components, of which it has one number each.
    public var along: [Float]

    public init(eigenvalue: Double, along: [Float]) {
      self.eigenvalue = eigenvalue
      self.along = along
    }
  }

  /// ∂s(t+1)/∂s(t) at one position of `path`.
  public struct Jacobian: Sendable, Equatable {
    /// Counted from 0: the step that leads to this state.
    public var position: Int
    /// Real and imaginary part of each, the largest |λ| first.
    public var spectrum: Spectrum
    /// The largest first.
    public var singularValues: [Double]

    public init(position: Int, spectrum: Spectrum, singularValues: [Double]) {
      self.position = position
      self.spectrum = spectrum
      self.singularValues = singularValues
    }
  }

  /// Two components that span a plane, counted from 0.
  public struct PlaneAxes: Sendable, Equatable {
    /// The component to the right.
    public var right: Int
    /// The component upwards.
    public var up: Int

    /// - Parameters:
    ///   - right: the component to the right
    ///   - up: the component upwards
    public init(right: Int = 0, up: Int = 1) { (self.right, self.up) = (right, up) }
  }

  /// Where states of the plane of two components go in one step, under one input.
  public struct VectorField: Sendable, Equatable {
    /// The input that stays the same, as a person reads it; empty for a system without input.
    public var input: String
    /// The plane; along the other components, states lie at their mean.
    public var axes: PlaneAxes
    /// Four numbers each: where an arrow begins along both components, and s(t+1) − s(t) along them.
    public var arrows: [[Float]]

    public init(input: String, arrows: [[Float]], axes: PlaneAxes = PlaneAxes()) {
      self.input = input
      self.axes = axes
      self.arrows = arrows
    }
  }

  /// What outputs are asked about where inputs are attributed to them.
  public enum Attributed: String, Sendable, Equatable {
    /// The log-probability of a symbol, or an output number.
    case output
    /// The loss there.
    case loss
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
    /// Directions whose |λ| is nearest to 1, the nearest first.
    public var slow: [Direction]

    public init(
      kind: String, unstable: Int?, modulus: Double?, period: Double?, place: [Float],
      slow: [Direction] = []
    ) {
      self.kind = kind
      self.unstable = unstable
      self.modulus = modulus
      self.period = period
      self.place = place
      self.slow = slow
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
  /// The step of training that `spectra` are of, where they take long; nil where it is the frame's.
  public var spectraStep: Int?
  /// The same matrices when they were first looked at, and the step of training that they are of.
  public var earlier: (step: Int, spectra: [Spectrum])? {
    get { earlierStep.map { ($0, earlierSpectra) } }
    set { (earlierStep, earlierSpectra) = (newValue?.step, newValue?.spectra ?? []) }
  }
  private var earlierStep: Int?
  private var earlierSpectra: [Spectrum] = []
  /// At the position that was asked for; nil where none was, or where it takes long.
  public var atCursor: Jacobian?
  /// Nil where none was asked for.
  public var field: VectorField?
  /// In nats a step, the largest first; −∞ where a difference is gone at once.
  public var lyapunov: [Double]
  /// Steps that exponents are means over.
  public var lyapunovSteps: Int
  /// ‖∂ log p(t) / ∂x(i)‖ for the last positions t of `path`: as many numbers as inputs up to t.
  public var attribution: [[Float]]
  /// x(i) · ∂ log p(t) / ∂x(i), how far each input speaks for the answer or against it, in the order
  /// of `attribution`; empty where that was not measured.
  public var products: [[Float]] = []
  /// What `attribution` is of.
  public var attributed = Attributed.output
  /// Of which answer each of them is.
  public var answers: [String]
  /// Whether fixed points are looked for at all.
  public var searchesFixedPoints = true
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
  /// nil where that was not measured. Products are empty where they were not.
  public func attribution(
    at position: Int
  ) -> (answer: String, norms: [Float], products: [Float])? {
    AttributedInputs(norms: attribution, products: products, answers: answers)
      .at(position, of: path.count)
  }

  /// e^λ₁: what a small difference is multiplied by in one step, on average; nil where it is not
  /// known.
  public var growth: Double? {
    lyapunov.first.flatMap { $0.isFinite ? exp($0) : nil }
  }
}
