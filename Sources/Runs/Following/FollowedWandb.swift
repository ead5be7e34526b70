import FileFormats
import TrainingEvents

/// A W&B run as it stands on disk, finished or growing.
struct FollowedWandb: ForeignLog {
  private static let piece = 1 << 20

  private var file: FollowedFile
  private var blocks = WandbBlocks()
  private var numbers = FlatNumbers()
  private(set) var isAtEnd = false
  private var step = 0

  init(path: String) {
    file = FollowedFile(path)
  }

  static func isLog(_ name: String) -> Bool { name.hasSuffix(".wandb") }

  var modified: Double? { file.modified }

  mutating func read(into run: inout ForeignRun) throws(RunError) -> Int {
    switch try file.check() {
    case .none: return 0
    case .goesOn, .appeared: break
    case .restarted:
      run.restart("the log was begun again")
      blocks = WandbBlocks()
      isAtEnd = false
    }
    guard let descriptor = file.file else { return 0 }
    var total = 0
    while total < Self.most {
      let bytes = try descriptor.read(upTo: Self.piece)
      if bytes.isEmpty { break }
      total += bytes.count
      file.note(bytes: bytes.count)
      take(bytes, &run)
    }
    return total
  }

  mutating func finish(into run: inout ForeignRun) {
    if !blocks.isAtBoundary {
      run.warn("\(SafeText.printable(file.path)): the last record is not whole")
    }
  }

  private mutating func take(_ bytes: [UInt8], _ run: inout ForeignRun) {
    // Each has one owner while it works, so that nothing is copied.
    var (blocks, numbers) = (WandbBlocks(), FlatNumbers())
    swap(&blocks, &self.blocks)
    swap(&numbers, &self.numbers)
    var (step, exit) = (step, nil as Int?)
    let damage = bytes.withUnsafeBytes { bytes in
      blocks.append(bytes) { record in
        numbers.removeAll()
        switch WandbRecord(record, into: &numbers) {
        case .history(let number): step = Self.take(numbers, step: number, after: step, &run)
        case .exit(let code): exit = code
        case .other(let what) where !what.isEmpty && what != "summary": run.pass(over: what)
        case .run, .other, nil: break
        }
      }
    }
    (self.blocks, self.numbers, self.step) = (blocks, numbers, step)
    if let first = damage.first {
      run.warn(
        "\(SafeText.printable(file.path)): \(first)",
        advice: "What came before it is shown, and reading goes on after it.")
    }
    if let exit {
      isAtEnd = true
      if exit != 0 {
        run.take(
          .warning(
            WarningRecord(
              step: run.lastStep, kind: "exit",
              text: "the program ended with exit status \(exit)")))
      }
      run.take(
        .finished(FinishRecord(reason: exit == 0 ? .completed : .stopped, step: run.lastStep)))
    }
  }

  /// - Returns: the call's step.
  private static func take(
    _ numbers: FlatNumbers, step: Int?, after last: Int, _ run: inout ForeignRun
  ) -> Int {
    var step = step.map { Double($0) }
    numbers.forEach { number, name in
      // W&B's own count of calls; a person's `step` is a series like any other.
      if name.count == 5, name.elementsEqual("_step".utf8) {
        step = number
      } else {
        run.add(number, name: name)
      }
    }
    run.pass(over: numbers.others, of: numbers)
    run.endRow(step: step ?? Double(last + 1))
    return step.flatMap { Int(exactly: $0) } ?? last + 1
  }
}
