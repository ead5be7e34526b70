import Dispatch
import Synchronization
import TrainingEvents

/// Watches folders of runs: reads all of them in the background, the ones that are wanted first, and
/// goes on looking for new ones, for steps that come, and for runs that end or vanish.
///
/// Of most runs nothing is kept but an overview; curves only of those that are wanted.
public final class RunFolderWatcher: Sendable {
  /// What changed since it was last asked for.
  public struct News: Sendable {
    /// All runs, in the order in which people count; nil where it is as it was.
    public var order: [RunPlace]?
    /// Runs about which something changed.
    public var overviews: [RunOverview] = []
    /// Curves that are new or grew.
    public var curves: [RunCurves] = []
    /// Runs that were not read yet.
    public var unread = 0

    public init() {}

    /// Hands over what changed; how many runs are unread stays true.
    mutating func take() -> News {
      defer {
        let unread = unread
        self = News()
        self.unread = unread
      }
      return self
    }
  }

  private struct Shared: Sendable {
    var news = News()
    var wanted: [String] = []
    var isClosed = false
  }

  private let queue = DispatchQueue(label: "unfold runs", qos: .utility)
  private let shared = Mutex(Shared())
  /// Touched on the queue alone.
  private let shelf: Mutex<RunShelf>
  private let pace: Double
  private let continuation: AsyncStream<Void>.Continuation

  /// Says that there is news; ends when the watcher is closed.
  public let changes: AsyncStream<Void>

  /// - Parameters:
  ///   - paths: folders of runs, or runs
  ///   - pace: seconds between two looks
  public init(_ paths: [String], pace: Double = 0.5) {
    (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    shelf = Mutex(RunShelf(paths))
    self.pace = pace
    queue.async { [weak self] in self?.look() }
  }

  deinit { continuation.finish() }

  /// Takes what changed.
  public func news() -> News { shared.withLock { $0.news.take() } }

  /// Asks for the curves of runs and of no others, by their paths, the most urgent first.
  public func want(_ runs: [String]) {
    let isNew = shared.withLock { shared in
      defer { shared.wanted = runs }
      return shared.wanted != runs
    }
    // Curves that are there already need not wait for the next look.
    if isNew { queue.async { [weak self] in self?.look(again: false) } }
  }

  /// Looks no more and tells nothing more.
  public func close() {
    shared.withLock { $0.isClosed = true }
    continuation.finish()
  }

  private func look(again: Bool = true) {
    let (isClosed, wanted) = shared.withLock { ($0.isClosed, $0.wanted) }
    guard !isClosed else { return }
    let (news, isBusy) = shelf.withLock { shelf in
      shelf.look(wanting: wanted, pace: pace)
    }
    let isNews = shared.withLock { shared in
      let wasUnread = shared.news.unread
      shared.news.add(news)
      return news.order != nil || !news.overviews.isEmpty || !news.curves.isEmpty
        || news.unread != wasUnread
    }
    if isNews { continuation.yield() }
    guard again else { return }
    queue.asyncAfter(deadline: .now() + (isBusy ? 0 : pace)) { [weak self] in self?.look() }
  }
}

extension RunFolderWatcher.News {
  /// Takes in what came later.
  fileprivate mutating func add(_ newer: Self) {
    order = newer.order ?? order
    unread = newer.unread
    let changed = Set(newer.overviews.map(\.id))
    overviews.removeAll { changed.contains($0.id) }
    overviews += newer.overviews
    let grown = Set(newer.curves.map(\.id))
    curves.removeAll { grown.contains($0.id) }
    curves += newer.curves
  }
}
