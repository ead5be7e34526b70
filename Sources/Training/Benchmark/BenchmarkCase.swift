import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// One network and batch whose training step is timed: a recurrent layer over symbols with a
/// softmax output at every step.
public struct BenchmarkCase: Sendable, Equatable {
  /// How a symbol becomes the layer's input.
  public enum Inputs: String, Sendable, CaseIterable {
    /// Each symbol picks a column of U.
    case oneHot = "one-hot"
    /// A learned vector of `hidden` numbers for each symbol.
    case embedding
  }

  /// The layer's cell; forward in time, one layer.
  public var cell: CellKind = .tanh
  /// Symbols that are read, and classes of the softmax.
  public var vocabulary = 64
  /// Units of the layer.
  public var hidden = 128
  /// Sequences in a batch.
  public var batch = 32
  /// Steps of the longest sequence.
  public var length = 64
  /// Threads that share the parts of a batch; 1 or more.
  public var threads = 1
  /// Whether the other sequences' lengths are drawn uniformly from 1 to `length`.
  public var isVaried = false
  /// What the layer reads of a symbol.
  public var inputs: Inputs = .oneHot

  public init() {}

  /// The sizes at which a person would watch a network learn, small to large, for every cell, with
  /// equally long sequences and with varied ones.
  public static func grid(threads: Int) -> [BenchmarkCase] {
    var cases: [BenchmarkCase] = []
    for inputs in Inputs.allCases {
      for isVaried in [false, true] {
        for cell in [CellKind.tanh, .gru, .lstm] {
          for size in sizes {
            var row = BenchmarkCase()
            row.cell = cell
            (row.vocabulary, row.hidden, row.batch, row.length) = size
            row.threads = threads
            row.isVaried = isVaried
            row.inputs = inputs
            cases.append(row)
          }
        }
      }
    }
    return cases
  }

  /// Vocabulary, hidden units, batch and length.
  private static let sizes = [
    (27, 100, 1, 25), (32, 64, 16, 32), (64, 128, 32, 64), (64, 256, 32, 100), (64, 512, 64, 50),
  ]
}

extension BenchmarkCase {
  /// Floating-point operations of the matrix products that one step does, forward and backward, a
  /// multiplication and an addition counting two. Element-wise work and look-ups count nothing.
  ///
  /// - Parameter rows: Real steps of all sequences.
  func productOperations(rows: Int) -> Double {
    let gates = Double(cell.gateCount * hidden)
    let (rows, units, symbols) = (Double(rows), Double(hidden), Double(vocabulary))
    let recurrent = gates * units
    // W s(t−1), Wᵀ δ(t) (not beyond the first step) and ∇W; then V s(t), its way back and ∇V.
    var multiplications = recurrent * (3 * rows - Double(batch)) + 3 * rows * units * symbols
    if inputs == .embedding {
      // U e of each symbol once when there are fewer symbols than rows; ∇U and ∇E likewise.
      multiplications += 3 * min(symbols, rows) * recurrent
    }
    return 2 * multiplications
  }
}

extension BenchmarkCase {
  /// What to train and how: Adam, and gradients clipped to a norm of 5.
  var preset: Preset {
    var preset = Preset()
    preset.name = "benchmark"
    preset.task.kind = .sequenceLabelling
    preset.network.cell = cell
    preset.network.hidden = hidden
    preset.network.embedding = inputs == .embedding ? hidden : nil
    preset.training.batch = batch
    preset.training.clipNorm = 5
    return preset
  }

  /// Steps of each sequence. The first one has the full length.
  public var lengths: [Int] {
    var random = SeededRandom(seed: 1)
    return (0..<batch).map { isVaried && $0 > 0 ? 1 + random.index(below: length) : length }
  }

  /// Random symbols with random labels, one batch in all.
  func task() -> TaskData {
    var random = SeededRandom(seed: 2)
    var examples: [Example] = []
    for steps in lengths {
      var inputs: [Int32] = []
      var labels: [Int32] = []
      for _ in 0..<steps {
        inputs.append(Int32(random.index(below: vocabulary)))
        labels.append(Int32(random.index(below: vocabulary)))
      }
      examples.append(Example(input: .tokens(inputs), target: .labels(labels)))
    }
    let symbols = Vocabulary.integers(vocabulary)
    return TaskData(
      kind: .sequenceLabelling, train: .examples(examples), inputVocabulary: symbols,
      outputVocabulary: symbols, inputWidth: vocabulary, outputWidth: vocabulary,
      targetName: "label")
  }
}
