import Foundation
import TrainingEvents

/// What graphics processors do, as `nvidia-smi` tells, where that is there.
struct GraphicsUse: Sendable {
  private static let program = ["/usr/bin/nvidia-smi", "/usr/local/bin/nvidia-smi"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  /// Looks between two calls of the program, which takes its time.
  private static let pause = 5

  private var count = 0
  private var last: (share: Double, bytes: Int)?

  mutating func look(into usage: inout ResourceUsage) {
    guard let program = Self.program else { return }
    if count % Self.pause == 0 { last = Self.ask(program) }
    count += 1
    guard let last else { return }
    (usage.graphicsShare, usage.graphicsBytes) = (last.share, last.bytes)
  }

  private static func ask(_ program: String) -> (share: Double, bytes: Int)? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [
      "--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits",
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return parse(text)
  }

  /// A line a processor, such as `37, 1024`: percent, and megabytes. The busiest one's share counts.
  static func parse(_ text: String) -> (share: Double, bytes: Int)? {
    let rows = text.split(separator: "\n").compactMap { line -> (Double, Int)? in
      let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count == 2, let share = Double(fields[0]), let megabytes = Int(fields[1]) else {
        return nil
      }
      return (share / 100, megabytes << 20)
    }
    guard let busiest = rows.map(\.0).max() else { return nil }
    return (busiest, rows.reduce(0) { $0 + $1.1 })
  }
}
