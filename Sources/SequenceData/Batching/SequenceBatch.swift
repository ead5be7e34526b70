/// Sequences of different lengths, side by side without padding: sequence n's steps stand at
/// `inputStarts[n]..<inputStarts[n] + inputLengths[n]`, its targets likewise.
///
/// A batcher fills the same batch again and again; its arrays keep their memory, so that a step
/// allocates nothing once the largest batch has been seen.
public struct SequenceBatch: Sendable, Equatable {
  public internal(set) var inputLengths: [Int] = []
  public internal(set) var inputStarts: [Int] = []
  public internal(set) var targetLengths: [Int] = []
  public internal(set) var targetStarts: [Int] = []
  /// One symbol a step, when the task reads symbols.
  public internal(set) var inputTokens: [Int32] = []
  /// `inputWidth` numbers a step, when the task reads vectors or images (a row of pixels a step).
  public internal(set) var inputValues: [Float] = []
  public internal(set) var inputWidth = 0
  /// One symbol or class a target step, when the task writes symbols.
  public internal(set) var targetTokens: [Int32] = []
  /// `targetWidth` numbers a target step, when the task writes numbers.
  public internal(set) var targetValues: [Float] = []
  public internal(set) var targetWidth = 0
  /// First target step of each sequence that counts in the loss; 0 almost always.
  public internal(set) var scoredFrom: [Int] = []
  /// Which example or line each sequence is; the slice's number for a stream.
  public internal(set) var indices: [Int] = []
  /// Whether every sequence begins here, so that no state is carried over from the batch before.
  /// When false, sequence n continues sequence n of the batch before.
  public internal(set) var startsFresh = true

  public init() {}

  /// Number of sequences.
  public var count: Int { inputLengths.count }

  /// Targets that count in the loss.
  public var scoredTargetCount: Int {
    zip(targetLengths, scoredFrom).reduce(0) { $0 + max(0, $1.0 - $1.1) }
  }

  /// Steps of the longest input.
  public var longestInput: Int { inputLengths.max() ?? 0 }
  /// Steps of the longest target.
  public var longestTarget: Int { targetLengths.max() ?? 0 }

  public func inputTokens(of sequence: Int) -> ArraySlice<Int32> {
    let start = inputStarts[sequence]
    return inputTokens[start..<start + inputLengths[sequence]]
  }

  /// Row by row, `inputWidth` numbers a step.
  public func inputValues(of sequence: Int) -> ArraySlice<Float> {
    let start = inputStarts[sequence] * inputWidth
    return inputValues[start..<start + inputLengths[sequence] * inputWidth]
  }

  public func targetTokens(of sequence: Int) -> ArraySlice<Int32> {
    let start = targetStarts[sequence]
    return targetTokens[start..<start + targetLengths[sequence]]
  }

  /// Row by row, `targetWidth` numbers a target step.
  public func targetValues(of sequence: Int) -> ArraySlice<Float> {
    let start = targetStarts[sequence] * targetWidth
    return targetValues[start..<start + targetLengths[sequence] * targetWidth]
  }

  mutating func removeAll() {
    inputLengths.removeAll(keepingCapacity: true)
    inputStarts.removeAll(keepingCapacity: true)
    targetLengths.removeAll(keepingCapacity: true)
    targetStarts.removeAll(keepingCapacity: true)
    inputTokens.removeAll(keepingCapacity: true)
    inputValues.removeAll(keepingCapacity: true)
    targetTokens.removeAll(keepingCapacity: true)
    targetValues.removeAll(keepingCapacity: true)
    scoredFrom.removeAll(keepingCapacity: true)
    indices.removeAll(keepingCapacity: true)
    (inputWidth, targetWidth, startsFresh) = (0, 0, true)
  }

  /// Opens the next sequence; its tokens or values are appended after this.
  mutating func open(_ index: Int, inputLength: Int, targetLength: Int, scoredFrom first: Int = 0) {
    inputStarts.append((inputStarts.last ?? 0) + (inputLengths.last ?? 0))
    targetStarts.append((targetStarts.last ?? 0) + (targetLengths.last ?? 0))
    inputLengths.append(inputLength)
    targetLengths.append(targetLength)
    scoredFrom.append(first)
    indices.append(index)
  }

  /// Appends a whole example. Its input and target kinds are those of the batch's other ones.
  mutating func append(_ example: Example, index: Int) {
    open(
      index, inputLength: example.input.steps, targetLength: example.target.steps,
      scoredFrom: example.scoredFrom)
    switch example.input {
    case .none: break
    case .tokens(let tokens): inputTokens.append(contentsOf: tokens)
    case .vectors(let values, let width):
      inputWidth = width
      inputValues.append(contentsOf: values)
    case .image(let pixels, let width, _):
      inputWidth = width
      for pixel in pixels { inputValues.append(Float(pixel) / 255) }
    case .vector(let values):
      inputWidth = values.count
      inputValues.append(contentsOf: values)
    }
    switch example.target {
    case .none: break
    case .label(let label): targetTokens.append(label)
    case .labels(let labels): targetTokens.append(contentsOf: labels)
    case .values(let values, let width):
      targetWidth = width
      targetValues.append(contentsOf: values)
    }
  }
}
