import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Looks at the network as a dynamic system while it trains, with a network in double precision of
/// its own. What takes long is worked on beside training, or comes more seldom.
final class DynamicsProbe {
  private let probe: Probe
  private let double: DoubleNetwork
  private let search: FixedPointWorker
  private let seed: UInt64
  /// The last frame's directions, which the next ones are turned to.
  private(set) var basis: PrincipalComponents?
  private var attribution: AttributionProbe
  private let largeSpectra = BackgroundLook<LargeSpectra>(
    "unfold spectra of the dynamics", share: 0.003)
  /// The first spectra that were measured.
  private var earlier: (step: Int, spectra: [DynamicsFrame.Spectrum])?

  private struct LargeSpectra: Sendable {
    var step: Int
    var spectra: [DynamicsFrame.Spectrum]
  }

  /// Sequences at most whose states are drawn.
  private static let sequences = 16
  /// States at most that components are found from.
  private static let mostStates = 1_000
  /// Rows of the largest matrix whose eigenvalues are waited for.
  private static let largestAtOnce = 256

  /// Nil where the network is no system s(t+1) = g(s(t), x) with one g.
  init?(_ probe: Probe, seed: UInt64) {
    guard probe.network.variant != .vectorToSequence else { return nil }
    self.probe = probe
    self.seed = seed
    attribution = AttributionProbe(probe)
    double = DoubleNetwork(probe.network)
    search = FixedPointWorker(probe.network, seed: seed)
    let stacks = double.model.stacks
    guard StateChain(stacks) != nil || stacks.first?.layers.first?.fedBack != nil else {
      return nil
    }
  }

  /// After going back, what was found later never was.
  func forget() {
    (basis, earlier) = (nil, nil)
    attribution.forget()
    search.look.forget()
    largeSpectra.forget()
  }

  func frame(
    _ trainer: Trainer, _ request: ProbeRequest, now: Double, force: Bool
  ) -> DynamicsFrame? {
    let batch = probe.sequences.batch
    guard batch.count > 0 else { return nil }
    let shown = ((request.sequence % batch.count) + batch.count) % batch.count
    double.load(trainer.parameters)
    double.run(batch, sequences: chosen(shown, batch))
    guard let dynamics = double.dynamics() else { return nil }
    var frame = DynamicsFrame(step: trainer.step, system: dynamics.title, size: dynamics.size)
    let steps = dynamics.lengths.first ?? 0
    frame.symbols = (0..<steps).map { probe.symbol(batch, shown, $0) }
    guard let components = components(of: dynamics) else { return nil }
    draw(dynamics, components, steps: steps, into: &frame)
    let position = request.position.flatMap { (0..<steps).contains($0) ? $0 : nil }
    measureJacobians(dynamics, steps: steps, at: position, into: &frame)
    measureSpectra(frame.step, now: now, waits: force, into: &frame)
    attribution.look(trainer.parameters, batch, shown, now: now, force: force, into: &frame)
    let (input, name) = constantInput(dynamics, frame.symbols, at: position)
    if request.wantsField {
      frame.field = field(
        dynamics.system(under: input), name, components, request.fieldAxes, frame)
    }
    search.search(
      trainer.parameters, step: trainer.step, input: input, named: name,
      trajectory: dynamics.trajectory, now: now, waits: force)
    frame.secondsLeft = search.look.secondsLeft
    frame.fixedPoints = search.look.newest.map { Self.drawn($0, components) }
    return frame
  }

  /// The one that is shown, and some others.
  private func chosen(_ shown: Int, _ batch: DataBatch) -> [Int] {
    let others = (0..<batch.count).filter { $0 != shown }
    var (all, states) = ([shown], batch.inputLengths[shown])
    let room = double.parameters.count > 1 << 17 ? Self.mostStates / 4 : Self.mostStates
    for other in others.prefix(Self.sequences - 1) where states < room {
      all.append(other)
      states += batch.inputLengths[other]
    }
    return all
  }

  // MARK: Components

  private func components(of dynamics: any NetworkDynamics) -> PrincipalComponents? {
    guard
      var found = PrincipalComponents(dynamics.trajectory, size: dynamics.size, count: 3)
    else { return nil }
    if let basis { found = found.aligned(to: basis) }
    basis = found
    return found
  }

  private func draw(
    _ dynamics: any NetworkDynamics, _ components: PrincipalComponents, steps: Int,
    into frame: inout DynamicsFrame
  ) {
    let size = dynamics.size
    func place(_ row: Int) -> [Float] {
      components.project(dynamics.trajectory[row * size..<(row + 1) * size]).map { Float($0) }
    }
    let count = dynamics.trajectory.count / max(1, size)
    frame.path = (0..<steps).map(place)
    let every = max(1, (count - steps) / 400)
    frame.others = stride(from: steps, to: count, by: every).map(place)
    frame.shares = components.shares
    frame.dimension = components.participationRatio
  }

  private static func drawn(
    _ found: FixedPointWorker.Found, _ components: PrincipalComponents
  ) -> DynamicsFrame.FixedPoints {
    DynamicsFrame.FixedPoints(
      step: found.step, input: found.input,
      points: found.points.map { point in
        DynamicsFrame.FixedPoint(
          kind: point.kind?.rawValue ?? "", unstable: point.unstable,
          modulus: point.eigenvalues?.first?.modulus, period: point.period,
          place: components.project(point.state).map { Float($0) },
          slow: point.slow.map { direction in
            DynamicsFrame.Direction(
              eigenvalue: direction.eigenvalue,
              along: components.along(direction.vector).map { Float($0) })
          })
      })
  }

  /// Arrows of the field, side by side and one above the other.
  private static let arrows = (across: 24, down: 12)

  /// Where states of the plane of two components go in one step, the others at their mean.
  private func field(
    _ system: some StateTransition, _ name: String, _ components: PrincipalComponents,
    _ axes: DynamicsFrame.PlaneAxes, _ frame: DynamicsFrame
  ) -> DynamicsFrame.VectorField? {
    guard components.directions.indices.contains(max(axes.right, axes.up)) else { return nil }
    func range(_ axis: Int) -> (low: Double, width: Double) {
      let values = (frame.path + frame.others).map { Double($0[axis]) }
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      return (low - 0.1 * (high - low), 1.2 * (high - low))
    }
    let (right, up) = (range(axes.right), range(axes.up))
    var (starts, states): ([(Double, Double)], [Double]) = ([], [])
    for row in 0..<Self.arrows.down {
      for column in 0..<Self.arrows.across {
        let x = right.low + right.width * Double(column) / Double(Self.arrows.across - 1)
        let y = up.low + up.width * Double(row) / Double(Self.arrows.down - 1)
        starts.append((x, y))
        states += components.mean.indices.map {
          components.mean[$0] + x * components.directions[axes.right][$0]
            + y * components.directions[axes.up][$0]
        }
      }
    }
    let (next, size) = (system.next(states), system.size)
    let arrows = starts.enumerated().map { index, start in
      let end = components.project(next[index * size..<(index + 1) * size])
      return [start.0, start.1, end[axes.right] - start.0, end[axes.up] - start.1].map {
        Float($0)
      }
    }
    return DynamicsFrame.VectorField(
      input: name, arrows: arrows.filter { $0.allSatisfy(\.isFinite) }, axes: axes)
  }

  // MARK: Jacobians

  /// Matrices of the frame whose eigenvalues are still to be had.
  private var matrices: [(symbol: String, matrix: SquareMatrix)] = []

  private func measureJacobians(
    _ dynamics: any NetworkDynamics, steps: Int, at position: Int?,
    into frame: inout DynamicsFrame
  ) {
    let (size, symbol) = (dynamics.size, "∂s(t+1)/∂s(t)")
    var exponents = LyapunovExponents(size: size, count: 4, seed: seed)
    var mean = SquareMatrix(size: size)
    dynamics.forEachJacobian(skipping: { $0 > 0 }) { _, step, jacobian in
      exponents.add(jacobian, counts: step >= min(10, steps / 4))
      for index in mean.elements.indices {
        mean.elements[index] += jacobian.elements[index] / Double(max(1, steps))
      }
      guard step == position, size <= Self.largestAtOnce,
        let spectrum = DynamicsFrame.Spectrum(symbol, jacobian)
      else { return }
      frame.atCursor = DynamicsFrame.Jacobian(
        position: step, spectrum: spectrum, singularValues: jacobian.singularValues ?? [])
    }
    frame.lyapunov = exponents.exponents
    frame.lyapunovSteps = exponents.steps
    matrices = []
    if let view = double.model.stacks.first?.layers.first, view.fedBack == nil,
      let block = view.candidateBlock(double.parameters)
    {
      matrices.append((view.description.recurrentSymbol, SquareMatrix(block)))
    }
    if steps > 0 { matrices.append((symbol, mean)) }
  }

  /// At once where it is soon done, else beside training.
  private func measureSpectra(
    _ step: Int, now: Double, waits: Bool, into frame: inout DynamicsFrame
  ) {
    let matrices = matrices
    self.matrices = []
    if matrices.allSatisfy({ $0.matrix.size <= Self.largestAtOnce }) {
      frame.spectra = matrices.compactMap { DynamicsFrame.Spectrum($0.symbol, $0.matrix) }
    } else {
      largeSpectra.look(now: now, waits: waits, isKnown: { $0.step == step }) {
        {
          LargeSpectra(
            step: step,
            spectra: matrices.compactMap { DynamicsFrame.Spectrum($0.symbol, $0.matrix) })
        }
      }
      frame.spectra = largeSpectra.newest?.spectra ?? []
      frame.spectraStep = largeSpectra.newest?.step
    }
    if earlier == nil, !frame.spectra.isEmpty {
      earlier = (frame.spectraStep ?? step, frame.spectra)
    }
    if let earlier, earlier.step < frame.spectraStep ?? step { frame.earlier = earlier }
  }

  // MARK: The input that stays the same

  /// What is read at a position, or what stands for all that is read.
  private func constantInput(
    _ dynamics: any NetworkDynamics, _ symbols: [String], at position: Int?
  ) -> (ConstantInput, String) {
    guard probe.network.variant != .autonomous else { return (.none, "") }
    if let position, let input = double.input(ofFirst: position) {
      return (input, symbols[position])
    }
    guard let vocabulary = probe.task.inputVocabulary else {
      let zeros = [Double](repeating: 0, count: probe.task.inputWidth)
      return (.vector(zeros), probe.task.normalisation == nil ? "zeros" : "the mean input")
    }
    let counts = dynamics.symbolCounts
    let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return (.symbol(most), vocabulary.name(of: Int32(most)))
  }
}

extension DynamicsFrame.Spectrum {
  /// Nil where they cannot be had.
  init?(_ symbol: String, _ matrix: SquareMatrix) {
    guard let eigenvalues = matrix.eigenvalues else { return nil }
    self.init(
      symbol: symbol,
      eigenvalues: eigenvalues.sorted { $0.modulus > $1.modulus }.map {
        ($0.real, $0.imaginary)
      })
  }
}
