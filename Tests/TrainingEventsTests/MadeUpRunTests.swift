import Testing

@testable import TrainingEvents

/// Runs made up for the table of alerts: what each is told of, and that it is told of nothing else.
@Suite struct MadeUpRunTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var raises: [String]
    /// What the first alert says or advises, and what it does not.
    var says: [String] = []
    var saysNot: [String] = []
    var events: @Sendable () -> [TrainingEvent]
    var testDescription: String { name }
  }

  private typealias Told = AlertWatchTests

  // MARK: Losses

  static let losses = [
    Row(name: "a loss that falls to the end", raises: []) {
      [Told.steps(1...9_000) { 2 + 3 / (1 + Double($0) / 1_000) }]
    },
    Row(name: "a plateau for half of the run", raises: ["plateau"], says: ["Halve"]) {
      [Told.steps(1...9_000) { max(2, 5 - Double($0) / 1_000) + Double($0 % 7) / 1_000 }]
    },
    Row(name: "a task that is solved all at once, late", raises: []) {
      [Told.steps(1...6_000) { $0 < 2_450 ? 0.167 : 0.004 }]
    },
    Row(name: "a solved task that stays solved", raises: []) {
      [Told.run(), Told.steps(1...20_000) { $0 < 500 ? 1 : 0.001 }]
    },
    Row(name: "3.4, then 1e30", raises: ["diverged"], says: ["1.0e30"], saysNot: ["best"]) {
      [Told.steps(1...40) { [3.4, 3.3, 3.4][$0 % 3] }, Told.steps(41...41) { _ in 1e30 }]
    },
    Row(name: "a loss that creeps up a thousandfold", raises: ["diverged"]) {
      [Told.steps(1...400) { 3.4 * Double($0) * Double($0) / 100 }]
    },
    Row(name: "one bad batch", raises: []) {
      [Told.steps(1...400) { $0 == 200 ? 300 : 3.4 }]
    },
    Row(name: "a loss that doubles", raises: []) {
      [Told.steps(1...2_000) { 1 + Double($0) / 2_000 }]
    },
    Row(name: "a NaN loss", raises: ["not-finite"], says: ["the loss is not a finite number"]) {
      [Told.steps(1...200) { $0 < 150 ? 2 : .nan }]
    },
    Row(name: "a NaN loss without a norm", raises: ["not-finite"], saysNot: ["gradient is"]) {
      [.steps(StepBatch((1...200).map { Told.record($0, loss: $0 < 150 ? 2 : .nan, norm: nil) }))]
    },
    Row(name: "no norm in the whole log", raises: []) {
      [.steps(StepBatch((1...500).map { Told.record($0, norm: nil) }))]
    },
    Row(name: "a gradient that overflows", raises: ["not-finite-gradient"]) {
      [.steps(StepBatch((1...200).map { Told.record($0, norm: $0 == 150 ? .infinity : 1) }))]
    },
  ]

  // MARK: Validation

  /// Up and down by the same amount for ever, in an order that looks like chance.
  private static func noise(_ index: Int) -> Double {
    Double((index * 7_919 + 104_729) % 101) / 101 - 0.5
  }

  static let validations = [
    Row(name: "validation that scatters around its level", raises: []) {
      Told.validated((0..<60).map { 2 + 0.1 * noise($0) }) { 2 - Double($0) / 20_000 }
    },
    Row(name: "validation that scatters and falls", raises: []) {
      Told.validated((0..<60).map { 2 - 0.005 * Double($0) + 0.1 * noise($0) }) {
        2 - Double($0) / 20_000
      }
    },
    Row(
      name: "validation that turns while training falls on", raises: ["overfitting"],
      says: ["Go back to step 2000"]
    ) {
      [Told.run()]
        + Told.validated((0..<40).map { abs(Double($0) - 9) * 0.05 + 1.5 }) {
          2 - Double($0) / 8_000
        }
    },
    Row(name: "validation and training that rise together", raises: ["plateau"]) {
      Told.validated((0..<40).map { 1.5 + 0.02 * Double($0) }) { 1.5 + Double($0) / 8_000 }
    },
  ]

  // MARK: Gradients

  /// Looks at one curve over some hundred steps while the loss does something.
  private static func looks(
    _ run: TrainingEvent, steps: Int = 600, _ norms: [Double], loss: (Int) -> Double
  ) -> [TrainingEvent] {
    [run]
      + stride(from: 10, through: steps, by: 10).flatMap { step in
        [Told.steps((step - 9)...step, loss: loss), Told.lag(norms, step: step)]
      }
  }

  private static func powers(_ factor: Double, _ count: Int = 40) -> [Double] {
    (0..<count).map { lag in (0..<lag).reduce(1) { value, _ in value * factor } }
  }

  private static func falls(_ step: Int) -> Double { 3 - Double(step) / 10_000 }

  static let gradients = [
    Row(
      name: "tanh forgets", raises: ["vanishing"],
      says: ["×0.50 per time step", "1 % is left after 7 time steps", "An LSTM or GRU"]
    ) { looks(Told.run(), powers(0.5), loss: falls) },
    Row(name: "tanh forgets and learns fast all the same", raises: []) {
      looks(Told.run(), powers(0.5)) { step in max(0.001, 3 - 0.05 * Double(step)) }
    },
    Row(name: "a system without input", raises: []) {
      looks(Told.run(shape: .autonomous), powers(0.5), loss: falls)
    },
    Row(name: "tanh remembers", raises: []) { looks(Told.run(), powers(0.99), loss: falls) },
    Row(
      name: "tanh falls at once and then slowly", raises: ["vanishing"],
      says: ["in the first 3 time steps, then ×", "1 % is left after"],
      saysNot: ["×0.10 per time step"]
    ) {
      looks(
        Told.run(),
        (0..<40).map { $0 <= 3 ? powers(0.25)[$0] : powers(0.25)[3] * powers(0.85)[$0 - 3] },
        loss: falls)
    },
    Row(name: "tanh falls at once and then holds", raises: []) {
      looks(
        Told.run(),
        (0..<40).map { $0 <= 2 ? powers(0.3)[$0] : powers(0.3)[2] * powers(0.99)[$0 - 2] },
        loss: falls)
    },
    Row(name: "an LSTM, whose cell state is another way", raises: []) {
      looks(Told.run(cell: "lstm"), powers(0.5), loss: falls)
    },
    Row(name: "a GRU that still learns", raises: []) {
      looks(Told.run(cell: "gru"), powers(0.5), loss: falls)
    },
    Row(
      name: "a GRU that learns no more", raises: ["plateau", "vanishing"],
      saysNot: ["LSTM", "An GRU"]
    ) { looks(Told.run(cell: "gru"), steps: 4_000, powers(0.5)) { _ in 2 } },
    Row(name: "teacher forcing, which takes steps apart", raises: []) {
      looks(Told.run(shape: .outputRecurrence, teacherForcing: 1), powers(0.3), loss: falls)
    },
    Row(name: "attention, which is a short way", raises: []) {
      looks(Told.run(shape: .encoderDecoder, attention: true), powers(0.3), loss: falls)
    },
    Row(name: "gradients that grow on the way back", raises: ["exploding"], says: ["×1.30"]) {
      looks(Told.run(), powers(1.3), loss: falls)
    },
    Row(
      name: "a norm of 400 that nothing clips", raises: ["exploding"],
      says: ["times the mean of the last hundred training steps", "Clip the gradient"]
    ) {
      [Told.run()]
        + [.steps(StepBatch((1...200).map { Told.record($0, norm: $0 == 150 ? 400 : 1) }))]
    },
    Row(name: "the same norm, clipped", raises: []) {
      [Told.run(clipNorm: 5)]
        + [.steps(StepBatch((1...200).map { Told.record($0, norm: $0 == 150 ? 400 : 1) }))]
    },
  ]

  // MARK: Units and updates

  static let units = [
    Row(name: "units at ±1", raises: ["saturated"]) {
      Told.frames(30) { Told.statistics($0, saturated: 0.8) }
    },
    Row(name: "units that never change", raises: ["dead"]) {
      Told.frames(30) { Told.statistics($0, dead: 0.5) }
    },
    Row(name: "updates of a millionth", raises: ["small-updates"]) {
      Told.frames(60) { Told.statistics($0, ratio: 1e-6) }
    },
    Row(name: "updates of a tenth", raises: ["large-updates"]) {
      Told.frames(60) { Told.statistics($0, ratio: 0.1) }
    },
    Row(name: "weights set by hand", raises: []) {
      [Told.run(task: .handBuilt)]
        + Told.frames(60) { Told.statistics($0, saturated: 0.9, dead: 0.9, ratio: 0) }
        + [Told.steps(1...9_000) { _ in 0.25 }]
    },
  ]

  @Test(arguments: losses + validations + gradients + units)
  func isToldOfWhatItIsAndOfNothingElse(row: Row) {
    var watch = AlertWatch()
    let warnings = row.events().flatMap { watch.observe($0) }.warnings
    #expect(warnings.map(\.kind).sorted() == row.raises)
    let text = warnings.map { "\($0.text) \($0.advice ?? "")" }.joined(separator: " ")
    for words in row.says { #expect(text.contains(words), "\(text)") }
    for words in row.saysNot { #expect(!text.contains(words), "\(text)") }
  }
}
