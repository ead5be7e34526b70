import LinearAlgebra
import TrainingEvents

/// Tasks made up from the seed, whose right answers are known: `data: { synthetic: NAME }`.
enum SyntheticTask: String, CaseIterable {
  /// Two marked numbers of a long sequence are to be added (Hochreiter and Schmidhuber 1997).
  case adding
  /// Ten symbols are to be repeated after a long pause (Hochreiter and Schmidhuber 1997; as set
  /// by Arjovsky et al. 2016).
  case copy
  /// Whether the ones so far are odd in number, at every step.
  case parity
  /// The bit before, at every step.
  case delay
  /// The bit two steps on, at every step.
  case peek
  /// Words to be written backwards.
  case reverse
  /// Strings of Reber's grammar (Reber 1967).
  case reber
  /// A sine wave that a system without input is to follow.
  case oscillator
  /// Bits to be remembered until their next pulse (Sussillo and Barak 2013).
  case flipFlop = "flip-flop"
  /// A sine wave of the frequency that the input asks for.
  case sine
  /// Which of two streams counts is said beside them (Mante et al. 2013).
  case context
  /// Digits added up modulo five, at every step.
  case modular
  /// How many brackets are open, at every step.
  case dyck1 = "dyck-1"
  /// Which of two kinds of brackets may close, at every step.
  case dyck2 = "dyck-2"
  /// Under which of five cups the ball is, two of which change places at every step.
  case s5
  /// Which state Reber's automaton is in, at every letter that it writes.
  case reberStates = "reber-states"

  /// The one kind of task that it is.
  var kind: TaskKind {
    switch self {
    case .adding, .flipFlop, .sine: .forecasting
    case .context: .sequenceClassification
    case .copy, .parity, .delay, .peek, .modular, .dyck1, .dyck2, .s5, .reberStates:
      .sequenceLabelling
    case .reverse: .sequenceToSequence
    case .reber: .languageModel
    case .oscillator: .autonomous
    }
  }

  /// Steps of a training sequence when the preset does not say.
  var defaultLength: Int {
    switch self {
    case .adding, .copy, .oscillator, .flipFlop: 100
    case .sine: 60
    case .context: 30
    case .parity, .peek, .modular, .dyck1, .dyck2, .s5, .reberStates: 20
    case .delay: 5
    case .reverse: 9
    case .reber: 1
    }
  }

  /// Shortest sequence that makes sense.
  var shortest: Int {
    switch self {
    case .adding, .oscillator, .delay: 2
    case .peek: 3
    case .copy, .parity, .reber, .reverse, .flipFlop, .sine, .context: 1
    case .modular, .dyck1, .dyck2, .s5, .reberStates: 1
    }
  }

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let names = allCases.map(\.rawValue)
    guard let task = SyntheticTask(rawValue: request.data.location) else {
      throw DataError(
        "task.data.synthetic", "no task of this name",
        found: DataError.quote(request.data.location),
        expected: names.joined(separator: ", "),
        suggestion: EditDistance.nearest(to: request.data.location, among: names))
    }
    guard request.kind == task.kind else {
      throw DataError(
        "task.kind", "\(task.rawValue) is a task of another kind", found: request.kind.rawValue,
        expected: task.kind.rawValue)
    }
    if let bits = request.data.bits, task != .flipFlop {
      throw DataError(
        "task.data.bits", "only flip-flop has bits to remember", found: "\(bits)",
        expected: "none for \(task.rawValue)")
    }
    var data = try task.make(
      request, length: request.data.length ?? task.defaultLength, key: "task.data.length")
    if let length = request.data.heldOutLength {
      let other = try task.make(request, length: length, key: "task.data.held-out-length")
      (data.validation, data.test) = (other.validation, other.test)
    }
    data.judged = try task.judged(request, upTo: request.data.judgedUpTo, of: data.train)
    return data
  }

  /// Sequences of one, two, four … times the training length, of each length as many.
  private func judged(
    _ request: LoadRequest, upTo factor: Int?, of train: DataSet
  ) throws(DataError) -> [TaskData.Judged] {
    guard let factor else { return [] }
    let key = "task.data.judged-up-to"
    guard kind == .sequenceLabelling else {
      throw DataError(
        key, "only a task with an answer at every step is judged at several lengths",
        found: rawValue,
        expected: Self.allCases.filter { $0.kind == .sequenceLabelling }.map(\.rawValue)
          .joined(separator: ", "))
    }
    var (result, length): ([TaskData.Judged], Int) = ([], request.data.length ?? defaultLength)
    let longest = factor * length
    while length <= longest {
      let made = try make(request, length: length, key: key, isExact: true)
      result.append(TaskData.Judged(steps: length, data: made.validation))
      length *= 2
    }
    return result
  }

  private func make(
    _ request: LoadRequest, length: Int, key: String, isExact: Bool = false
  ) throws(DataError) -> TaskData {
    guard (shortest...Self.longest).contains(length) else {
      throw DataError(
        key, "not a length of \(rawValue) sequences", found: "\(length)",
        expected: "\(shortest) to \(Self.longest)")
    }
    let parts = Parts(request, length: length, isExact: isExact)
    switch self {
    case .adding: return AddingProblem.make(parts)
    case .copy: return CopyMemory.make(parts)
    case .parity: return RunningParity.make(parts)
    case .delay: return ShiftedBits.make(parts, shift: 1)
    case .peek: return ShiftedBits.make(parts, shift: -2)
    case .reverse: return ReversedLetters.make(parts)
    case .reber: return ReberGrammar.make(parts, request)
    case .oscillator: return Oscillator.make(parts)
    case .flipFlop: return FlipFlop.make(parts, bits: request.data.bits ?? 3)
    case .sine: return SineOnDemand.make(parts)
    case .context: return ContextSwitch.make(parts)
    case .modular: return StateTracking.modular(parts)
    case .dyck1: return StateTracking.depth(parts)
    case .dyck2: return StateTracking.nesting(parts)
    case .s5: return StateTracking.swaps(parts)
    case .reberStates: return StateTracking.reberStates(parts)
    }
  }

  private static let longest = 10_000

  /// How much of each part is made, and where its random numbers come from.
  struct Parts {
    var length: Int
    var counts: (train: Int, validation: Int, test: Int)
    /// Whether each sequence has `length` steps, and they are there to judge by alone.
    let isExact: Bool
    private var seed: UInt64

    /// Sequences of each length that is judged.
    static let judged = 64

    /// 20,000 sequences in all, fewer when they are long.
    init(_ request: LoadRequest, length: Int, isExact: Bool = false) {
      self.length = length
      self.isExact = isExact
      seed = request.seed
      guard !isExact else {
        counts = (0, Self.judged, 0)
        return
      }
      counts = Split.sizes(
        min(20_000, max(1_000, 4_000_000 / length)), request.configuration.validationShare,
        request.configuration.testShare)
    }

    /// Each part has a stream of its own, so that one part's size never changes another.
    func random(_ part: UInt64) -> SeededRandom {
      SeededRandom(seed: seed, stream: 0x5717_7E71_C000 + part)
    }

    /// The three parts, example by example. `body` is told whether the example is for testing.
    func examples(
      _ body: (_ random: inout SeededRandom, _ isTest: Bool) -> Example
    ) -> (train: DataSet, validation: DataSet, test: DataSet) {
      func part(_ number: UInt64, _ count: Int, isTest: Bool) -> DataSet {
        var random = random(isExact ? 0x1000 + UInt64(length) : number)
        return .examples((0..<count).map { _ in body(&random, isTest) })
      }
      return (
        part(1, counts.train, isTest: false), part(2, counts.validation, isTest: false),
        part(3, counts.test, isTest: true)
      )
    }

    /// Steps of a sequence of a task that takes any number of them: to train on between half of
    /// `length` and `length`, to test by four times `length`.
    func steps(_ random: inout SeededRandom, isTest: Bool) -> Int {
      if isExact { return length }
      if isTest { return 4 * length }
      let shortest = max(1, length / 2)
      return shortest + random.index(below: length - shortest + 1)
    }

    /// A task that answers each bit with a bit.
    func bitLabelling(
      _ made: (train: DataSet, validation: DataSet, test: DataSet)
    ) -> TaskData {
      let bits = Vocabulary(symbols: ["0", "1"])
      var task = TaskData(
        kind: .sequenceLabelling, train: made.train, validation: made.validation, test: made.test,
        inputVocabulary: bits, outputVocabulary: bits, inputWidth: 2, outputWidth: 2,
        targetName: "bit")
      task.baselines = [Baseline("chance", .accuracy, 0.5)]
      return task
    }
  }
}
