import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Nothing of a walk is cut and no node touches the next, whatever the network.
@Suite struct WalkLayoutTests {
  /// A walk with late times and long names, as a long sequence has them.
  private func late(_ architecture: Architecture) -> GraphTrace {
    var trace = SyntheticTraces.trace(architecture)
    for index in trace.columns.indices where trace.columns[index].part != "context" {
      trace.columns[index].time += 140
      trace.columns[index].loss = trace.columns[index].loss.map { $0 / 170 }
    }
    return trace
  }

  @Test(arguments: SyntheticTraces.all.indices, GoldenFrameTests.sizes.dropFirst())
  func everyNumberOfANodeIsOnScreen(index: Int, size: Size) {
    let architecture = SyntheticTraces.all[index].architecture
    var state = SyntheticTraces.state(architecture, walking: 0)
    state.resize(size)
    for trace in [SyntheticTraces.trace(architecture), late(architecture)] {
      state.apply(.frame(.trace(trace)))
      for (place, node) in trace.nodes.enumerated() {
        state.graph.node = place
        let text = EventTests.text(state, size)
        let words = TraceWords(node, in: trace)
        let symbol = words.symbol
        #expect(text.contains(words.equation), "\(symbol)")
        #expect(words.remark.isEmpty || text.contains(words.remark), "\(symbol)")
        for term in node.terms {
          #expect(
            text.contains(words.symbol(term)) && text.contains(words.label(term)), "\(symbol)")
        }
        for quantity in node.values where node.place != .prediction {
          let label = words.label(quantity.variable)
          let row = text.split(separator: "\n").contains {
            $0.dropFirst().drop { $0 == " " }.hasPrefix(label + " ")
          }
          #expect(row, "\(symbol): no strip of \(label)")
        }
      }
    }
  }

  /// What is right and what was guessed stand beside their bars, whatever the room.
  @Test(arguments: GoldenFrameTests.sizes.dropFirst())
  func aGuessStandsBesideWhatIsRight(size: Size) throws {
    let architecture = SyntheticTraces.architecture(.everyStep)
    let trace = SyntheticTraces.trace(architecture)
    let place = try #require(trace.nodes.firstIndex { $0.place == .prediction })
    var state = SyntheticTraces.state(architecture, walking: place)
    state.resize(size)
    let lines = EventTests.text(state, size).split(separator: "\n")
    let right = try #require(lines.first { $0.contains(" target") })
    let guess = try #require(lines.last { $0.contains(" guess") })
    #expect(right.contains(" h ") && right.contains("0.0241"))
    #expect(guess.contains(" e ") && guess.contains("0.300"))
  }

  @Test(arguments: SyntheticTraces.all.indices, GoldenFrameTests.sizes)
  func nodesStandApart(index: Int, size: Size) {
    let architecture = SyntheticTraces.all[index].architecture
    var state = SyntheticTraces.state(architecture, walking: 0)
    state.resize(size)
    let trace = late(architecture)
    state.apply(.frame(.trace(trace)))
    let graph = GraphModel(architecture, columns: trace.columns)
    for place in trace.nodes.indices {
      state.graph.node = place
      let lines = EventTests.text(state, size).split(separator: "\n")
      // A node's name is followed by a blank, a line, or the mark of where the walk stands.
      for row in graph.rows {
        for column in trace.columns.indices where graph.has(row, at: column) {
          let name = graph.name(row, at: column)
          guard name != "C" else { continue }
          for line in lines.prefix(2 * graph.rows.count + 2) {
            guard let range = line.firstRange(of: name) else { continue }
            let next = line[range.upperBound...].first ?? " "
            #expect(" ▌─◄━╮W".contains(next), "\(line)")
          }
        }
      }
    }
  }

  @Test func whereThereIsNoWalkTheScreenSaysWhy() {
    var state = SyntheticTraces.state(SyntheticTraces.architecture(.final), walking: 0)
    var trace = GraphTrace(step: 1, sequence: 0, sequenceCount: 1, columns: [], nodes: [])
    trace.note = "There is no walk here: the states stand over an image."
    state.apply(.frame(.trace(trace)))
    let size = Size(width: 80, height: 24)
    state.resize(size)
    #expect(EventTests.text(state, size).contains(trace.note))
  }
}
