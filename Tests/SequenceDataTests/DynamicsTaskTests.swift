import Foundation
import Testing
import TrainingEvents

@testable import SequenceData

/// Tasks for networks as dynamic systems: bits to keep, a wave on demand, a switch.
struct DynamicsTaskTests {
  private func task(
    _ kind: TaskKind, _ name: String, length: Int, bits: Int? = nil
  ) throws -> TaskData {
    try load(
      configuration(kind, .synthetic, name, validation: 0.1, test: 0.1) {
        ($0.data.length, $0.data.bits) = (length, bits)
      }, seed: 1)
  }

  @Test(arguments: [nil, 2]) func bitsStayUntilTheirNextPulse(_ bits: Int?) throws {
    let task = try task(.forecasting, "flip-flop", length: 40, bits: bits)
    let width = bits ?? 3
    #expect(task.inputWidth == width && task.outputWidth == width)
    var pulses = 0
    for example in task.train.examples.prefix(50) {
      guard case .vectors(let inputs, width) = example.input,
        case .values(let targets, width) = example.target
      else { return _ = Issue.record("no numbers") }
      #expect(inputs.prefix(width).allSatisfy { abs($0) == 1 })
      for index in inputs.indices {
        #expect([-1, 0, 1].contains(inputs[index]))
        if inputs[index] != 0 {
          pulses += 1
          #expect(targets[index] == inputs[index])
        } else {
          #expect(targets[index] == targets[index - width])
        }
      }
    }
    let rate = Double(pulses - 50 * width) / Double(50 * width * 39)
    #expect(abs(rate - FlipFlop.pulses) < 0.02)
    checkSane(task)
  }

  @Test func theWaveHasTheFrequencyThatIsAskedFor() throws {
    let task = try task(.forecasting, "sine", length: 80)
    for example in task.train.examples.prefix(20) {
      guard case .vectors(let inputs, 1) = example.input, case .values(let wave, 1) = example.target
      else { return _ = Issue.record("no numbers") }
      #expect(Set(inputs).count == 1)
      // A sine solves y(t+1) + y(t−1) = 2 cos ω y(t).
      let turn =
        SineOnDemand.slowest + Double(inputs[0]) * (SineOnDemand.fastest - SineOnDemand.slowest)
      for t in 1..<79 {
        let found = Double(wave[t + 1] + wave[t - 1])
        #expect(abs(found - 2 * cos(turn) * Double(wave[t])) < 1e-4)
      }
    }
    checkSane(task)
  }

  @Test func theStreamThatCountsGivesTheAnswer() throws {
    let task = try task(.sequenceClassification, "context", length: 400)
    var right = 0
    let examples = task.train.examples.prefix(200)
    for example in examples {
      guard case .vectors(let values, 4) = example.input, case .label(let label) = example.target
      else { return _ = Issue.record("no label") }
      let counting = values[2] == 1 ? 0 : 1
      #expect(values[2] + values[3] == 1 && values[398 * 4 + 2] == values[2])
      let sum = (0..<400).reduce(Float(0)) { $0 + values[$1 * 4 + counting] }
      right += (sum > 0 ? 1 : 0) == label ? 1 : 0
    }
    #expect(right == examples.count)
    checkSane(task)
  }

  @Test func bitsBelongToTheFlipFlopAlone() {
    let found = message(
      configuration(.forecasting, .synthetic, "sine") { $0.data.bits = 2 })
    #expect(found.hasPrefix("task.data.bits: only flip-flop has bits to remember: found 2"))
  }
}
