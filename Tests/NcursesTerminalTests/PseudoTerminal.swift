import Foundation
import Synchronization

/// A terminal without a screen: what a program writes to it is kept, what a test types is read by
/// the program.
final class PseudoTerminal: Sendable {
  private let master: Int32
  private let slave: Int32
  let name: String
  private let written = Mutex<[UInt8]>([])
  private let reading = Mutex(true)

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  init(width: Int = 80, height: Int = 24) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // What grantpt, unlockpt and ptsname do, which Swift's Glibc hides.
    var (locked, number): (Int32, UInt32) = (0, 0)
    guard master >= 0, ioctl(master, 0x4004_5431, &locked) == 0,
      ioctl(master, 0x8004_5430, &number) == 0
    else { throw Failure(description: "no pseudo-terminal") }
    name = "/dev/pts/\(number)"
    slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    resize(width: width, height: height)
    Thread.detachNewThread { [self] in collect() }
  }

  private func collect() {
    var bytes = [UInt8](repeating: 0, count: 65536)
    while true {
      var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 20) >= 0 else { return }
      if Int32(ready.revents) & POLLNVAL != 0 { return }
      guard reading.withLock({ $0 }), Int32(ready.revents) & POLLIN != 0 else { continue }
      let count = read(master, &bytes, bytes.count)
      if count > 0 { written.withLock { $0 += bytes.prefix(count) } }
    }
  }

  /// Everything that was written so far.
  var output: String { String(decoding: written.withLock { $0 }, as: UTF8.self) }
  var outputCount: Int { written.withLock { $0.count } }

  /// Returns when all that was written is in `output`.
  func settle() {
    var count = -1
    for _ in 0..<200 {
      var waiting: Int32 = 0
      _ = ioctl(master, UInt(FIONREAD), &waiting)
      if waiting == 0, outputCount == count { return }
      count = outputCount
      usleep(10_000)
    }
  }

  /// A terminal that takes nothing while false.
  var takesOutput: Bool { reading.withLock { $0 } }
  func set(takesOutput: Bool) { reading.withLock { $0 = takesOutput } }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
  }

  func resize(width: Int, height: Int) {
    var size = winsize()
    (size.ws_col, size.ws_row) = (UInt16(width), UInt16(height))
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// The terminal's settings, in a form that can be compared.
  var settings: [UInt32] {
    var settings = termios()
    tcgetattr(slave, &settings)
    let characters = withUnsafeBytes(of: settings.c_cc) { $0.map(UInt32.init) }
    return [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag] + characters
  }

  /// Makes keys come in another way, so that giving back defaults is not enough.
  func setUnusual() {
    var settings = termios()
    tcgetattr(slave, &settings)
    settings.c_lflag &= ~tcflag_t(ECHOE)
    settings.c_iflag |= tcflag_t(IXANY)
    tcsetattr(slave, TCSANOW, &settings)
  }

  /// Closes the window.
  func hangUp() {
    close(slave)
    close(master)
  }
}

/// Looks every few milliseconds until a condition holds.
func waitUntil(
  seconds: Double = 20, _ what: @autoclosure () -> String, until isFulfilled: () -> Bool
) throws {
  let end = Date().addingTimeInterval(seconds)
  while !isFulfilled() {
    guard Date() < end else { throw PseudoTerminal.Failure(description: "waited for \(what())") }
    usleep(5000)
  }
}
