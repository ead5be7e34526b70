import Dispatch
import LinearAlgebra
import SequenceData
import TrainingEvents

extension TrainingEngine {
  /// Carries out one command between two steps and answers with events.
  public func perform(_ command: TrainingCommand) {
    switch command {
    case .pause: pause()
    case .resume: resume()
    case .step(let count): run(until: .step(workload.step + max(1, count)))
    case .run(let limit): run(until: limit)
    case .scaleLearningRate(let factor): scaleLearningRate(by: factor)
    case .set(let key, let value): set(key, to: value)
    case .snapshot: snapshot(.requested)
    case .undo: undo()
    case .goBackToBest: goBackToBest()
    case .restart: restart()
    case .watch(let request): watch(request)
    case .pace(let stepsPerSecond): pace.change(to: stepsPerSecond, now: clock.now)
    case .read(let text): read(text)
    case .testRates: testRates()
    case .keep(let units): keep(units)
    case .drop(let name): drop(name)
    case .rewind: post(.refused("a run that trains has no way back: U goes to the last snapshot"))
    case .stop: stop(.stopped)
    }
    if workload.failure != nil { stop(.stopped) }
    flush()
  }

  private func pause() {
    guard state == .training else { return }
    limit = nil
    enter(.paused)
  }

  func resume() {
    guard finish == nil else {
      return post(.refused("the run is finished; restart it to train again"))
    }
    guard state != .diverged else {
      return post(.refused("the run diverged: go back to a snapshot, or begin it again"))
    }
    if state != .training {
      pace.begin(now: clock.now)
      enter(.training)
    }
    loop()
  }

  private func run(until limit: RunLimit) {
    guard finish == nil, state != .diverged else { return resume() }
    if case .step(let step) = limit, step <= workload.step {
      return post(.refused("step \(step) is past: the run is at step \(workload.step)"))
    }
    if case .epoch(let epoch) = limit, epoch <= workload.epochs {
      return post(
        .refused("epoch \(short(epoch)) is past: the run is at \(short(workload.epochs))"))
    }
    self.limit = limit
    resume()
  }

  private func scaleLearningRate(by factor: Double) {
    guard let old = workload.baseLearningRate else {
      return post(.refused("nothing is learned here: there is no learning rate"))
    }
    let rate = old * factor
    guard rate.isFinite, rate > 1e-30, rate < 1e30 else {
      return post(.refused("the learning rate must stay above 0 and finite"))
    }
    workload.setLearningRate(rate)
    record(
      "learning-rate", "learning rate \(short(old)) → \(short(rate))",
      marker: rate < old ? "lr ÷\(short(old / rate))" : "lr ×\(short(rate / old))", value: rate,
      previous: "\(old)")
  }

  private func set(_ key: String, to value: String) {
    do {
      let change = try workload.change(key: key, value: value)
      // What stands on screen is of the weights before.
      if WeightAddress(key) != nil, state != .training { look(force: true) }
      record(
        change.name, change.text, marker: change.marker, value: change.value,
        previous: change.previous)
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

  private func goBackToBest() {
    guard let best else {
      return post(.refused("nothing was validated yet: there are no best weights to go back to"))
    }
    guard let checkpoint = bestCheckpoint else {
      return post(
        .refused(
          "the best weights are of an earlier session: `unfold train --resume RUN/snapshots/best` "
            + "goes on from step \(best.step)"))
    }
    goBack(
      to: checkpoint, name: "best", text: "went back to the best validation, step \(best.step),")
  }

  private func restart() {
    do {
      goBack(to: try beginning(), name: "restart", text: "started over")
    } catch {
      post(.refused("\(error)"))
    }
  }

  private func goBack(to checkpoint: Checkpoint, name: String, text: String) {
    guard canGoBack else { return post(.refused("this run cannot go back")) }
    // The best of the steps that are left behind is worth keeping.
    handOutBest()
    let from = workload.step
    let hyperparameters = workload.description.hyperparameters
    do {
      try workload.restore(checkpoint)
    } catch {
      return post(.refused(error.description))
    }
    clock.set(elapsed: checkpoint.state.elapsed)
    // What stands on disk as the best stays so until something better comes.
    let standing = name == "restart" ? nil : best
    best = checkpoint.state.bestValidation.map { ($0, checkpoint.state.bestStep ?? 0) }
    if let standing, standing.loss < best?.loss ?? .infinity { best = standing }
    if best?.step != bestCheckpoint?.state.step { bestCheckpoint = nil }
    newest = checkpoint.validation
    finish = nil
    smoothedLoss = nil
    blowUp = workload.untrainedLoss.map { LossBlowUp(untrained: $0) }
    limit = nil
    if checkpoint.state.isValidationDue {
      workload.beginValidation()
    } else {
      workload.cancelValidation()
    }
    record(name, "\(text) from step \(from)", marker: name)
    // Settings go back as well. No marker: it is one act.
    for change in LiveHyperparameters.changes(
      from: hyperparameters, to: workload.description.hyperparameters)
    {
      record(change.name, change.text, marker: nil, value: change.value)
    }
    let late = followed.goBack(to: workload.step)
    if name == "restart" { begin() } else { late.forEach(tellAgain) }
    if state != .training { enter(.paused) }
  }

  private func watch(_ request: ProbeRequest) {
    let isNew = request != self.request
    self.request = request
    if isNew, state != .training { look(force: true) }
  }

  private func keep(_ units: KeptUnits) {
    guard followed.fits(units) else {
      return post(
        .refused("\(KeptUnits.most) sets of units are followed: drop one of them before another"))
    }
    let count = units.set.units.count
    tell(
      CommandRecord.keep, "\(count) unit\(count == 1 ? "" : "s") kept as \(units.name)", units)
    // The passage is on screen: how many are on now is the first of its numbers.
    if state != .training { look(force: true) }
  }

  private func drop(_ name: String) {
    guard let units = followed.sets.first(where: { $0.name == name }) else {
      return post(.refused("no set of units \(name) is followed"))
    }
    tell(CommandRecord.drop, "\(name) is followed no longer", units)
  }

  private func tell(_ name: String, _ text: String, _ units: KeptUnits) {
    let step = workload.step
    followed.note(CommandRecord(step: step, name: name, text: text, units: units))
    record(name, text, marker: nil, units: units)
  }

  /// Tries learning rates beside training, and tells what was found when that is done.
  private func testRates() {
    guard !isTestingRates else {
      return post(.refused("learning rates are being tried: it takes a moment"))
    }
    guard let test = workload.rateRangeTest() else {
      return post(
        .refused(
          "learning rates are tried only where one process trains the network, and from its first "
            + "step on"))
    }
    isTestingRates = true
    let end = DispatchTime.now() + Self.longestRateTest
    DispatchQueue.global(qos: .utility).async { @Sendable [weak self] in
      let found = FloatingPointMode.flushingDenormals {
        test.run(isCancelled: { DispatchTime.now() > end })
      }
      Task { await self?.take(found) }
    }
  }

  /// Seconds that a range test may take; the rates that it came to then count.
  private static var longestRateTest: Double { 60 }

  private func take(_ test: LandscapeFrame.RateTest?) {
    isTestingRates = false
    guard let test, let frame = workload.landscape(with: test) else {
      return post(.refused("no learning rate could be tried"))
    }
    post(.frame(frame))
    flush()
  }

  private func read(_ text: String) {
    do {
      post(.reading(try workload.read(text)))
    } catch {
      post(.refused(error.description))
    }
  }

  func short(_ value: Double) -> String { ShortNumber.text(value) }
}
