import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Makes what the reader asked to see, no more often than it asked, and never for more than a small
/// share of the time: a look that takes long, in a large network, comes more seldom.
final class ProbeRunner {
  private let probe: Probe
  private let generator: TextGenerator?
  private let seed: UInt64
  private var frames = LookSchedule(share: 0.003)
  private var statistics = LookSchedule(share: 0.003)
  private var samples = LookSchedule(share: 0.002)
  private var passages = LookSchedule(share: 0.003)
  private var passageMap = 0
  private var taskFrames = LookSchedule(share: 0.003)
  private var dynamics = LookSchedule(share: 0.005)
  private var looksAtDynamics = false
  private var alikeFrames = LookSchedule(share: 0.003)
  private var alikeShown: AlikeFrame?
  /// Made when somebody looks first; nil where the network is no such system.
  private lazy var dynamicsProbe = DynamicsProbe(probe, seed: seed)
  let landscape: LandscapeProbe
  private var lagRecord: SparseSchedule
  private var statisticsRecord: SparseSchedule
  private var spectrumRecord: SparseSchedule
  private var stateRecord: SparseSchedule
  private var sampleRecord: SparseSchedule
  private var taskRecord: SparseSchedule
  private let keepsPast: Bool
  private var isStatisticsStep = false
  /// The newest validation's answers, which are the ones that its accuracy counts.
  private var validated: ConfusionFrame?
  private var isValidatedShown = true
  private var isValidatedRecorded = true
  private var sequences: ProbeSequences { probe.sequences }

  init(
    network: TaskNetwork, task: TaskData, preset: Preset, looks: LookBudget
  ) throws(PresetError) {
    lagRecord = SparseSchedule(share: 0.0015, free: 7, looks)
    statisticsRecord = SparseSchedule(share: 0.003, looks)
    spectrumRecord = SparseSchedule(share: 0.001, looks)
    stateRecord = SparseSchedule(share: 0.003, looks)
    sampleRecord = SparseSchedule(share: 0.002, looks)
    taskRecord = SparseSchedule(share: 0.003, looks)
    keepsPast = preset.training.frameMegabytes != 0
    probe = try Probe(
      network: network, task: task, source: preset.task.data, seed: preset.training.seed,
      memory: preset.training.memoryMegabytes.map { _ in network.stateMemory(bytes: 0) })
    landscape = LandscapeProbe(
      network, parts: preset.training.parts, seed: preset.training.seed,
      isBounded: preset.training.memoryMegabytes != nil)
    generator = try TextGenerator(network: network, task: task)
    seed = preset.training.seed
  }

  /// Frames that are due; all that were asked for when `force` is set.
  func look(
    _ trainer: Trainer, _ request: ProbeRequest, now: Double, force: Bool
  ) -> [ProbeFrame] {
    var made = alike(trainer, request, now: now, force: force)
    guard !request.interests.isEmpty else { return [] }
    frames.run(every: 1 / max(0.1, request.rate), now: now, force: force) {
      if request.interests.contains(.hiddenStates),
        let frame = probe.hiddenStates(
          trainer, batch: sequences.batch, sequence: request.sequence,
          columns: request.columns)
      {
        made.append(.hiddenStates(frame))
      }
      if request.interests.contains(.gradientByLag),
        let curve = probe.gradientByLag(trainer, batch: sequences.batch)
      {
        made.append(.gradientByLag(curve))
      }
    }
    if !request.interests.isDisjoint(with: Probe.kindsOfOnePass) {
      statistics.run(every: 2, now: now, force: force) {
        made += probe.framesOfOnePass(trainer)
        trainer.measuresNextUpdate = true
      }
    }
    if request.interests.contains(.passage) {
      // Another map is wanted at once: what stands on screen belongs to the last one.
      let isAnother = request.map != passageMap
      passageMap = request.map
      passages.run(every: 4, now: now, force: force || isAnother) {
        if let frame = probe.passage(trainer, map: request.map) { made.append(.passage(frame)) }
      }
    }
    if request.interests.contains(.samples) {
      // The first words change fastest: a second old, they already belong to another network.
      samples.run(every: min(4, max(1, now / 2)), now: now, force: force) {
        if let frame = write(trainer, request) { made.append(.samples(frame)) }
      }
    }
    if request.interests.contains(.task), let validated {
      if force || !isValidatedShown { made.append(.task(.classification(validated))) }
      isValidatedShown = true
    } else if request.interests.contains(.task) {
      taskFrames.run(every: 2, now: now, force: force) {
        if let frame = probe.taskFrame(
          trainer.judgedWeights, step: trainer.step, sequence: request.sequence)
        {
          made.append(.task(frame))
        }
      }
    }
    if request.interests.contains(.dynamics) {
      looksAtDynamics = true
      dynamics.run(every: 1, now: now, force: force) {
        if let frame = dynamicsProbe?.frame(trainer, request, now: now, force: force) {
          made.append(.dynamics(frame))
        }
      }
    }
    if request.interests.contains(.landscape),
      let frame = landscape.frame(trainer, now: now, force: force)
    {
      made.append(.landscape(frame))
    }
    // A walk is for a network that stands still: its numbers would change under the walker.
    if request.interests.contains(.trace), force,
      let trace = probe.trace(trainer, batch: sequences.batch, sequence: request.sequence)
    {
      made.append(.trace(trace))
    }
    return made
  }

  /// Whether a search through all training data goes on.
  var isSearching: Bool { probe.alike.isRunning }

  deinit { probe.alike.forget() }

  /// What was found in all training data since it was told last; a search that nobody looks at any
  /// more ends.
  private func alike(
    _ trainer: Trainer, _ request: ProbeRequest, now: Double, force: Bool
  ) -> [ProbeFrame] {
    let query = request.interests.contains(.alike) ? request.alike : nil
    let found = probe.alike.look(query, trainer.parameters, step: trainer.step, waits: force)
    guard let found else { return [] }
    var made: [ProbeFrame] = []
    alikeFrames.run(every: 0.25, now: now, force: force) {
      if force || found != alikeShown { made = [.alike(found)] }
      alikeShown = found
    }
    return made
  }

  // MARK: Looking while nobody watches

  /// Prepares for a look behind the next step, where one is due: an update is measured while it
  /// happens.
  func prepare(_ trainer: Trainer) {
    isStatisticsStep = statisticsRecord.isDue(step: trainer.step + 1)
    if isStatisticsStep || landscape.wantsUpdate { trainer.measuresNextUpdate = true }
  }

  /// What the record of a run always has, and what alerts go by: gradients by lag and statistics,
  /// at a few steps. Training does not notice.
  func recordedFrames(_ trainer: Trainer) -> [ProbeFrame] {
    landscape.beginAsked(trainer)
    var made: [ProbeFrame] = []
    if lagRecord.isDue(step: trainer.step) {
      lagRecord.run(step: trainer.step) {
        if let curves = probe.gradientByLag(trainer, batch: sequences.batch) {
          made.append(.gradientByLag(curves))
        }
      }
    }
    if isStatisticsStep {
      isStatisticsStep = false
      var measured: [ProbeFrame] = []
      statisticsRecord.run(step: trainer.step) {
        measured = probe.framesOfOnePass(trainer, measuresSpectrum: false)
      }
      // Eigenvalues take longer than all the rest, and come more seldom.
      if spectrumRecord.isDue(step: trainer.step) {
        spectrumRecord.run(step: trainer.step) {
          measured = probe.framesOfOnePass(trainer)
        }
      }
      made += measured
    }
    return made
  }

  /// Columns of hidden states that are recorded where nobody watches.
  private static let recordedColumns = 48

  /// What somebody may look back at: states, samples and the task's picture, at a few steps.
  func pastFrames(_ trainer: Trainer, _ request: ProbeRequest) -> [ProbeFrame] {
    guard keepsPast else { return [] }
    var made: [ProbeFrame] = []
    if stateRecord.isDue(step: trainer.step) {
      stateRecord.run(step: trainer.step) {
        let isWatched = request.interests.contains(.hiddenStates)
        let columns = isWatched ? request.columns : Self.recordedColumns
        if let frame = probe.hiddenStates(
          trainer, batch: sequences.batch, sequence: request.sequence, columns: columns)
        {
          made.append(.hiddenStates(frame))
        }
      }
    }
    if generator != nil, sampleRecord.isDue(step: trainer.step) {
      sampleRecord.run(step: trainer.step) {
        if let frame = write(trainer, request) { made.append(.samples(frame)) }
      }
    }
    if let validated {
      if !isValidatedRecorded { made.append(.task(.classification(validated))) }
      isValidatedRecorded = true
    } else if taskRecord.isDue(step: trainer.step) {
      taskRecord.run(step: trainer.step) {
        if let frame = probe.taskFrame(
          trainer.judgedWeights, step: trainer.step, sequence: request.sequence)
        {
          made.append(.task(frame))
        }
      }
    }
    return made
  }

  /// Takes in what a classifier answered in a validation.
  func note(_ answers: ClassAnswers?, step: Int) {
    guard let answers else { return }
    let examples = probe.heldOutExamples
    validated = probe.confusion(answers, examples: examples, isHeldOut: true, step: step)
    (isValidatedShown, isValidatedRecorded) = (false, false)
  }

  /// After going back, what was measured later never was.
  func forgetAnswers() {
    validated = nil
    probe.spectra.forget()
    landscape.forget()
    probe.alike.forget()
    alikeShown = nil
    if looksAtDynamics { dynamicsProbe?.forget() }
  }

  private func write(_ trainer: Trainer, _ request: ProbeRequest) -> SampleFrame? {
    guard let generator else { return nil }
    var random = SeededRandom(
      seed: seed &+ UInt64(truncatingIfNeeded: trainer.step), stream: SeedStream.samples)
    let isLines = if case .lines = trainer.task.train { true } else { false }
    let lines =
      isLines
      ? generator.lines(
        trainer.judgedWeights, count: 16, length: 40, temperature: request.temperature,
        random: &random)
      : Self.split(
        generator.text(
          trainer.judgedWeights, length: 300, temperature: request.temperature, prompt: [],
          random: &random))
    return SampleFrame(step: trainer.step, temperature: request.temperature, lines: lines)
  }

  private static func split(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  func read(_ text: String, _ trainer: Trainer) throws(PresetError) -> ReadingFrame {
    try probe.read(text, trainer.parameters, step: trainer.step).frame
  }
}
