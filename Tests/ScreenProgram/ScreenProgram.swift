import Dispatch
import Glibc
import NcursesTerminal
import TerminalGraphics

/// A program with a screen, for tests to type at, suspend, kill and crash.
///
/// Usage: `ScreenProgram LOG [still|moving|flood]`. Every input becomes a line of the file LOG. Keys:
/// q quit, e write to standard error, m mouse, s suspend, f fault, t trap, a abort, o overflow of a
/// stack, x exit without closing, r everything anew, c copy, g progress.
@main
struct ScreenProgram {
  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else { exit(2) }
    let program = Program(log: arguments[1], mode: arguments.count > 2 ? arguments[2] : "still")
    await program.run()
  }
}

/// A serial queue as an executor.
final class QueueExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "screen")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

actor Program {
  private let screen = TerminalScreen(on: QueueExecutor())
  private let log: Int32
  private let mode: String
  private var size = Size(width: 0, height: 0)
  private var frame = 0
  private var hasMouse = false

  init(log: String, mode: String) {
    self.log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    self.mode = mode
  }

  func run() async {
    do {
      let abilities = try await screen.open(mouse: false)
      size = abilities.size
      note("open \(abilities.depth) unicode=\(abilities.hasUnicode) \(size.width)x\(size.height)")
    } catch {
      note("refused \(error)")
      exit(3)
    }
    draw()
    if mode != "still" { Task { await self.animate() } }
    for await input in screen.inputs {
      note("\(input)")
      if let status = await handle(input) { return await leave(status) }
    }
  }

  /// - Returns: the status to leave with, when this was the end.
  private func handle(_ input: TerminalInput) async -> Int32? {
    switch input {
    case .key(.character(let character)): return await handle(character)
    case .resized(let size):
      self.size = size
      draw()
    case .interrupt: return 130
    case .terminate(let signal): return 128 + signal
    case .hangUp: return 129
    case .suspend:
      await screen.suspend()
      note("continued")
    default: break
    }
    return nil
  }

  private func handle(_ character: Character) async -> Int32? {
    switch character {
    case "q": return 0
    case "e": Self.write("something went wrong\n", to: STDERR_FILENO)
    case "p": Self.write("printed\n", to: STDOUT_FILENO)
    case "m":
      hasMouse.toggle()
      await screen.set(mouse: hasMouse)
      note("mouse \(hasMouse)")
    case "s": await screen.suspend()
    case "r": screen.forget()
    case "c": await screen.copy(base64: "dW5mb2xk")
    case "g": await screen.show(progress: .running(42))
    case "a": abort()
    case "x": exit(7)
    case "f": UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
    // On a thread of Dispatch's, which this program did not start.
    case "o": DispatchQueue.global().async { Self.write("\(Self.dive(0))", to: STDERR_FILENO) }
    case "t": note("\([1, 2, 3][frame + 1000])")
    default: break
    }
    return nil
  }

  /// Calls itself until the stack is used up.
  private static func dive(_ depth: Int) -> Int {
    let path = [depth, depth + 1]
    return depth < 0 ? 0 : dive(depth + 1) &+ path[depth % 2]
  }

  private func leave(_ status: Int32) async {
    // A terminal that takes nothing any more must not keep the program.
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) {
      TerminalScreen.restoreNow()
      _exit(status)
    }
    await screen.close()
    note("closed")
    _exit(status)
  }

  private func animate() async {
    while true {
      frame += 1
      draw()
      try? await Task.sleep(for: .milliseconds(mode == "moving" ? 100 : 5))
    }
  }

  private func draw() {
    var picture = CellBuffer(size: size)
    picture.write("frame \(frame)", x: 0, y: 0, style: Style(.hex(0xE06010)))
    picture.write("╭─ ⣿ ü 漢字 ─╮", x: 0, y: 1, style: Style(.hex(0x3080F0), on: .hex(0x101820)))
    picture.write("bold", x: 0, y: 2, style: Style(.standard, on: .standard, .bold))
    picture.write("faint", x: 10, y: 2, style: Style(.hex(0x4C566A)))
    if mode == "flood" {
      for y in 3..<max(3, size.height) {
        for x in 0..<size.width {
          let value = UInt32(truncatingIfNeeded: (frame &* 7919 &+ x &* 104_729 &+ y &* 1_299_709))
          picture[x, y] = Cell(frame % 2 == 0 ? "+" : "-", Style(.hex(value & 0xFFFFFF)))
        }
      }
    } else {
      picture.write("*", x: frame % max(1, size.width), y: 4)
    }
    screen.present(picture)
  }

  private func note(_ text: String) { Self.write(text + "\n", to: log) }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }
}
