import LinearAlgebra
import RecurrentNetworks
import Testing

/// Backpropagation through time against finite differences, for every combination there is.
@Suite struct GradientCheckTests {
  @Test(arguments: GradientCheckCase.all.map(\.name)) func gradientIsExact(_ name: String) throws {
    let check = try #require(GradientCheckCase.all.first { $0.name == name })
    let result = check.run(entriesPerTensor: 12)
    for tensor in result.tensors {
      #expect(tensor.largestError < 1e-6, "\(name): \(tensor)")
    }
    // A network that learns nothing would agree with differences of zero.
    #expect(result.tensors.contains { abs($0.backpropagated) > 1e-4 })
    #expect(result.loss.isFinite && result.loss > 0)
  }

  /// A weight that its case never reaches is not checked, however well zeros agree.
  @Test(arguments: GradientCheckCase.all.map(\.name)) func everyTensorIsReached(_ name: String)
    throws
  {
    let subject = try #require(GradientCheckCase.all.first { $0.name == name }).subject()
    let gradient = ParameterVector<Double>(subject.model.layout)
    let pass = Pass(
      parameters: subject.parameters, gradient: gradient, arena: Arena<Double>(),
      dropout: subject.dropout, teacherForcing: subject.teacherForcing)
    let outputs = subject.model.outputs(subject.batch, pass)
    _ = subject.objective.evaluate(outputs, subject.batch, scale: 1)
    subject.model.backward(outputs, subject.batch, pass)
    for tensor in subject.model.layout.parameters where tensor.count > 0 {
      let isReached = (0..<tensor.count).contains { gradient.base[tensor.offset + $0] != 0 }
      #expect(
        isReached || Self.hasNoPart(tensor.name, in: name), "\(name): \(tensor.name)")
    }
  }

  /// What one time step, one row or one column leaves without a part.
  private static func hasNoPart(_ tensor: String, in name: String) -> Bool {
    let isOneStep = [
      "lengths of 1", "length of 1", "of length 1", "one time step", "one step to one",
    ]
    if isOneStep.contains(where: name.contains), tensor.contains("weight_hh") { return true }
    // Attention to one state alone is 1, whatever its energy.
    if name.contains("one time step"), tensor.hasPrefix("attention.") { return true }
    if name.contains("4×1") || name.contains("1×1"), tensor.contains("horizontal") { return true }
    if name.contains("1×5") || name.contains("1×1"), tensor.contains("vertical") { return true }
    // An autonomous system reads nothing.
    return name.contains("autonomous") && tensor.contains("weight_ih")
  }

  @Test func catalogueIsComplete() {
    let names = GradientCheckCase.all.map(\.name)
    #expect(names.count >= 40)
    #expect(Set(names).count == names.count)
  }

  /// A gradient that is wrong in one tensor is found there, with both values.
  @Test func findsAMistake() throws {
    let check = try #require(GradientCheckCase.all.first)
    let right = check.run()
    var subject = check.subject()
    subject.model = Mistaken(subject.model)
    let wrong = GradientCheck(subject)
    #expect(wrong.loss == right.loss)
    let (a, b) = (right.tensors, wrong.tensors)
    #expect(a.count == b.count)
    #expect(b.filter { $0.largestError > 1e-6 }.map(\.name) == ["rnn.weight_hh_l0"])
    let found = try #require(b.first { $0.name == "rnn.weight_hh_l0" })
    #expect((found.row, found.column) == (1, 2))
    #expect(abs(found.backpropagated - found.differences - 0.001) < 1e-9)
    #expect(found.checked == 9 && found.count == 9)
  }

  /// Backpropagation with 0.001 too much in the middle of W.
  final class Mistaken: SequenceModel {
    private let right: any SequenceModel<Double>

    init(_ right: any SequenceModel<Double>) {
      self.right = right
    }

    var layout: ParameterLayout { right.layout }
    var roles: ParameterRoles { right.roles }
    var stacks: [StackView<Double>] { right.stacks }

    func outputs(_ batch: SequenceBatch<Double>, _ pass: Pass<Double>) -> Matrix<Double> {
      right.outputs(batch, pass)
    }

    func backward(
      _ dOutputs: Matrix<Double>, _ batch: SequenceBatch<Double>, _ pass: Pass<Double>
    ) {
      right.backward(dOutputs, batch, pass)
      for parameter in layout.parameters where parameter.name == "rnn.weight_hh_l0" {
        pass.gradient?.matrix(parameter)[1, 2] += 0.001
      }
    }
  }
}
