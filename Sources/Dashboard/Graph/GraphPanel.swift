import TerminalGraphics
import TrainingEvents

/// The network's computational graph: folded, unfolded, or walked through node by node.
struct GraphPanel: Panel {
  var name: String { "Graph" }
  var summary: String {
    "The computational graph, folded, unfolded over time, or node by node. x is the input, s the "
      + "state (g: of a layer that reads from the end), o the output, y the target, L the loss; under "
      + "a column stands what is read → the likeliest output, beside L(t) its loss."
  }
  var interests: ProbeRequest.Interests { [.hiddenStates, .gradientByLag] }
  var context: KeyBinding.Context? { .graph }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    let graph = scene.state.graph
    var text = StyledText("Graph", theme.title)
    text.add(graph.isFolded ? "  folded" : "  unfolded", theme.accent)
    guard graph.isWalking else {
      text.add("  f: \(graph.isFolded ? "unfold" : "fold")   w: walk through it", theme.muted)
      if !graph.isFolded, scene.state.run?.architecture != nil {
        let drawing = UnfoldedDrawing(scene)
        text = text.appending(drawing.measures.scales(drawing))
      }
      return text
    }
    guard let trace = scene.state.trace, let node = scene.state.walkNode else { return text }
    let arrow = node.direction == .forward ? "→ forward" : "← backward"
    text.add("  \(arrow)", node.direction == .forward ? theme.lag : theme.gradient)
    text.add("  node \(scene.state.graph.node + 1) of \(trace.nodes.count)", theme.text)
    text.add("  step \(NumberText.grouped(trace.step))", theme.muted)
    text.add("  sequence \(trace.sequence + 1) of \(trace.sequenceCount)", theme.muted)
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let run = scene.state.run else {
      return buffer.note("waiting for a run", style: scene.theme.muted)
    }
    guard let architecture = run.architecture else {
      return buffer.note("this log says nothing about a network", style: scene.theme.muted)
    }
    let area = buffer.inside
    let graph = scene.state.graph
    if graph.isWalking, scene.state.walkNode == nil {
      // A trace without nodes says why there is nothing to walk through.
      let note = scene.state.trace?.note ?? ""
      return buffer.note(
        note.isEmpty
          ? "waiting for the numbers of every node: they come when the run is paused" : note,
        style: scene.theme.muted)
    }
    if scene.state.showsSheet, let trace = scene.state.trace {
      return CalculationSheet(trace: trace, scene: scene).draw(in: area, into: &buffer)
    }
    if graph.isFolded {
      return FoldedDrawing(architecture, scene).draw(in: area, into: &buffer)
    }
    let drawing = UnfoldedDrawing(scene)
    if drawing.model.cellCount > 0 {
      let bottom = ImageDrawing(graph: drawing).draw(in: area, into: &buffer)
      let rest = Rect(
        x: area.x, y: bottom, width: area.width, height: max(0, area.bottom - bottom))
      if let words = scene.state.walkWords {
        WalkDetails(words: words, scene: scene).draw(in: rest, into: &buffer)
      } else {
        _ = GraphWords(
          run: run, architecture: architecture, legend: drawing.measures.legend, scene: scene
        ).draw(in: rest, into: &buffer)
      }
      return
    }
    let height = drawing.height(in: area)
    let free = area.height - height
    // Words take some eight rows; where many are left, states stand below.
    let hasStates = free >= 8 + GraphStates.leastRows && GraphStates.map(scene.state) != nil
    let top = graph.isWalking || hasStates ? area.y : area.y + max(0, (free - 9) / 3)
    let picture = Rect(x: area.x, y: top, width: area.width, height: area.bottom - top)
    drawing.draw(in: picture, into: &buffer)
    // On a low screen the numbers need the blank row below the picture.
    let needed = scene.state.walkWords.map { WalkDetails.rows(of: $0) } ?? 0
    let bottom = top + height + (area.bottom - top - height > needed ? 1 : 0)
    let rest = Rect(x: area.x, y: bottom, width: area.width, height: area.bottom - bottom)
    if let words = scene.state.walkWords {
      WalkDetails(words: words, scene: scene).draw(in: rest, into: &buffer)
    } else {
      let legend = GraphLegend(
        run: run, model: drawing.model, showsLosses: drawing.showsLosses(in: area),
        measures: drawing.measures)
      let end = GraphWords(
        run: run, architecture: architecture, legend: legend.text, scene: scene
      ).draw(in: rest, into: &buffer)
      guard hasStates else { return }
      GraphStates(scene: scene, raster: drawing.raster(in: picture)).draw(
        in: Rect(x: area.x, y: end + 1, width: area.width, height: area.bottom - end - 1),
        into: &buffer)
    }
  }
}

/// What the picture shows, in the lecture's words, with the shapes of the parameters.
struct GraphWords {
  let run: RunDescription
  let architecture: Architecture
  /// What stands under and beside the picture's nodes.
  var legend = ""
  let scene: Scene

  /// Returns the row behind the last one.
  func draw(in area: Rect, into buffer: inout CellBuffer) -> Int {
    let theme = scene.theme
    var y = area.y + (area.height >= 8 ? 1 : 0)
    for line in equations where y < area.bottom {
      buffer.write(line, x: area.x + 3, y: y, style: theme.title, limit: area.right - 1)
      y += 1
    }
    let lines = [words, residual, legend].filter { !$0.isEmpty }
      .flatMap { $0.wrapped(to: area.width - 6) }
    // A blank row costs none of the words.
    if area.bottom - y > lines.count { y += 1 }
    for line in lines where y < area.bottom {
      buffer.write(line, x: area.x + 3, y: y, style: theme.muted, limit: area.right)
      y += 1
    }
    return y
  }

  /// The equations of the forward pass.
  var equations: [String] {
    switch architecture.shape {
    case .autonomous:
      let rule = architecture.cell == "tanh" ? "tanh(b + W s(t−1))" : "\(cell)(s(t−1))"
      return ["s(t) = g(s(t−1); θ) = \(rule)"]
    case .handBuilt: return ["s(t) = σ(W s(t−1) + U x(t) + b)   σ(z) = min(max(z, 0), 1)"]
    case .vectorToSequence:
      let rule =
        architecture.cell == "tanh"
        ? "tanh(b + Rᵀx + U y(t−1) + W s(t−1))" : "\(cell)(s(t−1), x, y(t−1))"
      return ["s(t) = \(rule)   o(t) = c + V \(sum)s(t)"]
    case .outputRecurrence:
      return ["s(t) = tanh(b + W o(t−1) + U x(t))   o(t) = c + V s(t)"]
    case .encoderDecoder:
      let context =
        architecture.attention
        ? "C(t) = Σ α(t,i) \(architecture.bidirectional ? "[\(sum)s(i); \(sum)g(i)]" : "\(sum)s(i)")"
        : architecture.bidirectional ? "C = [\(sum)s(τ); \(sum)g(1)]" : "C = \(sum)s(τ)"
      let reading = "s(t) = \(cell)(s(t−1), x(t))"
      if architecture.twoDimensional {
        // What C is stands on the line below the picture of the image.
        return [
          "encoder  \(gridEquation)",
          architecture.attention
            ? "decoder  d(t) = \(cell)(d(t−1), y(t−1), C(t))   C(t) = Σ α(t,i) h(i)   \(written)"
            : "decoder  d(t) = \(cell)(d(t−1), y(t−1), C)   \(written)",
        ]
      }
      let encoder =
        architecture.bidirectional ? reading + ", g(t) = \(cell)(g(t+1), x(t))" : reading
      return [
        "encoder  \(encoder)   \(context)",
        "decoder  d(t) = \(cell)(d(t−1), y(t−1), \(architecture.attention ? "C(t)" : "C"))   \(written)",
      ]
    case .final where architecture.twoDimensional:
      return [gridEquation, "o = c + V \(architecture.grid?.end ?? "s(I,J)")"]
    case .final, .everyStep:
      let state = architecture.bidirectional ? "[\(sum)s(t); \(sum)g(t)]" : "\(sum)s(t)"
      let time = architecture.shape == .final ? "τ" : "t"
      return [
        architecture.cell == "tanh"
          ? "s(t) = tanh(b + W s(t−1) + U x(t))" : "s(t) = \(cell)(s(t−1), x(t))",
        "o(\(time)) = c + V \(state.replacing("t", with: time))   L = "
          + (architecture.shape == .final
            ? "L(τ)" : architecture.isAligned ? alignedLoss : "Σ L(t)"),
      ]
    }
  }

  /// What stands before a state that is read of all layers of a residual stack.
  private var sum: String { architecture.isResidual ? "Σₗ " : "" }

  /// A decoder's output.
  private var written: String { "o(t) = c + V \(sum)d(t)" }

  /// How layers of a residual stack hang together; empty in others.
  private var residual: String {
    architecture.isResidual
      ? "Every layer but the first hands on its state plus what it read, so that above the layers the sum "
        + "Σₗ of all their states is read (residual stack, Wu et al. 2016)." : ""
  }

  /// The state at row i and column j of an image.
  private var gridEquation: String {
    "s(i,j) = tanh(b + Wᵥ s(i−1,j) + Wₕ s(i,j−1) + U x(i,j))"
  }

  /// How states of an image hang together, with i and j as in the equation.
  private var nearer: String {
    (architecture.grid?.corners.count ?? 1) > 1
      ? "With i and j counted from its corner, each state comes from the two beside it that are nearer."
      : "Each state comes from those to the left and above."
  }

  private var alignedLoss: String { "−ln Σ P(alignment of y with t)" }

  private var cell: String { architecture.cellName }

  var words: String {
    switch architecture.shape {
    case .everyStep where architecture.isAligned:
      "An output at every time step, a symbol or a blank, and one loss over all alignments of the target "
        + "with the time steps (CTC, Graves et al. 2006)."
    case .everyStep where architecture.unsharedSteps != nil:
      "Nothing is shared over time but V and c: each of \(architecture.unsharedSteps ?? 1) time "
        + "steps has \(architecture.hasRecurrentWeights ? "U, W and b" : "U and b") of its own, and "
        + "any later one has the last one's."
    case .everyStep where architecture.bidirectional:
      "A second state g runs from the end to the start; the output sees both (Deep Learning "
        + "fig. 10.11)."
    case .everyStep:
      "An output and a loss at every time step; the same "
        + (architecture.hasRecurrentWeights ? "U, V, W, b, c" : "U, V, b, c")
        + " at all of them (Deep Learning fig. 10.3)."
    case .final where architecture.twoDimensional:
      nearer + " One output, of where all of them end."
    case .final: "One output, at the sequence's last time step (Deep Learning fig. 10.5)."
    case .outputRecurrence:
      "The recurrence goes through the output; with teacher forcing the target is fed back "
        + "instead, and no gradient flows from one time step to the next (Deep Learning fig. 10.4, 10.6)."
    case .vectorToSequence:
      "One vector x conditions every time step of the sequence (Deep Learning fig. 10.9)."
    case .encoderDecoder where architecture.twoDimensional:
      nearer + " The decoder starts from C, where all of them end, and "
        + (architecture.attention
          ? "looks back at h(i), the states of every block, at every time step."
          : "reads it at every time step.")
    case .encoderDecoder where architecture.attention:
      "The decoder starts from the encoder's last state C, and at every time step looks back at all of "
        + "the source for a context C(t) (Bahdanau et al. 2015)."
    case .encoderDecoder:
      "The encoder's last state is the context C, which the decoder reads at every time step "
        + "(Deep Learning fig. 10.12)."
    case .autonomous: "No input: the state unrolls itself (Deep Learning eq. 10.1)."
    case .handBuilt:
      "Every weight is set by hand; the network decides a language exactly (Siegelmann and "
        + "Sontag, 1995)."
    }
  }
}

extension Architecture.Grid {
  /// What all recurrences end with, in words of the equations.
  fileprivate var end: String {
    guard corners.count > 1 else { return "s(I,J)" }
    return isSum ? "Σ s(I,J) of all corners" : "[s(I,J) of each corner]"
  }
}

extension PanelKind {
  static let graph = PanelKind(GraphPanel())
}
