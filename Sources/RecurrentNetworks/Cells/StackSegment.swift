import LinearAlgebra

extension RecurrentStack {
  /// Numbers that layers take beside those of their rows in a pass that is read in one slice.
  func roomOfShortPass(_ steps: PackedSteps) -> Int {
    layers.reduce(0) { sum, directions in
      let columns = directions.first?.weights.inputToHidden.rows ?? 0
      let isOneSlice = steps.rowCount * columns <= PackedSteps.scalarsInCache
      return sum + (isOneSlice ? steps.rowCount * hidden * directions.count : 0)
    }
  }
}

/// What goes from one segment of time steps to the next, and back, where a stack keeps the states of
/// one segment at a time.
final class StackSegment<Scalar: NetworkScalar> {
  /// Steps at the end that are the next segment's first; see `SegmentBorder`.
  private(set) var repeatedSteps = 0
  /// One for each layer, for the way back.
  private(set) var borders: [SegmentBorder<Scalar>] = []
  /// What masks between layers are drawn from, where each segment begins, layer after layer.
  private var starts: [SeededRandom] = []
  /// Where the segment under way has come to, one for each layer.
  private var generators: [SeededRandom] = []

  /// Prepares for the first segment of a pass on its way forward.
  func begin(layers: Int, dropout: DropoutSource?) {
    repeatedSteps = 0
    borders.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    generators.removeAll(keepingCapacity: true)
    guard let dropout else { return }
    for layer in 0..<layers { generators.append(dropout.generator(layer: layer)) }
  }

  /// Notes where the next segment's masks begin.
  func noteStart() {
    for generator in generators { starts.append(generator) }
  }

  /// Makes room for what goes back from segment to segment.
  func prepareBackward(_ layers: [[RecurrentLayer<Scalar>]], sequences: Int, arena: Arena<Scalar>) {
    borders.removeAll(keepingCapacity: true)
    for directions in layers {
      guard let layer = directions.first else { continue }
      borders.append(
        SegmentBorder(
          repeatedSteps: 0, state: arena.matrix(sequences, layer.hidden),
          cell: arena.matrix(sequences, layer.cellWidth)))
    }
  }

  /// Lets a segment be read, or read again, with so many of the next one's steps.
  func enter(_ number: Int, repeatedSteps: Int) {
    self.repeatedSteps = repeatedSteps
    for index in borders.indices { borders[index].repeatedSteps = repeatedSteps }
    for layer in generators.indices {
      generators[layer] = starts[number * generators.count + layer]
    }
  }

  /// mask ← this segment's rows of the mask that the whole pass has.
  func draw(_ mask: Matrix<Scalar>, from source: DropoutSource, layer: Int, steps: PackedSteps) {
    let own = steps.rows(of: 0..<steps.stepCount - repeatedSteps).count
    source.draw(mask.rows(0, own), from: &generators[layer])
    var next = generators[layer]
    source.draw(mask.rows(own, mask.rows - own), from: &next)
  }
}
