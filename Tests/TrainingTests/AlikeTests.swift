import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct AlikeTests {
  /// Every window of a sequence that counts, judged one by one, and of those that overlap the best.
  private static func places(
    _ states: [[Float]], sequence: Int, first: Int = 0, _ query: AlikeQuery
  ) -> [AlikeWindows.Window] {
    let (set, length) = (query.set, query.length)
    func isOn(_ unit: Int, _ start: Int) -> Bool {
      states[start..<start + length].allSatisfy {
        (set.usesMagnitude ? abs($0[unit]) : $0[unit]) > set.threshold
      }
    }
    var windows: [AlikeWindows.Window] = []
    for start in 0..<max(0, states.count - length + 1) {
      let all = states[start].indices.filter { isOn($0, start) }
      let on = all.count { set.units.contains($0) }
      guard 2 * on >= set.units.count, on > 0 else { continue }
      windows.append(
        AlikeWindows.Window(
          sequence: sequence, start: first + start, on: on, others: all.count - on))
    }
    var kept: [AlikeWindows.Window] = []
    for window in windows.sorted(by: { $0.isBetter(than: $1) })
    where kept.allSatisfy({ abs($0.start - window.start) >= length }) {
      kept.append(window)
    }
    return kept
  }

  @Test(arguments: [1, 2, 5, 9]) func windowsAreThoseOfBruteForce(length: Int) {
    var random = SeededRandom(seed: UInt64(length), stream: 3)
    let set = UnitSet(map: "", units: [0, 2, 3], threshold: 0.2, usesMagnitude: length > 2)
    let query = AlikeQuery(set: set, length: length, number: 1)
    var windows = AlikeWindows(query, units: 6)
    var expected: [AlikeWindows.Window] = []
    for sequence in 0..<8 {
      // Units stay for a while, so that some are on for long.
      var states = [[Float](repeating: 0.5, count: 6)]
      for _ in 0..<(sequence * 20) {
        states.append(
          (states.last ?? []).map { state in
            random.uniform() < 0.2 ? Float(2 * random.uniform() - 1) : state
          })
      }
      var lane = AlikeWindows.Lane(sequence: sequence, units: 6)
      for state in states { windows.add(state, to: &lane) }
      windows.close(&lane)
      expected += Self.places(states, sequence: sequence, query)
    }
    expected.sort { $0.isBetter(than: $1) }
    #expect(windows.found == expected.count && !expected.isEmpty)
    #expect(windows.best == Array(expected.prefix(AlikeWindows.most)))
  }

  /// Of texts in one piece, of examples and of lines, with every cell: what is found is what a
  /// network finds that reads one sequence at a time.
  @Test(.timeLimit(.minutes(5)), arguments: TraceCase.all)
  func placesAreThoseOfOneSequenceAtATime(of test: TraceCase) throws {
    let (trainer, probe) = try test.trainer()
    let network = probe.network
    let data = trainer.task.train
    var source = BatchSource(
      data, batch: 16, sequenceLength: network.readsStream ? 1 << 20 : nil, seed: 0,
      order: .asGiven, lineEnd: network.lineEnd)
    guard !network.rows.vectorPerSequence, network.grid == nil else { return }
    // What is drawn at random depends on what else is read.
    guard !test.name.contains("forced 0.5") else { return }
    // A text that is read in chunks from both ends has no long memory to compare with.
    guard !source.isContinuous || probe.part.model.carriedWidth > 0 else { return }
    var (sequences, name): ([(Int, Int, [[Float]])], String) = ([], "")
    for _ in 0..<source.batchesPerEpoch {
      var batch = DataBatch()
      source.next(into: &batch)
      for n in 0..<batch.count {
        probe.part.batch.carried = nil
        probe.part.packer.pack(batch, sequences: CollectionOfOne(n), into: probe.part.batch)
        _ = probe.outputs(trainer.parameters)
        let stack = try #require(probe.part.model.stacks.first)
        let view = try #require(stack.states.last)
        guard view.values.rows == batch.inputLengths[n] else { return }
        name = stack.title(of: view)
        let states = (0..<view.values.rows).map { row in
          (0..<view.values.columns).map { view.values[row, $0] }
        }
        let range = source.range(ofSlice: batch.indices[n])
        sequences.append((range == nil ? batch.indices[n] : 0, range?.lowerBound ?? 0, states))
      }
    }
    let passage = try #require(sequences.max { $0.2.count < $1.2.count }).2.suffix(3)
    guard passage.count == 3 else { return }
    let columns = Array(passage)
    let map = StateMap(
      name: name, units: columns[0].count, values: columns.flatMap { $0 })
    // Half of the units stay beyond it.
    let lowest = (0..<map.units).map { unit in columns.map { abs($0[unit]) }.min() ?? 0 }
    let threshold = 0.9 * lowest.sorted()[map.units / 2]
    let set = UnitSet(
      onThroughout: 0..<3, of: map, threshold: threshold, usesMagnitude: true)
    try #require(!set.units.isEmpty)
    let query = AlikeQuery(set: set, length: 3, number: 1)
    let weights = (0..<trainer.parameters.count).map { trainer.parameters.base[$0] }
    let reader = AlikeReader(
      network, trainer.task, InputNames(trainer.task, synthetic: nil), weights: weights,
      query: query)
    while reader.readNext() {}
    let frame = reader.frame(step: 7)
    #expect(frame.isComplete && frame.total == sequences.reduce(0) { $0 + $1.2.count })
    // States may differ in their last digits, and one at the threshold may be on or off.
    var expected = sequences.flatMap {
      Self.places($0.2, sequence: $0.0, first: $0.1, query)
    }
    expected.sort { $0.isBetter(than: $1) }
    #expect(frame.found == expected.count && frame.found > 0, "\(test)")
    for (place, window) in zip(frame.places, expected) {
      #expect(
        AlikeWindows.Window(
          sequence: place.sequence, start: place.position, on: place.on, others: place.others)
          == window, "\(test)")
      #expect(place.symbols.count == 3)
    }
    #expect(frame.places.count == min(expected.count, AlikeWindows.most))
    #expect(frame.places.contains { $0.on == set.units.count })
  }

  private static func request(_ number: Int = 1) -> ProbeRequest {
    var request = ProbeRequest(interests: [.alike], rate: 60)
    request.alike = AlikeQuery(
      set: UnitSet(map: "layer 1", units: [0, 1, 2, 3, 4], threshold: 0.01, usesMagnitude: true),
      length: 2, number: number)
    return request
  }

  /// A network that stands still reads all of its data once, and tells so by itself.
  @Test(.timeLimit(.minutes(1))) func aPausedNetworkIsAskedOnce() async throws {
    let (preset, task) = try TinyRun.preset()
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.watch(Self.request()))
    var frames: [AlikeFrame] = []
    for await event in engine.events {
      guard case .frame(.alike(let frame)) = event else { continue }
      frames.append(frame)
      if frame.isComplete { break }
    }
    let last = try #require(frames.last)
    #expect(last.read == last.total && last.isOneText && last.step == 0)
    let place = try #require(last.places.first)
    #expect(place.symbols.joined() == TinyRun.text.symbols(place.position, 2))
    await engine.shutDown()
  }

  /// It goes on beside training in a part of the time, and ends when nobody looks.
  @Test(.timeLimit(.minutes(1))) func whatNobodyLooksAtIsNotRead() async throws {
    let text = String(repeating: TinyRun.text, count: 40)
    let (preset, task) = try TinyRun.preset(["training.steps": "1000000"], text: text)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start()
    await engine.perform(.watch(Self.request()))
    for await event in engine.events {
      if case .frame(.alike) = event { break }
    }
    #expect(await engine.isSearching)
    await engine.perform(.watch(ProbeRequest(interests: [.samples])))
    for await event in engine.events {
      if case .steps = event, await !engine.isSearching { break }
    }
    await engine.shutDown()
  }
}

extension String {
  /// Some characters, as symbols are read.
  fileprivate func symbols(_ first: Int, _ count: Int) -> String {
    String(dropFirst(first).prefix(count))
  }
}
