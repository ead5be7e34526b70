import Testing
import TrainingEvents

@testable import Dashboard

/// What a cell reads through a vector or a matrix of its own, as the walk writes it.
@Suite struct CellEquationTests {
  private typealias Expression = GraphTrace.Expression
  private typealias Quantity = GraphTrace.Quantity

  private func variable(
    _ quantity: Quantity, _ time: Int, isGradient: Bool = false
  ) -> GraphTrace.Variable {
    GraphTrace.Variable(quantity, layer: GraphTrace.Layer(), time: time, isGradient: isGradient)
  }

  private func value(_ quantity: Quantity, _ time: Int) -> Expression {
    .variable(variable(quantity, time))
  }

  private func parameter(
    _ kind: GraphTrace.Parameter.Kind, gate: String? = nil
  ) -> GraphTrace.Parameter {
    GraphTrace.Parameter(kind, layer: GraphTrace.Layer(), gate: gate)
  }

  private func words(
    _ result: GraphTrace.Variable, _ expression: Expression, _ terms: [GraphTrace.Term] = []
  ) -> TraceWords {
    let node = GraphTrace.Node(
      result.isGradient ? .backward : .forward, column: 0, place: .state(layer: 1),
      equations: [GraphTrace.Equation(result, expression)], terms: terms)
    return TraceWords(
      node,
      in: GraphTrace(
        step: 1, sequence: 0, sequenceCount: 1, columns: [], nodes: [node],
        cellReference: "Orvieto et al. 2023"))
  }

  @Test func aProjectionMakesTheState() {
    let forward = words(
      variable(.state, 3), .product(parameter(.projection), value(.memory, 3)))
    #expect(forward.equation == "s(3) = P m(3)")
    let asked = variable(.memory, 3, isGradient: true)
    let term = GraphTrace.Term(.projected, .variable(asked), value: 1)
    let backward = words(
      asked,
      .transposedProduct(
        parameter(.projection), .variable(variable(.state, 3, isGradient: true))), [term])
    #expect(backward.symbol == "∇m(3)" && backward.equation == "∇m(3) = Pᵀ ∇s(3)")
    #expect(backward.label(term) == "through P")
    #expect(backward.reference == "beyond the slides · Sak et al. 2014")
  }

  @Test func aPeepholeReadsTheCell() {
    let seen = Expression.hadamard([
      .parameter(parameter(.peephole, gate: "i")), value(.cell, 2),
    ])
    let term = GraphTrace.Term(.cell, seen, value: 1)
    let words = words(
      variable(.preActivation(gate: "i"), 3),
      .sum([.parameter(parameter(.bias, gate: "i")), seen]), [term])
    #expect(words.equation == "a_i(3) = b_i + p_i ⊙ c(2)")
    #expect(words.label(term) == "from the cell")
  }

  @Test func aLinearUnitTurnsAndFades() {
    let (re, im) = (parameter(.eigenvalue), parameter(.eigenvalueImaginary))
    let cell = words(
      variable(.cell, 3),
      .sum([
        .difference(
          .hadamard([.parameter(re), value(.cell, 2)]),
          .hadamard([.parameter(im), value(.imaginary, 2)])),
        .hadamard([
          .parameter(parameter(.inputScale)), value(.preActivation(gate: "r"), 3),
        ]),
      ]))
    #expect(cell.equation == "c(3) = Re λ ⊙ c(2) − Im λ ⊙ k(2) + γ ⊙ a_r(3)")
    #expect(cell.reference == "beyond the slides · Orvieto et al. 2023")
    let state = words(
      variable(.state, 3),
      .sum([
        .product(parameter(.projection, gate: "r"), value(.cell, 3)),
        .product(parameter(.projection, gate: "j"), value(.imaginary, 3)),
        value(.preActivation(gate: "d"), 3),
      ]))
    #expect(state.equation == "s(3) = P_r c(3) + P_j k(3) + a_d(3)")
  }

  @Test func nothingButEigenvaluesLeadsOnInALinearUnit() {
    func recurrence(_ cell: String) -> String {
      Architecture(shape: .everyStep, cell: cell, inputSize: 1, hiddenSize: 1, outputSize: 1)
        .recurrence
    }
    #expect(["tanh", "lstm", "minlstm", "lru"].map(recurrence) == ["W", "W", "gate", "λ"])
  }
}
