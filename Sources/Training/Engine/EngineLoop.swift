import LinearAlgebra
import TrainingEvents

extension TrainingEngine {
  func loop() {
    guard !isLooping else { return }
    isLooping = true
    Task { await self.trainWhileAllowed() }
  }

  private func trainWhileAllowed() async {
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

  /// Works for a few milliseconds: at least one step, or one batch of a validation under way.
  private func slice() {
    let end = clock.now + 0.003
    repeat {
      // Denormals are a thread's own setting, and the queue may change threads between slices.
      FloatingPointMode.flushDenormals()
      if evaluator.isRunning { judgeOneBatch() } else { trainOneStep() }
    } while state == .training && clock.now < end
    if state == .training { look(force: false) }
  }

  private func trainOneStep() {
    let total = learner.preset.training.steps
    if let total, learner.step >= total { return stop(.completed) }
    let began = clock.now
    let outcome = learner.advance()
    guard outcome.notFinite == nil else { return diverged(outcome) }
    let record = StepRecord(
      step: learner.step, epoch: outcome.epoch, loss: outcome.total.mean,
      gradientNorm: outcome.gradientNorm, clipped: outcome.clipped,
      learningRate: outcome.learningRate, tokens: outcome.total.targets,
      elapsed: clock.total, duration: clock.now - began)
    post(record)
    smoothedLoss = (smoothedLoss ?? record.loss) * 0.98 + record.loss * 0.02
    let isDue = learner.step % validateEvery == 0 || learner.step == total
    if isDue, !learner.task.validation.isEmpty {
      evaluator.begin(learner.task.validation)
    } else {
      endStep()
    }
  }

  /// Everything that happens at a step's end, after its validation if it has one.
  private func endStep() {
    if let every = learner.preset.training.snapshotEvery, learner.step % every == 0 {
      snapshot(isScheduled: true)
    }
    if learner.step == learner.preset.training.steps { return stop(.completed) }
    if isLimitReached {
      limit = nil
      enter(.paused)
    }
  }

  private var isLimitReached: Bool {
    switch limit {
    case .step(let step): learner.step >= step
    case .epoch(let epoch): learner.source.epochs >= epoch
    case .loss(let loss): (smoothedLoss ?? .infinity) <= loss
    case nil: false
    }
  }

  private func judgeOneBatch() {
    guard !evaluator.advance(learner.parameters) else { return }
    let total = evaluator.total
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
      record(
        "learning-rate", "plateau: learning rate → \(short(rate))", marker: "lr", value: rate)
    }
    endStep()
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

  func stop(_ reason: FinishRecord.Reason) {
    guard finish == nil else { return }
    let reason = state == .diverged ? .diverged : reason
    let record = FinishRecord(reason: reason, step: learner.step, elapsed: clock.total)
    finish = record
    if lastSnapshot?.state.step != learner.step { snapshot() }
    if state != .diverged { enter(.finished) }
    isClosing = true
    Task { await self.close(record) }
  }

  /// Waits for the last snapshot, then tells the reader that this was all.
  private func close(_ record: FinishRecord) async {
    while snapshotsUnderWay > 0 { try? await Task.sleep(for: .milliseconds(2)) }
    isClosing = false
    guard finish == record else { return }
    post(.finished(record))
    flush()
  }
}
