import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct AttributedTextTests {
  /// What the answers along a typed text depend on is what the same network in double precision says
  /// of that text, each answer being the symbol that was typed next.
  @Test(arguments: ["tanh", "lstm"]) func answersOfATypedTextAreTracedBack(cell: String) throws {
    let settings = [
      ("task.kind", "language-model"), ("task.data.text", "FILE"),
      ("training.sequence-length", "6"), ("network.cell", cell),
    ]
    let test = TraceCase(
      name: cell, settings: settings, data: String(repeating: "the cat sat on the mat\n", count: 20)
    )
    let (trainer, probe) = try test.trainer()
    let text = "cats on"
    let frame = try probe.read(text, trainer.parameters, step: 3).frame
    let vocabulary = try #require(trainer.task.inputVocabulary)
    let symbols = frame.states.symbols
    #expect(symbols.count == text.count + 1)
    #expect(frame.attributed.norms.count == symbols.count)
    #expect(frame.attributed.answers.dropLast() == symbols.dropFirst())
    #expect(frame.attributed.answers.last == frame.alternatives.first?.label)

    let numbers = symbols.map { symbol in
      Int32((0..<vocabulary.count).first { vocabulary.name(of: Int32($0)) == symbol } ?? 0)
    }
    var batch = DataBatch()
    var source = BatchSource(
      .examples([
        Example(input: .tokens(numbers), target: .labels(numbers.map { _ in -1 }))
      ]), batch: 1, sequenceLength: nil, seed: 0, order: .asGiven, lineEnd: 0)
    source.next(into: &batch)
    let double = DoubleNetwork(probe.network)
    double.load(trainer.parameters)
    double.run(batch, sequences: CollectionOfOne(0))
    for position in 0..<text.count {
      let found = try #require(
        InputAttribution.measure(
          double.model, double.batch, output: .logProbability(of: Int(numbers[position + 1])),
          row: position, parameters: double.parameters, arena: Arena<Double>()))
      let shown = try #require(frame.attributed.at(position, of: symbols.count))
      #expect(shown.norms.count == position + 1)
      for (a, b) in zip(shown.norms, found.norms) { #expect(abs(Double(a) - b) < 1e-4) }
      for (a, b) in zip(shown.products, found.products) { #expect(abs(Double(a) - b) < 1e-4) }
      #expect(found.norms.prefix(position + 1).contains { $0 > 1e-4 })
    }
  }

  /// Arrows of every plane say where a state goes that lies in it: tanh(U x + W s + b), computed from
  /// the weights as they are exported.
  @Test(arguments: [(0, 1), (0, 2), (1, 2)]) func arrowsOfEveryPlaneAreTrue(
    right: Int, up: Int
  ) throws {
    let test = try #require(TraceCase.all.first { $0.name == "language" })
    let (trainer, probe) = try test.trainer()
    let system = try #require(DynamicsProbe(probe, seed: 1))
    var request = ProbeRequest(interests: [.dynamics])
    request.wantsField = true
    request.fieldAxes = DynamicsFrame.PlaneAxes(right: right, up: up)
    let frame = try #require(system.frame(trainer, request, now: 0, force: true))
    let (field, basis) = (try #require(frame.field), try #require(system.basis))
    #expect(field.axes == request.fieldAxes && field.arrows.count > 100)
    let tensors = trainer.parameters.namedTensors()
    func values(_ name: String) throws -> [Double] {
      try #require(tensors.first { $0.name == name }).values
    }
    let (u, w) = (try values("rnn.weight_ih_l0"), try values("rnn.weight_hh_l0"))
    let bias = try values("rnn.bias_ih_l0")
    let vocabulary = try #require(trainer.task.inputVocabulary)
    let symbol = try #require(
      (0..<vocabulary.count).first { vocabulary.name(of: Int32($0)) == field.input })
    let size = frame.size
    for arrow in field.arrows {
      let (x, y) = (Double(arrow[0]), Double(arrow[1]))
      let state = (0..<size).map {
        basis.mean[$0] + x * basis.directions[right][$0] + y * basis.directions[up][$0]
      }
      let next = (0..<size).map { unit in
        let sum = (0..<size).reduce(bias[unit] + u[unit * vocabulary.count + symbol]) {
          $0 + w[unit * size + $1] * state[$1]
        }
        return tanh(sum)
      }
      for (axis, start, length) in [(right, x, arrow[2]), (up, y, arrow[3])] {
        let end = (0..<size).reduce(0) {
          $0 + (next[$1] - basis.mean[$1]) * basis.directions[axis][$1]
        }
        #expect(abs(end - start - Double(length)) < 1e-5)
      }
    }
  }
}
