/// What a curve of the gradient by lag means for the training of its network: the one judgement that
/// the alerts of vanishing and exploding and the panel of the curve share.
///
/// A curve that falls is a fact; whether it is a fault depends on the network, on what changed while
/// it trains and on its loss.
public struct GradientWatch: Sendable {
  /// The share of a loss by which it falls in one training step where it falls fast.
  static let fastFall = 0.01

  var context = AlertContext()
  private(set) var loss = LossTrend()
  private var lastStep = 0
  /// When gradients by lag were last looked at.
  private var lossAtLook: (step: Int, loss: Double)?
  private var fallsFast = false

  public init() {}

  /// Takes in one event.
  public mutating func observe(_ event: TrainingEvent) {
    switch event {
    case .started(let run): start(run)
    case .steps(let batch):
      for bucket in batch.thinned {
        add(bucket.loss.mean, step: bucket.firstStep + bucket.count - 1)
      }
      for record in batch.records { add(record.loss, step: record.step) }
    case .command(let record): context.note(record)
    case .frame(.gradientByLag(let frame)): look(at: frame.step)
    default: break
    }
  }

  mutating func start(_ run: RunDescription) {
    self = GradientWatch()
    context = AlertContext(run)
  }

  /// Takes in a step's loss.
  mutating func add(_ value: Double, step: Int) {
    let isAgain = step == lastStep
    // After going back to a snapshot the trend begins anew.
    if step < lastStep { loss = LossTrend() }
    lastStep = step
    // A step that is told again, with more numbers, has had its loss counted.
    guard value.isFinite, !isAgain else { return }
    loss.add(value, step: step)
  }

  /// Notes the loss at a look, to be compared with the next one's.
  mutating func look(at step: Int) {
    defer { lossAtLook = (step, loss.newest) }
    guard let last = lossAtLook, step >= last.step else { return fallsFast = false }
    // The same moment looked at again, as when paused, says nothing new.
    guard step > last.step else { return }
    fallsFast = loss.newest < last.loss * (1 - Self.fastFall * Double(step - last.step))
  }

  /// Why a curve that falls is no fault now, in a few words; nil where it is one.
  public var excuse: String? {
    if let way = context.otherWay { return way }
    if loss.isSolved { return "the task is solved" }
    // Gates learn to keep what they forget at first: as long as there is no plateau, let them.
    if context.isGated, !loss.isFlat { return "the loss is not on a plateau" }
    // A network that learns so fast does not miss what vanishes.
    return fallsFast ? "the loss falls fast" : nil
  }

  /// Whether so little is left so soon that a network misses it.
  public func vanishes(_ fit: LagFit) -> Bool {
    excuse == nil && fit.hundredthAt.map { $0 <= fit.steps / 2 } ?? false
  }

  /// Whether a vanishing that was noticed is over.
  func vanishingIsOver(_ fit: LagFit) -> Bool {
    !context.curveIsTheWay || loss.isSolved || fit.hundredthAt ?? .max > fit.steps * 7 / 10
  }

  /// Whether a gradient grows so much on its way back that a network suffers from it.
  public func explodes(_ fit: LagFit) -> Bool {
    context.learns && fit.verdict == .explodes && fit.growth > 10
  }

  /// Whether an explosion that was noticed is over.
  func explosionIsOver(_ fit: LagFit) -> Bool { fit.growth < 5 || loss.isSolved }
}
