import Foundation
import Runs
import Training
import TrainingEvents

extension FuzzedReader {
  /// The readers of what runs leave behind, ours and those of other programs.
  static let runs = [
    FuzzedReader(name: "record", read: record),
    FuzzedReader(name: "follow-record") { input in follow(input, as: "events.jsonl") },
    FuzzedReader(name: "follow-lines") { input in follow(input, as: "metrics.jsonl") },
    FuzzedReader(name: "follow-tfevents") { input in follow(input, as: "events.out.tfevents.1") },
    snapshot("snapshot-state", part: "state.json"),
    snapshot("snapshot-model", part: "model.safetensors"),
    snapshot("snapshot-preset", part: "preset.yaml"),
    snapshot("snapshot-optimizer", part: "optimizer.safetensors"),
  ]

  /// Replays a record to its end by jumps and plain playing, and exports it.
  private static func record(_ input: [UInt8]) -> String? {
    let path = ScratchFile.write(input, to: "events.jsonl")
    do {
      var replay = try Replay(path)
      guard replay.duration.isFinite else { return "lasts \(replay.duration) s" }
      _ = try replay.jump(to: replay.duration / 2)
      _ = try replay.jump(toStep: 3)
      _ = try replay.advance(by: 1e15)
      guard replay.isFinished else { return "has no end" }
      _ = try RunSummary(path)
      // An export writes files, so only some inputs go through it.
      if input.count % 16 == 0 {
        try RunExporter.export(path, format: .svg, to: ScratchFile.directory)
        try RunExporter.export(path, format: .tensorboard, to: ScratchFile.directory + "/board")
        try FileManager.default.removeItem(atPath: ScratchFile.directory + "/board")
      }
      return nil
    } catch {
      return complaint(about: "\(error)")
    }
  }

  /// Follows a file that grows by half of the input, then the other, and then starts over.
  private static func follow(_ input: [UInt8], as name: String) -> String? {
    let half = input.count / 2
    do {
      _ = ScratchFile.write(Array(input[..<half]), to: name)
      var follower = try RunFollower(ScratchFile.directory + "/" + name)
      var history = RunHistory()
      var run: RunDescription?
      for piece in [nil, input, Array(input[half...])] {
        if let piece { _ = ScratchFile.write(piece, to: name) }
        for event in try follower.poll() {
          let line = EventLine.encode(event, for: .record)
          guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A }) else {
            return "a control character in the line of an event"
          }
          switch event {
          case .started(let description): run = description
          case .steps(let batch): history.append(batch)
          case .validation(let record): history.append(record)
          case .values(let records): history.append(records)
          case .warning(let record):
            if let found = complaint(about: record.text) { return found }
          case .frame(.hiddenStates(let frame)):
            guard frame.maps.allSatisfy({ $0.columns * $0.units == $0.values.count }) else {
              return "a ragged map"
            }
            _ = RunCharts.hiddenStates(frame, of: run).svg()
          default: break
          }
        }
      }
      return history.extra.count <= RunHistory.mostExtraSeries ? nil : "too many series"
    } catch {
      return complaint(about: "\(error)")
    }
  }

  /// A whole snapshot of which one file is the input, read and used.
  private static func snapshot(_ name: String, part: String) -> FuzzedReader {
    FuzzedReader(name: name) { input in
      for file in ["state.json", "model.safetensors", "optimizer.safetensors", "preset.yaml"] {
        _ = ScratchFile.write(file == part ? input : Snapshot.file(file), to: file)
      }
      do {
        let read = try SnapshotReader.read(ScratchFile.directory)
        let network = try TrainedNetwork(read.checkpoint, file: "snapshot")
        guard network.task.kind == .languageModel else { return nil }
        _ = try network.sample(prompt: "", length: 3, temperature: 1, seed: 1)
        return nil
      } catch {
        return complaint(about: "\(error)")
      }
    }
  }

  /// The parts of a small snapshot: the first seed of each reader above.
  private enum Snapshot {
    static func file(_ name: String) -> [UInt8] {
      files[name] ?? []
    }

    private static let files = [
      "state.json": "snapshot-state", "model.safetensors": "snapshot-model",
      "preset.yaml": "snapshot-preset", "optimizer.safetensors": "snapshot-optimizer",
    ].mapValues { reader in Corpus.inputs(of: reader)["whole"] ?? [] }
  }
}
