import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// The averaged Jacobian of every cell against differences of one step, and which block of W a
/// spectrum is of.
@Suite struct StateJacobianTests {
  private struct Step {
    let model: EveryStepOutput<Double>
    let batch = SequenceBatch<Double>()
    let parameters: ParameterVector<Double>
    let arena = Arena<Double>()
    let start: [Double]

    init(_ cell: CellKind) { self.init(CheckedCell(kind: cell)) }

    init(_ cell: CheckedCell) {
      var configuration = NetworkConfiguration.checked(cell)
      configuration.hidden = 4
      model = EveryStepOutput(configuration, sizes: ModelSizes(width: 2, outputs: 3))
      parameters = ParameterVector(model.layout)
      var random = SeededRandom(seed: 7)
      for i in 0..<parameters.count { parameters.base[i] = random.uniform(-0.9, 0.9) }
      batch.steps.assign(lengths: [1, 1, 1])
      batch.width = 2
      batch.vectors.assign((0..<6).map { _ in random.normal() })
      batch.targets.assign([0, 1, 2])
      start = (0..<3 * model.carriedWidth).map { _ in random.uniform(-0.8, 0.8) }
    }

    /// What is carried on, sequence after sequence, from a state that was carried here.
    func carry(_ state: [Double]) -> [Double] {
      arena.reset()
      let carried = CarriedState<Double>(sequences: 3, width: model.carriedWidth)
      for (i, value) in state.enumerated() { carried.values.base[i] = value }
      carried.isFresh = false
      batch.carried = carried
      _ = model.outputs(batch, Pass(parameters: parameters, arena: arena))
      return carried.values.elements
    }
  }

  @Test(arguments: CheckedCell.all + CheckedCell.zonedOut + CheckedCell.normalised)
  func agreesWithDifferences(_ cell: CheckedCell) throws {
    let step = Step(cell)
    let width = step.model.carriedWidth
    #expect(width == (cell.isProjected ? 2 : 4) + 4 * cell.kind.description.cellParts)
    _ = step.carry(step.start)
    let layer = try #require(step.model.stacks.first?.layers.first)
    let jacobian = try #require(
      layer.averagedJacobian(step.batch.steps, parameters: step.parameters))
    #expect(jacobian.size == width)
    let h = 1e-6
    for from in 0..<width {
      var (up, down) = (step.start, step.start)
      for n in 0..<3 {
        up[n * width + from] += h
        down[n * width + from] -= h
      }
      let (above, below) = (step.carry(up), step.carry(down))
      for to in 0..<width {
        let difference = (0..<3).reduce(0.0) {
          $0 + (above[$1 * width + to] - below[$1 * width + to]) / (2 * h) / 3
        }
        #expect(abs(jacobian[to, from] - difference) < 1e-8, "\(cell): \(to), \(from)")
      }
    }
  }

  /// The block that is looked at is the candidate's: g of an LSTM, n of a GRU.
  @Test(arguments: [(CellKind.tanh, 0, "W"), (.relu, 0, "W"), (.lstm, 2, "W_g"), (.gru, 2, "W_n")])
  func spectrumIsOfTheCandidate(_ cell: CellKind, _ block: Int, _ symbol: String) throws {
    let step = Step(cell)
    _ = step.carry(step.start)
    let layer = try #require(step.model.stacks.first?.layers.first)
    let w = step.parameters[layer.recurrentWeight]
    #expect(layer.candidateBlock(step.parameters)?.elements == w.rows(block * 4, 4).elements)
    #expect(cell.description.recurrentSymbol == symbol)
  }

  /// An LRU's s is read by no later step, and its eigenvalues are those of what it carries.
  @Test func theSpectrumOfALinearUnitIsItsOwn() throws {
    let step = Step(.lru)
    _ = step.carry(step.start)
    let layer = try #require(step.model.stacks.first?.layers.first)
    let jacobian = try #require(
      layer.averagedJacobian(step.batch.steps, parameters: step.parameters))
    let factors = layer.factors(step.parameters)
    let radii = zip(factors[0], factors[1]).map { ($0 * $0 + $1 * $1).squareRoot() }
    let spectrum = try #require(Spectrum(jacobian))
    #expect(abs(spectrum.radius - (radii.max() ?? 0)) < 1e-12)
    for row in 0..<12 { for column in 0..<4 { #expect(jacobian[row, column] == 0) } }
  }

  /// Nothing but gates leads from state to state: there is no matrix that a spectrum were of, and the
  /// Jacobian is diagonal.
  @Test(arguments: [CellKind.mingru, .minlstm])
  func gatesAloneHaveNoMatrix(_ cell: CellKind) throws {
    let step = Step(cell)
    _ = step.carry(step.start)
    let layer = try #require(step.model.stacks.first?.layers.first)
    #expect(layer.candidateBlock(step.parameters) == nil)
    #expect(step.model.layout.parameters.allSatisfy { !$0.name.contains("hh") || $0.count == 0 })
    let jacobian = try #require(
      layer.averagedJacobian(step.batch.steps, parameters: step.parameters))
    for row in 0..<4 {
      for column in 0..<4 { #expect((jacobian[row, column] != 0) == (row == column)) }
    }
  }
}
