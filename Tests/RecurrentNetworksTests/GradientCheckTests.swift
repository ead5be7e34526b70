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
