import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A fixed passage of held-out data: stretches of a text, or whole examples, each position once.
struct ProbePassage {
  /// Positions at least, where there are as many.
  static let length = 2_048
  /// Stretches of a text, read side by side as in an evaluation: one alone would take the time of
  /// many products of a matrix with a vector.
  private static let stretches = 16

  let batch: DataBatch

  init(task: TaskData, lineEnd: Int32, readsStream: Bool, seed: UInt64) {
    let data = [task.validation, task.test, task.train].first { !$0.isEmpty } ?? task.train
    var random = SeededRandom(seed: seed, stream: SeedStream.passage)
    var batch = DataBatch()
    switch data {
    case .examples(let all):
      let chosen = Self.enough(all.count, &random) { all[$0].input.steps }.map { all[$0] }
      Self.fill(&batch, .examples(chosen), chosen.count, nil, lineEnd)
    case .lines(let table) where !readsStream:
      let chosen = Self.enough(table.count, &random) { table.range(of: $0).count + 1 }
      Self.fill(&batch, .lines(table.selecting(chosen)), chosen.count, nil, lineEnd)
    case .lines, .stream:
      let count = data.targetCount
      let stretches = count >= Self.length ? Self.stretches : 1
      Self.fill(&batch, data, stretches, min(count, Self.length) / stretches, lineEnd)
    }
    self.batch = batch
  }

  /// Random ones, until their steps are enough.
  private static func enough(
    _ count: Int, _ random: inout SeededRandom, steps: (Int) -> Int
  ) -> [Int] {
    var (chosen, total): ([Int], Int) = ([], 0)
    for index in TaskSample.shuffled(count, atMost: Self.length, &random) where total < length {
      chosen.append(index)
      total += steps(index)
    }
    return chosen
  }

  private static func fill(
    _ batch: inout DataBatch, _ data: DataSet, _ count: Int, _ length: Int?, _ lineEnd: Int32
  ) {
    guard count > 0 else { return }
    var source = BatchSource(
      data, batch: count, sequenceLength: length.map { max(1, $0) }, seed: 0, order: .asGiven,
      lineEnd: lineEnd)
    source.next(into: &batch)
  }
}

extension Probe {
  /// One map's activations over the passage.
  func passage(_ trainer: Trainer, map number: Int) -> PassageFrame? {
    let batch = heldOutPassage.batch
    guard batch.count > 0 else { return nil }
    part.batch.carried = nil
    part.packer.pack(batch, sequences: 0..<batch.count, into: part.batch)
    _ = outputs(trainer.parameters)
    let steps = part.batch.steps
    let views = part.model.stacks.flatMap { stack in
      (stack.states + stack.gates).filter { $0.values.rows == steps.rowCount }
        .map { (title: stack.title(of: $0), view: $0) }
    }
    guard !views.isEmpty else { return nil }
    let (title, view) = views[((number % views.count) + views.count) % views.count]
    let units = view.values.columns
    var frame = PassageFrame(
      step: trainer.step, symbols: [], starts: [],
      map: StateMap(view, named: title, values: []))
    var values: [Float] = []
    values.reserveCapacity(units * steps.rowCount)
    // Sequences in the reader's order, each from its first step on.
    for n in 0..<batch.count {
      let k = steps.places[n]
      frame.starts.append(frame.symbols.count)
      for t in 0..<steps.lengths[k] {
        frame.symbols.append(symbol(batch, n, t))
        let row = view.values.row(steps.offsets[t] + k)
        values.append(contentsOf: UnsafeBufferPointer(start: row, count: units))
      }
    }
    frame.map = StateMap(view, named: title, values: values)
    return frame
  }
}
