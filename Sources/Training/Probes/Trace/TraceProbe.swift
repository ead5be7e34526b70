import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// One sequence's unfolded graph with its numbers, forward and then back from its end; where the
  /// network has no such walk, a trace without nodes that says why.
  func trace(_ trainer: Trainer, batch: DataBatch, sequence: Int) -> GraphTrace? {
    guard let (walk, n, long) = walk(trainer, batch: batch, sequence: sequence) else { return nil }
    var note = walk.note
    if let long { note += (note.isEmpty ? "" : " ") + long }
    if let steps = trainer.preset.training.truncatedBPTT {
      note +=
        (note.isEmpty ? "" : " ")
        + "Training cuts the way back every \(steps) time steps; this walk goes all of it."
    }
    if trainer.preset.network.tieWeights {
      note +=
        (note.isEmpty ? "" : " ") + "V is E: what their one table learns is ∇V and ∇E together."
    }
    return GraphTrace(
      step: trainer.step, sequence: n, sequenceCount: batch.count, columns: walk.columns,
      nodes: walk.nodes, outputNames: outputNames, note: note,
      parameters: walk.nodes.isEmpty ? [] : fewParameters(trainer),
      cellReference: network.configuration.cellDescription.reference)
  }

  /// More numbers than these are none that a person checks.
  private static let readable = 150

  /// Every parameter with its gradient, where a person can read them all.
  private func fewParameters(_ trainer: Trainer) -> [GraphTrace.ParameterNumbers] {
    let layout = trainer.network.layout
    guard layout.parameterCount <= Self.readable else { return [] }
    return layout.parameters.filter { $0.count > 0 }.map { parameter in
      GraphTrace.ParameterNumbers(
        symbol: parameter.symbol, rows: parameter.rows, columns: parameter.columns,
        values: trainer.parameters.matrix(parameter).rowCopies.flatMap { $0 },
        gradient: part.gradient.matrix(parameter).rowCopies.flatMap { $0 })
    }
  }

  /// The walk through one sequence of the batch, which one that was, and what of it is shown where that
  /// is not all.
  func walk(
    _ trainer: Trainer, batch: DataBatch, sequence: Int
  ) -> (walk: GraphWalk, sequence: Int, note: String?)? {
    guard batch.count > 0 else { return nil }
    let n = ((sequence % batch.count) + batch.count) % batch.count
    let long = packEnd(batch, of: CollectionOfOne(n), trainer.parameters)
    if long == nil { part.packer.pack(batch, sequences: CollectionOfOne(n), into: part.batch) }
    let pass = passThereAndBack(trainer)
    let walk = GraphWalk(
      self, pass, parameters: trainer.parameters, batch: long?.batch ?? batch, long == nil ? n : 0)
    return (walk, n, long?.note)
  }

  /// What a pass forward and back left besides the states.
  struct TracedPass {
    var outputs: [[Float]]
    var outputGradients: [[Float]]
    /// Loss of every row, or of the whole sequence.
    var losses: [Double]
    /// How many targets there are.
    var targets: Int
  }

  /// What stands for each output; empty where outputs are numbers.
  private var outputNames: [String] {
    guard let vocabulary = task.outputVocabulary, network.objective.isOfClasses else { return [] }
    let blank = network.objective == .connectionistTemporalClassification ? ["–"] : []
    return (0..<vocabulary.count).map { outputName(Int32($0)) } + blank
  }

  /// Runs the packed sequence forward and back. Nothing is dropped out while looking. The loss is
  /// the lecture's, the sum over all steps.
  private func passThereAndBack(_ trainer: Trainer) -> TracedPass {
    part.arena.reset()
    part.gradient.fill(0)
    let pass = Pass(
      parameters: trainer.parameters, gradient: part.gradient, arena: part.arena,
      teacherForcing: TeacherForcing(share: trainer.teacherForcing))
    let outputs = part.model.outputs(part.batch, pass)
    let losses = RowLosses(
      losses: part.arena.scalars(outputs.rows), probabilities: part.arena.scalars(outputs.rows))
    let raw = outputs.rowCopies
    let targets = network.objective.targetCount(part.batch, outputWidth: outputs.columns)
    _ = network.objective.evaluate(
      outputs, part.batch, scale: 1, each: losses)
    let gradients = outputs.rowCopies
    part.model.backward(outputs, part.batch, pass)
    return TracedPass(
      outputs: raw, outputGradients: gradients,
      losses: raw.indices.map { Double(losses.losses[$0]) }, targets: targets)
  }
}
