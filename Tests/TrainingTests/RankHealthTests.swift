import Glibc
import Testing

@testable import Training

@Suite struct RankHealthTests {
  /// A launcher ends all other ranks once it has asked how one ended: that is too late to notice.
  @Test func aProcessThatNobodyHasAskedAfterHasEnded() throws {
    #expect(!RankHealth.hasEnded(getpid()))
    var process = pid_t()
    let name = strdup("true")
    defer { free(name) }
    try #require(posix_spawn(&process, "/bin/true", nil, nil, [name, nil], nil) == 0)
    var end = siginfo_t()
    // Waits for its end and leaves it to be asked after.
    try #require(waitid(P_PID, id_t(process), &end, WEXITED | WNOWAIT) == 0)
    #expect(kill(process, 0) == 0 && RankHealth.hasEnded(process))
    var status: Int32 = 0
    try #require(waitpid(process, &status, 0) == process)
    #expect(RankHealth.hasEnded(process))
  }
}
