import Testing

@testable import Runs

@Suite struct StallWatchTests {
  @Test func aWriteThatDoesNotReturnIsToldOfOnce() {
    var watch = StallWatch()
    #expect(!watch.isNews(at: 1 << 40), "nothing is written")
    watch.begin(at: 1000)
    #expect(!watch.isNews(at: 1000 + StallWatch.patience - 1))
    #expect(watch.isNews(at: 1000 + StallWatch.patience))
    #expect(!watch.isNews(at: 1000 + 2 * StallWatch.patience))
    #expect(watch.end(), "its end is told, too")
  }

  @Test func aQuickWriteIsNoNews() {
    var watch = StallWatch()
    watch.begin(at: 5)
    #expect(!watch.end())
    #expect(!watch.isNews(at: 1 << 60))
    watch.begin(at: 10)
    #expect(!watch.isNews(at: 11) && !watch.end())
  }
}
