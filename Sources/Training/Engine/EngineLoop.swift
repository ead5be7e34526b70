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
    // The queue may go on with another thread after every yield, on another core with a cold cache:
    // the loop keeps its thread until somebody wants something.
    while state == .training {
      repeat {
        slice()
        if workload.failure != nil || workload.rankReports?.isAnyAskedToStop == true {
          stop(.stopped)
        }
        handOutBestIfDue()
        flushIfDue()
      } while state == .training && !executor.isAwaited && isStepDue
      guard state == .training else { break }
      if isStepDue {
        await Task.yield()
      } else {
        flush()
        await pace.rest(now: clock.now)?.value
      }
    }
    clock.pause()
    isLooping = false
    flush()
  }

  /// Whether the pace lets the next step begin; a validation is no step.
  private var isStepDue: Bool { workload.isValidating || pace.isDue(now: clock.now) }

  /// Works for a few milliseconds: at least one step, or one batch of a validation under way.
  private func slice() {
    let end = clock.now + 0.003
    // Denormals are a thread's own setting, and the queue may change threads between slices.
    FloatingPointMode.flushingDenormals {
      repeat {
        if workload.isValidating { judgeOneBatch() } else { trainOneStep() }
      } while state == .training && clock.now < end && !executor.isAwaited && isStepDue
        && workload.failure == nil
    }
    guard workload.failure == nil else { return }
    if state == .training { look(force: false) }
  }

  private func trainOneStep() {
    let total = workload.preset.training.steps
    if let total, workload.step >= total { return stop(.completed) }
    let began = clock.now
    pace.noteStep(now: began)
    let outcome = workload.advance()
    guard workload.failure == nil else { return }
    guard outcome.notFinite == nil else { return diverged(outcome) }
    let record = StepRecord(
      step: workload.step, epoch: outcome.epoch, loss: outcome.total.mean,
      gradientNorm: outcome.gradientNorm, clipped: outcome.clipped,
      learningRate: outcome.learningRate, tokens: outcome.total.targets,
      elapsed: clock.total, duration: clock.now - began)
    post(record)
    noteRanks(record)
    for frame in workload.recordedFrames() { post(recorded: frame) }
    for frame in workload.pastFrames(request) { post(past: frame) }
    if blowUp?.add(record.loss) == true { return blewUp(record) }
    smoothedLoss = (smoothedLoss ?? record.loss) * 0.98 + record.loss * 0.02
    let isDue = workload.step % validateEvery == 0 || workload.step == total
    if isDue, !workload.task.validation.isEmpty {
      workload.beginValidation()
    } else {
      endStep()
    }
  }

  /// Tells, now and then, how long each rank of a job takes.
  private func noteRanks(_ record: StepRecord) {
    guard let reports = workload.rankReports else { return }
    if let values = rankTimes.add(reports, step: record.step, now: clock.now) {
      post(.values(values))
    }
  }

  /// Everything that happens at a step's end, after its validation if it has one.
  private func endStep() {
    if workload.step == workload.preset.training.steps { return stop(.completed) }
    if schedule.isDue(step: workload.step, elapsed: clock.total) { snapshot(.scheduled) }
    if isLimitReached {
      limit = nil
      enter(.paused)
    }
  }

  private var isLimitReached: Bool {
    switch limit {
    case .step(let step): workload.step >= step
    case .epoch(let epoch): workload.epochs >= epoch
    case .loss(let loss): (smoothedLoss ?? .infinity) <= loss
    case nil: false
    }
  }

  private func judgeOneBatch() {
    guard let total = workload.judgeOneBatch() else { return }
    // A loss beyond all bounds is nobody's best, even where it is the first.
    let isBest =
      total.mean < (best?.loss ?? .infinity) && blowUp?.isBeyond(total.mean) != true
    if isBest { best = (total.mean, workload.step) }
    newest = Checkpoint.Validation(loss: total.mean, step: workload.step)
    let hasClasses = workload.description.metric != nil
    post(
      .validation(
        ValidationRecord(
          step: workload.step, epoch: workload.epochs, loss: total.mean,
          metric: hasClasses ? 100 * Double(total.correct) / Double(max(1, total.targets)) : nil,
          elapsed: clock.total, isBest: isBest)))
    if !workload.judgedLengths.isEmpty { post(.values(workload.judgedLengths)) }
    if let rate = workload.validated(loss: total.mean) {
      record(
        "learning-rate", "plateau: learning rate → \(short(rate))", marker: "lr", value: rate)
    }
    if isBest { keepBest() }
    endStep()
  }

  private func diverged(_ outcome: StepOutcome) {
    post(
      .warning(
        WarningRecord(
          step: workload.step + 1,
          kind: (outcome.total.sum.isFinite ? Alert.gradientNotFinite : .notFinite).rawValue,
          text: "step \(workload.step + 1): \(outcome.notFinite ?? "the loss") is not a number; "
            + "the weights are still those of step \(workload.step)",
          advice: "A lower learning rate or clipping usually helps.")))
    enter(.diverged)
    snapshot(.diverged)
  }

  /// A loss that is still finite, but of another order than any network's that learns.
  private func blewUp(_ record: StepRecord) {
    let reference = blowUp?.reference ?? record.loss
    let times = ShortNumber.text(record.loss / reference)
    post(
      .warning(
        WarningRecord(
          step: record.step, kind: Alert.diverged.rawValue,
          text: "diverged: the loss of \(ShortNumber.text(record.loss)) at step \(record.step) is "
            + "\(times) times that of an untrained network",
          advice: Alert.diverged.advice)))
    enter(.diverged)
    // These weights are kept for whoever wants to know; undo goes back to good ones.
    let good = lastSnapshot ?? (canGoBack ? try? beginning() : nil)
    snapshot(.diverged)
    lastSnapshot = good
  }

  func stop(_ reason: FinishRecord.Reason) {
    guard finish == nil else { return }
    let reason = state == .diverged ? .diverged : reason
    let record = FinishRecord(reason: reason, step: workload.step, elapsed: clock.total)
    finish = record
    // The last good state was handed out when it diverged.
    if state != .diverged, workload.failure == nil { snapshot(.final) }
    if state != .diverged { enter(.finished) }
    if let failure = workload.failure {
      post(
        .warning(
          WarningRecord(
            step: workload.step, kind: RankFailure.kind, text: failure.description)))
    }
    post(.finished(record))
    flush()
  }
}
