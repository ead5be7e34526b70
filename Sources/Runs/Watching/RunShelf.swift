import Dispatch
import TrainingEvents

/// All runs of some folders, each with how far it was read.
struct RunShelf: Sendable {
  /// Seconds that one look may take, so that what was read is told meanwhile.
  private static let budget = 0.1
  /// Seconds between two searches for runs, and the share of time that they may take.
  private static let searchPause = 1.0
  private static let searchShare = 0.05
  /// Runs whose curves are kept after they are no longer wanted.
  private static let mostKept = 16

  /// Runs whose files stay open while they are waited for; more are opened again when they grow.
  private static let mostOpen = 500

  private let paths: [String]
  private var order: [RunPlace] = []
  private var runs: [String: WatchedRun] = [:]
  private var nextSearch = 0.0
  private var nextLook = 0.0
  /// Runs that were wanted once, the last one last.
  private var recent: [String] = []
  private var lastWanted: [String] = []

  init(_ paths: [String]) {
    self.paths = paths
  }

  /// - Returns: what changed, and whether more is there to be read already
  mutating func look(
    wanting wanted: [String], pace: Double
  ) -> (news: RunFolderWatcher.News, isBusy: Bool) {
    let start = Self.now
    var news = RunFolderWatcher.News()
    if start >= nextSearch { search(&news) }
    keepCurves(of: wanted)
    var changed: Set<String> = []
    // What a person looks at comes first, then the rest in its order.
    for path in (wanted + order.map(\.path)).filter({ runs[$0]?.isRead == false }) {
      while runs[path]?.isRead == false, Self.now - start < Self.budget {
        changed.insert(path)
        runs[path]?.readOn()
      }
      if Self.now - start >= Self.budget { break }
    }
    if Self.now >= nextLook {
      nextLook = Self.now + pace
      let open = runs.values.count(where: \.isOpen)
      for path in order.map(\.path) where runs[path]?.isRead == true {
        let canWait = open <= Self.mostOpen
        if runs[path]?.lookAgain(now: Self.now, staysOpen: canWait) == true { changed.insert(path) }
      }
    }
    for path in order.map(\.path) where changed.contains(path) {
      if let overview = runs[path]?.overview { news.overviews.append(overview) }
    }
    for path in Set(wanted) {
      if let curves = runs[path]?.takeCurves() { news.curves.append(curves) }
    }
    news.unread = order.count { runs[$0.path]?.isRead == false }
    return (news, news.unread > 0)
  }

  private mutating func search(_ news: inout RunFolderWatcher.News) {
    let start = Self.now
    var found: [RunPlace] = []
    var seen: Set<String> = []
    for path in paths {
      let isSeveral = paths.count > 1
      for var place in RunFolder.runs(in: path) where seen.insert(place.path).inserted {
        // Of several folders, each run is told by its folder, too.
        if isSeveral, place.path != path { place.name = FileTree.name(of: path) + "/" + place.name }
        found.append(place)
      }
    }
    // What was here once stays in its place, and says that it is gone.
    let lost = order.filter { !seen.contains($0.path) }
    let all = lost.isEmpty ? found : Self.sorted(found + lost, paths.count > 1)
    if all != order {
      order = all
      news.order = all
    }
    for place in all where runs[place.path] == nil {
      runs[place.path] = WatchedRun(place)
    }
    let end = Self.now
    nextSearch = end + max(Self.searchPause, (end - start) / Self.searchShare)
  }

  private static func sorted(_ places: [RunPlace], _ isSeveral: Bool) -> [RunPlace] {
    isSeveral ? places : places.sorted { NaturalOrder.precedes($0.name, $1.name) }
  }

  /// Runs that are wanted are read with their curves; those of others are forgotten in time.
  private mutating func keepCurves(of wanted: [String]) {
    recent.removeAll { wanted.contains($0) }
    recent += wanted.filter { runs[$0] != nil }
    for path in wanted where runs[path]?.keepsCurves == false { runs[path]?.keepCurves() }
    // Whoever wants a run again may have put its curves away meanwhile.
    for path in wanted where !lastWanted.contains(path) { runs[path]?.tellCurvesAgain() }
    lastWanted = wanted
    while recent.count > max(Self.mostKept, wanted.count) {
      runs[recent.removeFirst()]?.forgetCurves()
    }
  }

  static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
}
