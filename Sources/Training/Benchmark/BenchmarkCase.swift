import RecurrentNetworks

/// One network and batch whose training step, or whose writing, is timed.
public struct BenchmarkCase: Sendable, Equatable {
  /// What the network does.
  public enum Task: String, Sendable, CaseIterable {
    /// A layer over symbols with a softmax output at every time step: one training step.
    case labelling
    /// A bidirectional encoder and a decoder with additive attention, the target as long as the
    /// source: one training step.
    case attention
    /// A layer over symbols and the CTC loss of a target a quarter as long: one training step.
    case ctc
    /// One class for an image of `length` × `length` pixels read in two dimensions: one training step.
    case grid
    /// Writing symbol by symbol, each read before the next is drawn: one symbol.
    case sampling
    /// The network of `attention` without its targets: each source of a batch is answered with the
    /// likeliest symbol at every step, as many symbols as it has itself.
    case greedy
    /// The same with five hypotheses side by side.
    case beam
  }

  /// How a symbol becomes the layer's input.
  public enum Inputs: String, Sendable, CaseIterable {
    /// Each symbol picks a column of U.
    case oneHot = "one-hot"
    /// A learned vector of `hidden` numbers for each symbol.
    case embedding
  }

  /// What is timed.
  public var task = Task.labelling
  /// The layer's cell; one layer.
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
