import Foundation
import SequenceData
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard
@testable import Training

/// The whole computation of the smallest network on one screen, worked out again from the numbers
/// that are shown.
@Suite struct CalculationSheetTests {
  private static func state(
    _ settings: [String] = [], steps: Int = 12, size: Size
  ) throws -> DashboardState {
    var preset = try PresetLibrary.preset("tiny")
    try preset.set(arguments: settings)
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    for _ in 0..<steps { _ = trainer.advance() }
    let probe = try Probe(
      network: trainer.network, task: task, source: preset.task.data, seed: 1)
    let trace = try #require(probe.trace(trainer, batch: trainer.batch, sequence: 0))
    var state = DashboardState()
    state.resize(size)
    state.apply(.started(trainer.description))
    state.apply(.state(.paused))
    state.show(view: .graph)
    state.focus = .graph
    _ = state.handle(.character("i"))
    state.apply(.frame(.trace(trace)))
    return state
  }

  private static func text(_ state: DashboardState) -> [String] {
    ScreenText.plain(state.render(size: state.size, appearance: Appearance()))
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Numbers of a line, until its words begin.
  private static func numbers(_ text: String) -> [Double] {
    text.split(separator: " ").compactMap { Double($0.replacing("−", with: "-")) }
  }

  /// The matrices of the lines from one on, by what they are called.
  private static func matrices(_ lines: [String], _ shapes: [(String, Int, Int)]) -> [String:
    [[Double]]]
  {
    var result: [String: [[Double]]] = [:]
    for row in 0..<3 {
      var rest = numbers(lines[row])[...]
      for (name, rows, columns) in shapes where row < rows {
        result[name, default: []].append(Array(rest.prefix(columns)))
        rest = rest.dropFirst(columns)
      }
    }
    return result
  }

  /// Rows of a quantity: unit by unit, five time steps each.
  private static func rows(_ name: String, _ lines: [String], _ count: Int) -> [[Double]] {
    let first = lines.firstIndex { $0.hasPrefix(name + " ") } ?? 0
    return lines[first..<first + count].map { line in
      // The name and the unit come first, words last.
      let cells = Array(line.dropFirst(9))
      return (0..<5).map { t in
        let cell = String(cells.dropFirst(9 * t).prefix(9)).trimmingPrefix { $0 == " " }
        return Double(cell.replacing("−", with: "-")) ?? .nan
      }
    }
  }

  @Test func everyNumberFollowsFromThoseThatAreShown() throws {
    let state = try Self.state(size: Size(width: 120, height: 40))
    let scene = Scene(state: state, appearance: Appearance())
    let trace = try #require(state.trace)
    let lines = CalculationSheet(trace: trace, scene: scene)
      .lines(in: Size(width: 118, height: 35)).map { line in
        line.text.pieces.map(\.text).joined()
      }
    let shapes = [("U", 3, 2), ("W", 3, 3), ("b", 3, 1), ("V", 2, 3), ("c", 2, 1)]
    let p = Self.matrices(lines, shapes)
    let (u, w, b) = try (#require(p["U"]), #require(p["W"]), #require(p["b"]))
    let (v, c) = try (#require(p["V"]), #require(p["c"]))
    let body = Array(lines.dropFirst(3))
    let (x, a, s) = (
      Self.rows("x", body, 2), Self.rows("a", body, 3), Self.rows("s", body, 3)
    )
    let (o, guess) = (Self.rows("o", body, 2), Self.rows("ŷ", body, 2))
    let loss = Self.rows("L", body, 1)[0]
    let targets = Self.rows("y", body, 1)[0].map { Int(exactly: $0) }
    // What has no loss asks nothing of its output.
    let dOutput = Self.rows("∇o", body, 2).map { $0.map { $0.isNaN ? 0 : $0 } }
    let (dState, delta) = (Self.rows("∇s", body, 3), Self.rows("δ", body, 3))
    func close(_ a: Double, _ b: Double, _ what: String) {
      // Four digits stand behind the point; a sum of products of them is right to five of the last.
      #expect(abs(a - b) <= 5.5e-4, "\(what): \(a) is not \(b)")
    }
    for t in 0..<5 {
      let before = t > 0 ? s.map { $0[t - 1] } : [0, 0, 0]
      for i in 0..<3 {
        let sum =
          b[i][0] + (0..<3).reduce(0) { $0 + w[i][$1] * before[$1] }
          + (0..<2).reduce(0) { $0 + u[i][$1] * x[$1][t] }
        close(a[i][t], sum, "a\(i)(\(t + 1))")
        close(s[i][t], tanh(a[i][t]), "s\(i)(\(t + 1))")
        let later =
          t < 4 ? (0..<3).reduce(0.0) { $0 + w[$1][i] * delta[$1][t + 1] } : 0
        close(
          dState[i][t], later + (0..<2).reduce(0) { $0 + v[$1][i] * dOutput[$1][t] },
          "∇s\(i)(\(t + 1))")
        close(delta[i][t], (1 - s[i][t] * s[i][t]) * dState[i][t], "δ\(i)(\(t + 1))")
      }
      let total = exp(o[0][t]) + exp(o[1][t])
      for k in 0..<2 {
        close(o[k][t], c[k][0] + (0..<3).reduce(0) { $0 + v[k][$1] * s[$1][t] }, "o\(k)(\(t + 1))")
        close(guess[k][t], exp(o[k][t]) / total, "ŷ\(k)(\(t + 1))")
      }
      // Nothing is asked for at the first time step, so that it has no loss.
      guard let right = targets[t] else { continue }
      for k in 0..<2 {
        close(dOutput[k][t], guess[k][t] - (k == right ? 1 : 0), "∇o\(k)(\(t + 1))")
      }
      close(loss[t], -log(guess[right][t]), "L(\(t + 1))")
    }
    #expect(targets.compactMap { $0 }.count == 4)
    // The gradients stand below everything else.
    let first = try #require(lines.firstIndex { $0.hasPrefix("∇U") })
    let g = Self.matrices(Array(lines[first...]), shapes)
    for i in 0..<3 {
      close(try #require(g["b"])[i][0], delta[i].reduce(0, +), "∇b")
      for j in 0..<3 {
        let sum = (1..<5).reduce(0) { $0 + delta[i][$1] * s[j][$1 - 1] }
        close(try #require(g["W"])[i][j], sum, "∇W")
      }
      for j in 0..<2 {
        close(
          try #require(g["U"])[i][j], (0..<5).reduce(0) { $0 + delta[i][$1] * x[j][$1] }, "∇U")
        close(
          try #require(g["V"])[j][i], (0..<5).reduce(0) { $0 + dOutput[j][$1] * s[i][$1] }, "∇V")
      }
    }
    for k in 0..<2 { close(try #require(g["c"])[k][0], dOutput[k].reduce(0, +), "∇c") }
    #expect(abs(delta.joined().map { abs($0) }.max() ?? 0) > 0.01, "there is something to check")
  }

  @Test func allOfItStandsOnOneScreen() throws {
    for size in [Size(width: 120, height: 40), Size(width: 200, height: 60)] {
      let lines = Self.text(try Self.state(size: size))
      let all = lines.joined(separator: "\n")
      for words in ["∇U", "∇c", "L = Σ L(t)", "δ(2) = ", "∇W(2) = δ(2) s(1)ᵀ"] {
        #expect(all.contains(words), "\(words) at \(size)\n\(all)")
      }
      #expect(!all.contains("↓│") && !all.contains("↓┃"))
    }
  }

  @Test func onALowScreenItScrollsAndFollowsTheWalk() throws {
    var state = try Self.state(size: Size(width: 80, height: 24))
    #expect(!Self.text(state).contains { $0.contains("∇U") })
    for _ in 0..<60 { _ = state.handle(.down) }
    #expect(Self.text(state).contains { $0.contains("∇U") })
    _ = state.handle(.up)
    for _ in 0..<60 { _ = state.handle(.up) }
    #expect(Self.text(state)[3].contains("U "))
    _ = state.handle(.end)
    #expect(Self.text(state).contains { $0.contains("∇U") })
    // The sheet closes before the walk does.
    _ = state.handle(.escape)
    #expect(state.graph.isWalking && !state.showsSheet)
    _ = state.handle(.escape)
    #expect(!state.graph.isWalking)
  }

  @Test func aLargerNetworkSaysThatItHasTooManyNumbers() throws {
    let state = try Self.state(
      ["network.hidden=20"], steps: 1, size: Size(width: 80, height: 24))
    #expect(Self.text(state).contains { $0.contains("too many for one sheet") })
  }

  /// Gates have their rows as well.
  @Test func anLSTMStandsThereToo() throws {
    let state = try Self.state(["network.cell=lstm"], steps: 2, size: Size(width: 200, height: 60))
    let all = Self.text(state).joined(separator: "\n")
    for words in ["i   0", "f   0", "c(2) = f(2) ⊙ c(1)", "∇s"] {
      #expect(all.contains(words), "\(words)")
    }
  }
}
