import Foundation
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Shows how a hand-built network decides a string: the number that holds its stack, its units and
/// the verdict after each symbol.
struct HandBuiltProbe {
  private typealias State = HandBuiltNetwork<Float>.State
  private static let period = 2.0
  private var lastLook = -Double.infinity

  /// Frames that are due; all that were asked for when `force` is set.
  mutating func look(
    _ workload: HandBuiltWorkload, _ request: ProbeRequest, now: Double, force: Bool
  ) -> [ProbeFrame] {
    guard force || now - lastLook >= Self.period else { return [] }
    let symbols = string(of: workload, sequence: request.sequence)
    guard !symbols.isEmpty else { return [] }
    lastLook = now
    var made: [ProbeFrame] = []
    if request.interests.contains(.task) {
      made.append(.task(.stack(stack(symbols, workload))))
    }
    if request.interests.contains(.hiddenStates) {
      let shown = symbols.suffix(max(1, request.columns))
      made.append(
        .hiddenStates(units(symbols, workload, first: symbols.count - shown.count)))
    }
    if request.interests.contains(.trace), force {
      made.append(.trace(trace(symbols, workload, sequence: request.sequence)))
    }
    return made
  }

  /// Reads a text that a person typed.
  func read(_ text: String, _ workload: HandBuiltWorkload) throws(PresetError) -> ReadingFrame {
    let alphabet = workload.network.design.alphabet
    var symbols: [Int32] = []
    for character in text where character != " " {
      guard let symbol = alphabet.firstIndex(of: character) else {
        throw PresetError(
          description: "found \(character), expected only "
            + alphabet.map { String($0) }.joined(separator: " "))
      }
      symbols.append(Int32(symbol))
    }
    guard !symbols.isEmpty else {
      throw PresetError(description: "nothing to read: type a symbol or more")
    }
    let states = workload.states(symbols)
    let verdict = workload.network.verdict(states[states.count - 1])
    let (answer, alternatives): (String, [(label: String, probability: Double)]) =
      switch verdict {
      case .accepted: ("accepted", [("accepted", 1), ("rejected", 0)])
      case .rejected: ("rejected", [("rejected", 1), ("accepted", 0)])
      case .beyondPrecision: ("not known: deeper than the number's digits reach", [])
      }
    return ReadingFrame(
      text: text, answer: answer, alternatives: alternatives,
      states: units(symbols, workload, first: 0))
  }

  /// The string that is looked at: one of the newest step's, or the first of all before any.
  private func string(of workload: HandBuiltWorkload, sequence: Int) -> [Int32] {
    let count = workload.batch.count
    guard count > 0 else {
      guard case .examples(let examples) = workload.task.train,
        case .tokens(let symbols)? = examples.first?.input
      else { return [] }
      return symbols
    }
    return Array(workload.batch.inputTokens(of: ((sequence % count) + count) % count))
  }

  private func stack(_ symbols: [Int32], _ workload: HandBuiltWorkload) -> StackFrame {
    let (network, alphabet) = (workload.network, workload.network.design.alphabet)
    let states = workload.states(symbols)
    let verdicts = states.map { network.verdict($0) }
    let holders = network.units.indices.filter {
      network.design.stackUnits.contains(network.units[$0])
    }
    let rows = symbols.indices.map { t in
      let values = states[t + 1].values.map { Double($0) }
      let number = holders.reduce(0) { $0 + values[$1] }
      let isLost = network.units.indices.contains {
        network.units[$0].hasPrefix("e") && values[$0] > 0.5
      }
      return StackFrame.Row(
        symbol: String(alphabet[Int(symbols[t])]), stack: number, units: values,
        accepted: verdicts[t + 1] == .accepted,
        held: verdicts[t + 1] == .beyondPrecision || isLost
          ? nil : Self.held(number, in: workload.language),
        isLost: isLost)
    }
    let unsure = verdicts.firstIndex(of: .beyondPrecision)
    return StackFrame(
      step: workload.step, language: network.design.name, unitNames: network.units,
      rows: rows,
      caution: unsure.map {
        "From symbol \($0) on the stack is deeper than the digits of a 32-bit number reach: "
          + "the verdict means nothing."
      })
  }

  /// What the number holds, the newest symbol last: q = 2^−depth of the counters, and digits in
  /// base 4 of the stack, 1 for an open ( and 3 for an open [, the newest in front.
  static func held(_ number: Double, in language: FormalLanguage) -> String? {
    guard number >= 0, number <= 1 else { return nil }
    switch language {
    case .brackets, .anbn:
      guard number > 0 else { return nil }
      let open = language.alphabet[0]
      return String(repeating: open, count: Int((-log2(number)).rounded()))
    case .twoBrackets:
      var (rest, symbols) = (number, "")
      while rest > 0, symbols.count < 64 {
        rest *= 4
        let digit = rest.rounded(.down)
        guard digit == 1 || digit == 3 else { return nil }
        symbols.append(digit == 1 ? "(" : "[")
        rest -= digit
      }
      return String(symbols.reversed())
    }
  }

  /// The units as a map over the string, from its symbol `first` on.
  private func units(
    _ symbols: [Int32], _ workload: HandBuiltWorkload, first: Int
  ) -> HiddenStateFrame {
    let network = workload.network
    let states = workload.states(symbols).dropFirst(1 + first)
    return HiddenStateFrame(
      step: workload.step,
      symbols: symbols.dropFirst(first).map { String(network.design.alphabet[Int($0)]) },
      maps: [
        StateMap(
          name: "units " + network.units.joined(separator: " "), units: network.units.count,
          values: states.flatMap(\.values), lowest: 0, unitNames: network.units)
      ],
      prediction: states.map { network.verdict($0) == .accepted ? "✓" : "✗" })
  }
}
