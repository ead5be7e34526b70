import LinearAlgebra

/// A network that writes a sequence symbol by symbol, reading at each step the symbol before.
public protocol GeneratingModel<Scalar>: SequenceModel {
  /// Reads the sources of a batch, whose targets need not exist. What it keeps lives in
  /// `pass.arena` until that is reset or another batch is read.
  /// - Parameters:
  ///   - batch: the sources
  ///   - hypotheses: sequences that will be followed for each of them, at most
  ///   - pass: weights and room
  func readSources(_ batch: SequenceBatch<Scalar>, hypotheses: Int, _ pass: Pass<Scalar>)
  /// Scalars of the state of one sequence in writing.
  var generationWidth: Int { get }
  /// Writes the state before the first symbol for a source, by its original index in the batch.
  func writeStart(
    source: Int, to state: UnsafeMutablePointer<Scalar>, parameters: ParameterVector<Scalar>)
  /// Moves every hypothesis' state on by one step.
  /// - Returns: hypotheses × symbols, logits of the next symbol.
  func advance(_ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar>
  /// α of a hypothesis in the last `advance`, one weight a source step; empty without attention.
  func attention(hypothesis: Int, _ hypotheses: Hypotheses<Scalar>) -> [Double]
}

extension GeneratingModel {
  public func attention(hypothesis: Int, _ hypotheses: Hypotheses<Scalar>) -> [Double] { [] }
}

/// Sequences in writing, side by side, several of which may belong to the same source.
public final class Hypotheses<Scalar: NetworkScalar> {
  /// The source of each, by its original index in the batch.
  public private(set) var sources: [Int] = []
  /// The symbol that each wrote last; −1 before the first.
  let previous = ReusableBuffer<Int32>()
  /// One row a hypothesis.
  private(set) var states: CarriedState<Scalar>
  private var spare: CarriedState<Scalar>
  /// One step for each.
  private(set) var steps = PackedSteps()
  private var lengths: [Int] = []
  let capacity: Int
  let width: Int

  /// Room for `capacity` hypotheses with states of the given width.
  init(capacity: Int, width: Int) {
    (self.capacity, self.width) = (capacity, width)
    states = CarriedState(sequences: capacity, width: width)
    spare = CarriedState(sequences: capacity, width: width)
  }

  /// Hypotheses that are followed now.
  public var count: Int { sources.count }

  /// Begins with one hypothesis for each source.
  func begin(sources count: Int, _ write: (Int, UnsafeMutablePointer<Scalar>) -> Void) {
    sources.removeAll(keepingCapacity: true)
    previous.resize(count)
    for source in 0..<count {
      sources.append(source)
      previous[source] = -1
      write(source, states.values.row(source))
    }
    setSteps()
  }

  /// Goes on with the given ones, each with the symbol that it now ends in.
  func keep(_ chosen: [(parent: Int, symbol: Int32)]) {
    for (row, next) in chosen.enumerated() {
      spare.values.row(row).update(
        from: states.values.row(next.parent), count: states.width)
    }
    swap(&states, &spare)
    sources = chosen.map { sources[$0.parent] }
    previous.resize(chosen.count)
    for (row, next) in chosen.enumerated() { previous[row] = next.symbol }
    setSteps()
  }

  private func setSteps() {
    lengths.removeAll(keepingCapacity: true)
    for _ in sources { lengths.append(1) }
    steps.assign(lengths: lengths)
    states.isFresh = false
  }

  /// Where each hypothesis' source stands in packed order.
  func places(in steps: PackedSteps, arena: Arena<Scalar>) -> UnsafeMutablePointer<Int32> {
    let result = arena.integers(count)
    for (row, source) in sources.enumerated() { result[row] = Int32(steps.places[source]) }
    return result
  }
}
