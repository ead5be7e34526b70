import Dispatch
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Trains a network on its own Dispatch queue and tells one reader what happens.
///
/// Training runs in slices of a few milliseconds; between slices the queue is free for commands,
/// so that each takes effect between two steps. A pause holds no thread.
public actor TrainingEngine {
  private nonisolated let executor: DispatchQueueExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Everything that happens, for one reader.
  public nonisolated let events: AsyncStream<TrainingEvent>
  private let continuation: AsyncStream<TrainingEvent>.Continuation
  private var outbox = EventOutbox()

  private let learner: Learner
  private let evaluator: Evaluator
  private let looker: Looker
  /// Writes a checkpoint and says how that went; runs outside the engine.
  private let store: @Sendable (Checkpoint) async -> TrainingEvent?
  private let beginning: Checkpoint

  private var state = TrainingState.paused
  private var finish: FinishRecord?
  private var isLooping = false
  private var limit: RunLimit?
  private var smoothedLoss: Double?
  private var request = ProbeRequest()
  private var best: (loss: Double, step: Int)?
  private var lastSnapshot: Checkpoint?
  private var snapshotsUnderWay = 0
  private var clock = TrainingClock()
  private let validateEvery: Int

  /// Sets up the engine; nothing runs before `start`.
  ///
  /// - Parameters:
  ///   - preset: what to train.
  ///   - task: its data, loaded.
  ///   - threads: threads that compute; results do not depend on it.
  ///   - checkpoint: where to go on from; nil begins anew.
  ///   - initial: parameters to begin with instead of random ones.
  ///   - store: writes a checkpoint somewhere and answers with what to tell the reader.
  /// - Throws: `EngineError` when the preset's network does not fit its data, or a checkpoint or
  ///   initial parameters do not fit the network.
  public init(
    preset: Preset, task: TaskData, threads: Int, checkpoint: Checkpoint? = nil,
    initial: [NamedTensor]? = nil, store: @escaping @Sendable (Checkpoint) async -> TrainingEvent?
  ) throws {
    executor = DispatchQueueExecutor(label: "unfold training")
    (events, continuation) = AsyncStream.makeStream(
      of: TrainingEvent.self, bufferingPolicy: .bufferingOldest(8))
    FloatingPointMode.useOneBLASThread()
    let learner = try Learner(preset: preset, task: task, threads: threads)
    self.learner = learner
    if let initial { try learner.parameters.load(initial) }
    if let checkpoint {
      try learner.restore(checkpoint)
      clock.elapsed = checkpoint.state.elapsed
      if let loss = checkpoint.state.bestValidation {
        best = (loss, checkpoint.state.bestStep ?? checkpoint.state.step)
      }
    }
    evaluator = try Evaluator(
      network: learner.network, pool: learner.pool, training: preset.training)
    looker = try Looker(network: learner.network, task: task, seed: preset.training.seed)
    let batches = learner.source.batchesPerEpoch
    validateEvery = preset.training.validateEvery ?? min(1000, max(100, batches))
    self.store = store
    beginning = learner.checkpoint(elapsed: clock.elapsed, best: best)
  }

  // MARK: Commands

  /// Tells the reader what is to be trained, and begins.
  public func start(paused: Bool = false) {
    post(.started(learner.description))
    for note in learner.task.notes {
      post(.warning(WarningRecord(step: learner.step, kind: "data", text: note)))
    }
    if paused { enter(.paused) } else { resume() }
  }

  /// Carries out one command between two steps.
  public func perform(_ command: TrainingCommand) {
    switch command {
    case .pause: pause()
    case .resume: resume()
    case .step(let count): run(until: .step(learner.step + max(1, count)))
    case .run(let limit): run(until: limit)
    case .scaleLearningRate(let factor): setLearningRate(learner.baseLearningRate * factor)
    case .set(let key, let value): set(key, to: value)
    case .snapshot: snapshot()
    case .undo: undo()
    case .restart: restart()
    case .watch(let request): watch(request)
    case .read(let text): read(text)
    case .stop: stop(.stopped)
    }
    flush()
  }

  private func pause() {
    guard state == .training else { return }
    limit = nil
    enter(.paused)
  }

  private func resume() {
    guard finish == nil else {
      return post(.refused("the run is finished; restart it to train again"))
    }
    if state != .training { enter(.training) }
    loop()
  }

  private func run(until limit: RunLimit) {
    guard finish == nil else {
      return post(.refused("the run is finished; restart it to train again"))
    }
    self.limit = limit
    resume()
  }

  private func enter(_ new: TrainingState) {
    state = new
    post(.state(new))
    if new != .training { look(force: true) }
    flush()
  }

  private func setLearningRate(_ rate: Double) {
    guard rate.isFinite, rate > 0 else {
      return post(.refused("the learning rate must stay above 0"))
    }
    let old = learner.baseLearningRate
    learner.baseLearningRate = rate
    record(
      "learning-rate", "learning rate \(short(old)) → \(short(rate))",
      marker: rate < old ? "lr ÷\(short(old / rate))" : "lr ×\(short(rate / old))")
  }

  private func set(_ key: String, to value: String) {
    do {
      let change = try Knob.change(key: key, value: value, in: learner)
      record(change.name, change.text, marker: change.marker)
    } catch {
      post(.refused(error.description))
    }
  }

  private func undo() {
    guard let checkpoint = lastSnapshot else {
      return post(.refused("there is no snapshot to go back to yet: press s to take one"))
    }
    goBack(to: checkpoint, name: "undo", text: "went back to step \(checkpoint.state.step)")
  }

  private func restart() {
    goBack(to: beginning, name: "restart", text: "started over")
  }

  private func goBack(to checkpoint: Checkpoint, name: String, text: String) {
    let from = learner.step
    do {
      try learner.restore(checkpoint)
    } catch {
      return post(.refused(error.description))
    }
    clock.elapsed = checkpoint.state.elapsed
    best = checkpoint.state.bestValidation.map { ($0, checkpoint.state.bestStep ?? 0) }
    finish = nil
    smoothedLoss = nil
    record(name, "\(text) from step \(from)", marker: name)
    if name == "restart" { post(.started(learner.description)) }
    if state != .training { enter(.paused) }
  }

  private func watch(_ request: ProbeRequest) {
    let isNew = request != self.request
    self.request = request
    if isNew, state != .training { look(force: true) }
  }

  private func read(_ text: String) {
    do {
      post(.reading(try looker.read(text, learner)))
    } catch {
      post(.refused(error.description))
    }
  }

  // MARK: Snapshots

  private func snapshot() {
    let checkpoint = learner.checkpoint(elapsed: clock.elapsed, best: best)
    lastSnapshot = checkpoint
    snapshotsUnderWay += 1
    let store = store
    Task {
      let event = await Self.write(checkpoint, with: store)
      wrote(event)
    }
  }

  /// Off the engine's queue: writing never blocks a step.
  private nonisolated static func write(
    _ checkpoint: Checkpoint, with store: @Sendable (Checkpoint) async -> TrainingEvent?
  ) async -> TrainingEvent? {
    await store(checkpoint)
  }

  private func wrote(_ event: TrainingEvent?) {
    snapshotsUnderWay -= 1
    if let event { post(event) }
    flush()
  }

  // MARK: Training

  private func loop() {
    guard !isLooping else { return }
    isLooping = true
    Task { await self.trainWhileAllowed() }
  }

  private func trainWhileAllowed() async {
    FloatingPointMode.flushDenormals()
    clock.resume()
    while state == .training {
      slice()
      flushIfDue()
      if state == .training { await Task.yield() }
    }
    clock.pause()
    isLooping = false
    flush()
  }

  /// Steps for a few milliseconds, at least one.
  private func slice() {
    let end = clock.now + 0.003
    repeat {
      // Denormals are a thread's own setting, and the queue may change threads between slices.
      FloatingPointMode.flushDenormals()
      trainOneStep()
    } while state == .training && clock.now < end
    if state == .training { look(force: false) }
  }

  private func trainOneStep() {
    if let total = learner.preset.training.steps, learner.step >= total {
      return stop(.completed)
    }
    let began = clock.now
    let outcome = learner.advance()
    guard outcome.notFinite == nil else { return diverged(outcome) }
    let duration = clock.now - began
    let record = StepRecord(
      step: learner.step, epoch: outcome.epoch, loss: outcome.total.mean,
      gradientNorm: outcome.gradientNorm, clipped: outcome.clipped,
      learningRate: outcome.learningRate, tokens: outcome.total.targets,
      elapsed: clock.total, duration: duration)
    outbox.add(record)
    smoothedLoss = (smoothedLoss ?? record.loss) * 0.98 + record.loss * 0.02
    if learner.step % validateEvery == 0 { validate() }
    if let every = learner.preset.training.snapshotEvery, learner.step % every == 0 { snapshot() }
    if isLimitReached {
      limit = nil
      enter(.paused)
    }
    if learner.step == learner.preset.training.steps { stop(.completed) }
  }

  private var isLimitReached: Bool {
    switch limit {
    case .step(let step): learner.step >= step
    case .epoch(let epoch): learner.source.epochs >= epoch
    case .loss(let loss): (smoothedLoss ?? .infinity) <= loss
    case nil: false
    }
  }

  private func validate() {
    guard !learner.task.validation.isEmpty else { return }
    let total = evaluator.judge(learner.task.validation, learner.parameters)
    let isBest = total.mean < (best?.loss ?? .infinity)
    if isBest { best = (total.mean, learner.step) }
    let hasClasses = learner.description.metric != nil
    post(
      .validation(
        ValidationRecord(
          step: learner.step, epoch: learner.source.epochs, loss: total.mean,
          metric: hasClasses ? 100 * Double(total.correct) / Double(max(1, total.targets)) : nil,
          elapsed: clock.total, isBest: isBest)))
    if learner.schedule.validated(loss: total.mean) {
      let rate = learner.schedule.rate(base: learner.baseLearningRate, step: learner.step + 1)
      record("learning-rate", "plateau: learning rate → \(short(rate))", marker: "lr")
    }
  }

  private func diverged(_ outcome: Learner.Outcome) {
    post(
      .warning(
        WarningRecord(
          step: learner.step + 1, kind: "not-finite",
          text: "step \(learner.step + 1): \(outcome.notFinite ?? "the loss") is not a number; "
            + "the weights are still those of step \(learner.step)",
          advice: "A lower learning rate or clipping usually helps.")))
    enter(.diverged)
    snapshot()
  }

  private func stop(_ reason: FinishRecord.Reason) {
    guard finish == nil else { return }
    let reason = state == .diverged ? .diverged : reason
    if learner.step > 0, learner.step % validateEvery != 0, reason == .completed { validate() }
    let record = FinishRecord(reason: reason, step: learner.step, elapsed: clock.total)
    finish = record
    if lastSnapshot?.state.step != learner.step || lastSnapshot == nil { snapshot() }
    if state != .diverged { enter(.finished) }
    Task { await self.close(record) }
  }

  /// Waits for the last snapshot, then tells the reader that this was all.
  private func close(_ record: FinishRecord) async {
    while snapshotsUnderWay > 0 { try? await Task.sleep(for: .milliseconds(2)) }
    guard finish == record else { return }
    post(.finished(record))
    flush()
  }

  /// Ends the stream after everything has been read; nothing can be commanded any more.
  public func shutDown() async {
    if state == .training { enter(.paused) }
    while snapshotsUnderWay > 0 { try? await Task.sleep(for: .milliseconds(2)) }
    while !outbox.isEmpty {
      flush()
      if !outbox.isEmpty { try? await Task.sleep(for: .milliseconds(5)) }
    }
    continuation.finish()
  }

  // MARK: Looking

  private func look(force: Bool) {
    for event in looker.look(learner, request, now: clock.now, force: force) {
      post(event)
    }
  }

  // MARK: Telling

  private func record(_ name: String, _ text: String, marker: String?) {
    post(
      .command(
        CommandRecord(
          step: learner.step, elapsed: clock.total, name: name, text: text, marker: marker)))
  }

  private func post(_ event: TrainingEvent) {
    outbox.add(event)
  }

  /// Sends at most some sixty times a second while training.
  private func flushIfDue() {
    if clock.isFlushDue() { flush() }
  }

  private func flush() {
    outbox.flush { event in
      if case .dropped = continuation.yield(event) { false } else { true }
    }
    if !outbox.isEmpty, state != .training, !isRetrying {
      isRetrying = true
      Task {
        try? await Task.sleep(for: .milliseconds(20))
        self.retry()
      }
    }
  }

  private var isRetrying = false

  private func retry() {
    isRetrying = false
    flush()
  }

  private func short(_ value: Double) -> String { ShortNumber.text(value) }
}
