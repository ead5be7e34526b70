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
  private var basis: PrincipalComponents?
  private var attributions = LookSchedule(share: 0.003)
  private var attribution: (norms: [[Float]], answers: [String], key: Int)?

  /// Sequences at most whose states are drawn.
  private static let sequences = 16
  /// States at most that components are found from.
  private static let mostStates = 1_000
  /// Predictions at most that are traced back to their inputs, the last ones.
  private static let predictions = 40
  /// Rows of the largest matrix whose eigenvalues are waited for.
  private static let largestAtOnce = 256

  /// Nil where the network is no system s(t+1) = g(s(t), x) with one g.
  init?(_ probe: Probe, seed: UInt64) {
    guard probe.network.variant != .vectorToSequence else { return nil }
    self.probe = probe
    self.seed = seed
    double = DoubleNetwork(probe.network)
    search = FixedPointWorker(probe.network, seed: seed)
    let stacks = double.model.stacks
    guard StateChain(stacks) != nil || stacks.first?.layers.first?.fedBack != nil else {
      return nil
    }
  }

  /// After going back, what was found later never was.
  func forget() {
    (basis, attribution) = (nil, nil)
    search.forget()
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
    measureJacobians(dynamics, steps: steps, into: &frame)
    attributions.run(
      every: 2, now: now, force: force || attribution?.key != shown
    ) {
      attribution = attributed(trainer.parameters, batch, shown)
    }
    frame.attribution = attribution?.norms ?? []
    frame.answers = attribution?.answers ?? []
    let (input, name) = constantInput(dynamics)
    search.look(
      trainer.parameters, step: trainer.step, input: input, named: name,
      trajectory: dynamics.trajectory, now: now, waits: force)
    frame.secondsLeft = search.secondsLeft
    if let found = search.newest {
      frame.fixedPoints = DynamicsFrame.FixedPoints(
        step: found.step, input: found.input,
        points: found.points.map { point in
          DynamicsFrame.FixedPoint(
            kind: point.kind?.rawValue ?? "", unstable: point.unstable,
            modulus: point.eigenvalues?.first?.modulus, period: point.period,
            place: components.project(point.state).map { Float($0) })
        })
    }
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

  // MARK: Jacobians

  private func measureJacobians(
    _ dynamics: any NetworkDynamics, steps: Int, into frame: inout DynamicsFrame
  ) {
    let size = dynamics.size
    var exponents = LyapunovExponents(size: size, count: 4, seed: seed)
    var mean = SquareMatrix(size: size)
    dynamics.forEachJacobian(skipping: { $0 > 0 }) { _, step, jacobian in
      exponents.add(jacobian, counts: step >= min(10, steps / 4))
      for index in mean.elements.indices {
        mean.elements[index] += jacobian.elements[index] / Double(max(1, steps))
      }
    }
    frame.lyapunov = exponents.exponents
    frame.lyapunovSteps = exponents.steps
    guard size <= Self.largestAtOnce else { return }
    if let view = double.model.stacks.first?.layers.first, view.fedBack == nil {
      add(
        SquareMatrix(view.candidateBlock(double.parameters)),
        view.kind.description.recurrentSymbol, to: &frame)
    }
    if steps > 0 { add(mean, "∂s(t+1)/∂s(t)", to: &frame) }
  }

  private func add(_ matrix: SquareMatrix, _ symbol: String, to frame: inout DynamicsFrame) {
    guard let eigenvalues = matrix.eigenvalues else { return }
    frame.spectra.append(
      DynamicsFrame.Spectrum(
        symbol: symbol,
        eigenvalues: eigenvalues.sorted { $0.modulus > $1.modulus }
          .map { ($0.real, $0.imaginary) }))
  }

  // MARK: Attribution

  /// For each of the last positions, the gradient of what is answered there by every input so far.
  private func attributed(
    _ parameters: ParameterVector<Float>, _ batch: DataBatch, _ shown: Int
  ) -> (norms: [[Float]], answers: [String], key: Int)? {
    let part = probe.part
    part.batch.carried = nil
    part.packer.pack(batch, sequences: CollectionOfOne(shown), into: part.batch)
    let steps = part.batch.steps.rowCount
    let isAtEnd = probe.network.rows.targets == .sequences
    guard isAtEnd || probe.network.rows.targets == .steps, steps > 0 else { return nil }
    let outputs = probe.outputs(parameters, forcing: probe.network.alone)
    let hasClasses = probe.network.objective == .crossEntropy
    let likeliest = (0..<outputs.rows).map {
      outputs.row($0).indexOfLargest(count: outputs.columns)
    }
    let positions = isAtEnd ? steps - 1..<steps : max(0, steps - Self.predictions)..<steps
    var (norms, answers): ([[Float]], [String]) = ([], [])
    for position in positions {
      let row = isAtEnd ? 0 : position
      let known = hasClasses ? Int(part.batch.targets[row]) : -1
      let symbol = known >= 0 ? known : likeliest[row]
      let found = InputAttribution.measure(
        part.model, part.batch, output: hasClasses ? .logProbability(of: symbol) : .value(0),
        row: row, parameters: parameters, arena: part.arena)
      norms.append(found?.norms.prefix(position + 1).map { Float($0) } ?? [])
      answers.append(hasClasses ? probe.outputName(Int32(symbol)) : "")
    }
    return (norms, answers, shown)
  }

  // MARK: The input that stays the same

  private func constantInput(_ dynamics: any NetworkDynamics) -> (ConstantInput, String) {
    guard probe.network.variant != .autonomous else { return (.none, "") }
    guard let vocabulary = probe.task.inputVocabulary else {
      let zeros = [Double](repeating: 0, count: probe.task.inputWidth)
      return (.vector(zeros), probe.task.normalisation == nil ? "zeros" : "the mean input")
    }
    let counts = dynamics.symbolCounts
    let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return (.symbol(most), vocabulary.name(of: Int32(most)))
  }
}
