import Testing

@testable import Runs

@Suite struct StallWatchTests {
  @Test func aClockReadBeforeTheWriteBeganIsNoStall() {
    var watch = StallWatch()
    watch.begin(at: 1_000)
    #expect(watch.isNews(at: 999) == false)
    #expect(watch.isNews(at: 1_000 + StallWatch.patience) == true)
  }

  @Test func aWriteThatDoesNotReturnIsToldOfOnce() {
    var watch = StallWatch()
    let patience = StallWatch.patience
    // Nothing is written yet.
    #expect(watch.isNews(at: 1 << 40) == false)
    watch.begin(at: 1000)
    #expect(watch.isNews(at: 1000 + patience - 1) == false)
    #expect(watch.isNews(at: 1000 + patience) == true)
    #expect(watch.isNews(at: 1000 + 2 * patience) == false)
    // Its end is told, too.
    #expect(watch.end() == true)
  }

  @Test func aQuickWriteIsNoNews() {
    var watch = StallWatch()
    watch.begin(at: 5)
    #expect(watch.end() == false)
    #expect(watch.isNews(at: 1 << 60) == false)
    watch.begin(at: 10)
    #expect(watch.isNews(at: 11) == false)
    #expect(watch.end() == false)
  }
}
