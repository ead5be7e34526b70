import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct LandscapeProbeTests {
  /// Of every kind of network: what is told is finite and fits together, and the weights stay.
  @Test(.timeLimit(.minutes(5)), arguments: TraceCase.all)
  func everyNetworkHasALandscape(of test: TraceCase) throws {
    let (trainer, probe) = try test.trainer()
    trainer.measuresNextUpdate = true
    _ = trainer.advance()
    let weights = (0..<trainer.parameters.count).map { trainer.parameters.base[$0] }
    let landscape = LandscapeProbe(probe.network, parts: 2, seed: 1)
    var frame = landscape.frame(trainer, now: 0, force: true)
    while frame == nil { frame = landscape.frame(trainer, now: 1, force: true) }
    let found = try #require(frame)
    #expect(found.step == trainer.step && found.batch == trainer.batch.count)
    #expect(found.parts == min(2, found.batch))
    #expect(found.slope?.isFinite ?? false, "\(test)")
    for value in [found.sharpness, found.relativeStep, found.noiseScale] {
      #expect(value?.isFinite ?? true)
    }
    if found.sharpness != nil { #expect((1...found.batch).contains(found.sharpnessSequences)) }
    #expect(found.parts > 1 || found.noiseScale == nil)
    #expect(weights == (0..<trainer.parameters.count).map { trainer.parameters.base[$0] })
  }

  private func plainDescent(
    rate: Double, batch: Int = 4
  ) throws -> (Trainer, TaskData, Preset) {
    let (preset, task) = try TinyRun.preset([
      "training.optimizer.name": "sgd", "training.optimizer.learning-rate": "\(rate)",
      "training.clip-norm": "none", "training.batch": "\(batch)",
    ])
    return (try Trainer(preset: preset, task: task, threads: 1), task, preset)
  }

  private func look(_ trainer: Trainer, parts: Int = 4) throws -> LandscapeFrame {
    let landscape = LandscapeProbe(trainer.network, parts: parts, seed: 1)
    var frame = landscape.frame(trainer, now: 0, force: true)
    while frame == nil { frame = landscape.frame(trainer, now: 1, force: true) }
    return try #require(frame)
  }

  /// A small rate stops short, a huge one overshoots, and an update that nobody measured has no α.
  @Test func alphaTellsShortFromLong() throws {
    for (rate, isShort) in [(1e-3, true), (40, false)] {
      let (trainer, _, _) = try plainDescent(rate: rate)
      #expect(trainer.weightsBeforeUpdate == nil)
      trainer.measuresNextUpdate = true
      _ = trainer.advance()
      let frame = try look(trainer)
      let slope = try #require(frame.slope)
      #expect(slope < 0)
      if isShort {
        #expect(try #require(frame.relativeStep) < -0.9)
      } else {
        #expect(try #require(frame.relativeStep) > 0.1)
      }
      _ = trainer.advance()
      #expect(trainer.weightsBeforeUpdate == nil)
      let unmeasured = try look(trainer)
      #expect(unmeasured.relativeStep == nil && unmeasured.slope == nil)
      #expect(unmeasured.sharpness != nil)
    }
  }

  /// What a person changed in a pause is no part of the last update: the rest is of the weights as they
  /// are now, and the next update has an α again. A rate moves no weight.
  @Test(.timeLimit(.minutes(1))) func anEditIsNoPartOfTheLastUpdate() throws {
    let (preset, task) = try TinyRun.preset(["training.optimizer.name": "sgd"])
    let workload = try TrainingWorkload(
      preset: preset, task: task, threads: 1, looks: .shareOfTime)
    let request = ProbeRequest(interests: [.landscape])
    func look() -> LandscapeFrame {
      while true {
        for case .landscape(let frame) in workload.look(request, now: 0, force: true)
        where frame.step == workload.step { return frame }
      }
    }
    func trainAndLook() -> LandscapeFrame {
      _ = workload.look(request, now: 1e9 * Double(workload.step + 1), force: false)
      _ = workload.advance()
      _ = workload.recordedFrames()
      return look()
    }
    let start = workload.checkpoint(elapsed: 0, best: nil, isValidationDue: false)
    let before = trainAndLook()
    #expect(before.relativeStep != nil && before.sharpness != nil)
    workload.setLearningRate(2)
    _ = try workload.change(key: "training.optimizer.learning-rate", value: "3")
    #expect(look() == before)
    _ = try workload.change(key: "V[0]", value: "2.5")
    let edited = look()
    #expect(edited.relativeStep == nil && edited.slope == nil)
    #expect(edited.sharpness != nil && edited.sharpness != before.sharpness)
    let after = trainAndLook()
    #expect(after.slope != nil && after.step == 2)
    // Nor is what led away from a step that somebody went back to.
    try workload.restore(start)
    let back = look()
    #expect(back.step == 0 && back.slope == nil)
  }

  /// One sequence has no parts to be compared.
  @Test func oneSequenceHasNoNoise() throws {
    let (trainer, _, _) = try plainDescent(rate: 0.1, batch: 1)
    _ = trainer.advance()
    let frame = try look(trainer)
    #expect(frame.parts == 1 && frame.noiseScale == nil)
  }

  /// Looking changes nothing: the same weights to the last bit.
  @Test func aWatchedRunIsTheSameRun() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "30"])
    var weights: [[Double]] = []
    for interests: ProbeRequest.Interests in [[], [.landscape]] {
      let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
      await engine.perform(.watch(ProbeRequest(interests: interests)))
      await engine.start()
      let events = await TinyRun.events(of: engine)
      let last = try #require(events.compactMap(\.checkpoint).last)
      weights.append(last.parameters.flatMap(\.values))
      let frames = events.count { if case .frame(.landscape) = $0 { true } else { false } }
      // A run this short may be over before the first look is.
      #expect(!interests.isEmpty || frames == 0)
      await engine.shutDown()
    }
    #expect(weights[0] == weights[1])
  }
}
