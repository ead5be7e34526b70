import FileFormats
import TrainingEvents

/// Another program's numbers on their way to becoming events.
///
/// Every number becomes a value of a series of its own name. Of the names that mean the same, the
/// surest one is the loss, the validation loss, the gradient norm, the learning rate; where none
/// means a loss, the likeliest series stands in its place, under its own name.
struct ForeignRun: Sendable {
  /// What was learned about a log, with which it can be read again from its beginning.
  struct Knowledge: Sendable, Equatable {
    /// The names chosen for roles.
    var names: [ForeignNames.Role: String] = [:]
    var countsConstantSteps = true
    /// Whether files that hold the same names are of programs that write at the same time.
    var keepsWritersApart = false
  }

  typealias Row = ForeignRows.Row
  typealias Column = ForeignRows.Column

  /// Rows that are told together.
  private static let mostRows = 1 << 18

  var names = LogNames()
  /// What is the run's loss and so on, and whether it is known from before.
  var chosen: [ForeignNames.Role: Int] = [:]
  let knowledge: Knowledge
  /// Which series' names say that they measure the same as the loss's.
  var fitting: [Int: Bool] = [:]
  var fittingLoss: Int?
  /// Whether a surer name than the one told before was found: reading again would tell a truer run.
  var isMistaken = false
  var hasTold = false
  var surer: [ForeignNames.Role: String] = [:]

  /// What was not told yet; the row that is being gathered stands at its end.
  var rows = ForeignRows()
  var events: [TrainingEvent] = []
  var notes: [String] = []
  private var counters: [StepCounter] = []
  /// The writer that each series came from last, -1 before there is one, and the last step it has.
  private var lasts: [(writer: Int, step: Int)] = []
  /// Writers that were found to have started over.
  private var restarted: Set<Int> = []
  /// Whether a file went on with a series that a newer one had taken over.
  private var takesTurns = false
  /// The step of the last row.
  var lastStep = 0
  var lastRecord: StepRecord?
  var best = Double.infinity
  private var firstWallTime: Double?
  private var unseen: Set<String> = []
  private var wordless: Set<String> = []
  var hasToldRefused = false

  init(knowing knowledge: Knowledge = Knowledge()) {
    self.knowledge = knowledge
  }

  /// What is to be known when the log is read again.
  var nextKnowledge: Knowledge {
    var next = knowledge
    next.names.merge(surer) { _, surer in surer }
    if counters.contains(where: \.wasWrong) { next.countsConstantSteps = false }
    if takesTurns { next.keepsWritersApart = true }
    return next
  }

  var keepsWritersApart: Bool { knowledge.keepsWritersApart }

  /// The name of the series that stands in the loss's place; nil before there is one.
  var lossName: String? { chosen[.loss].map { names[$0] } }

  // MARK: Rows

  mutating func add(_ number: Double, name: UnsafeRawBufferPointer, hasRole: Bool = true) {
    guard let id = names.id(of: name, hasRole: hasRole) else { return }
    rows.add(number, id: id)
  }

  /// Forgets the row that was gathered, which turned out to be none.
  mutating func dropRow() { rows.drop() }

  /// Ends the row that was gathered.
  ///
  /// - Parameters:
  ///   - step: where the record itself tells it; else it is looked for among the numbers.
  ///   - wallTime: seconds since 1970, where the record tells them.
  ///   - writer: which of the log's files it stands in.
  mutating func endRow(
    step: Double? = nil, wallTime: Double? = nil, clipped: Bool? = nil, writer: Int = 0
  ) {
    while counters.count <= writer {
      counters.append(StepCounter(countsConstant: knowledge.countsConstantSteps))
    }
    var row = Row(step: 0, clipped: clipped)
    if let wallTime { row.elapsed = elapsed(wallTime) }
    var place = StepCounter.Row(step: step)
    if let stepIndex = look(into: &row, &place, steps: step == nil) {
      place.step = rows.remove(at: stepIndex)
    }
    guard !rows.isGatheredEmpty else {
      // A row with nothing but frames has a step all the same.
      if place.step != nil, case .at(let step) = counters[writer].place(place, series: []) {
        lastStep = step
      }
      return
    }
    noteWriter(writer, place)
    let placed = rows.withGathered { counters[writer].place(place, series: $0) }
    switch placed {
    case .at(let step): row.step = step
    case .back(let step, let from):
      seam("the other program went back from step \(from) to \(step)", step: step)
      row.step = step
    }
    if let way = counters[writer].takeNews() { tell(way) }
    if row.epoch == nil, counters[writer].way == .countedFractions { row.epoch = place.step }
    if counters[writer].wasWrong, knowledge.countsConstantSteps { isMistaken = true }
    gather(row, writer)
  }

  private mutating func gather(_ row: Row, _ writer: Int) {
    if rows.count >= Self.mostRows { closeBatch() }
    lastStep = row.step
    for index in rows.gathered { lasts[rows.id(at: index)] = (writer, row.step) }
    rows.end(row)
  }

  /// Finds what a row tells beside its series.
  /// - Returns: where its step stands.
  private mutating func look(
    into row: inout Row, _ place: inout StepCounter.Row, steps: Bool
  ) -> Int? {
    var stepIndex: Int?
    var stepRank = Int.max
    var wallTime: Double?
    for index in rows.gathered {
      guard let ranked = names.roles[rows.id(at: index)] else { continue }
      let number = rows.number(at: index)
      switch ranked.role {
      case .step where steps && ranked.rank < stepRank && number.isFinite && number >= 0:
        (stepIndex, stepRank) = (index, ranked.rank)
      case .epoch where number.isFinite: (row.epoch, place.epoch) = (number, number)
      case .tokens: row.tokens = number
      case .tokensPerSecond: row.tokensPerSecond = number
      case .elapsed where number.isFinite: row.elapsed = number
      case .wallTime where row.elapsed == nil: wallTime = wallTime ?? number
      default: break
      }
    }
    if let wallTime, let elapsed = elapsed(wallTime) { row.elapsed = row.elapsed ?? elapsed }
    return stepIndex
  }

  mutating func elapsed(_ wallTime: Double) -> Double? {
    guard wallTime.isFinite else { return nil }
    let first = firstWallTime ?? wallTime
    firstWallTime = first
    return max(0, wallTime - first)
  }

  /// A series that another file began again is a seam: the program was started anew.
  private mutating func noteWriter(_ writer: Int, _ place: StepCounter.Row) {
    let step = place.step ?? .infinity
    while lasts.count < names.count { lasts.append((-1, .min)) }
    var (isBack, isTurn) = (false, false)
    for index in rows.gathered {
      let last = lasts[rows.id(at: index)]
      guard last.writer != writer, last.writer >= 0 else { continue }
      if step <= Double(last.step) { isBack = true }
      if writer < last.writer, !knowledge.keepsWritersApart { isTurn = true }
    }
    if isTurn { (takesTurns, isMistaken) = (true, true) }
    guard isBack, let step = place.step, (0...0x1p53).contains(step),
      restarted.insert(writer).inserted
    else { return }
    seam("the other program began a new file at step \(Int(step))", step: Int(step))
  }

  // MARK: What else there is

  /// Takes an event that is complete by itself, such as a frame.
  mutating func take(_ event: TrainingEvent) {
    closeBatch()
    events.append(event)
  }

  /// The other program started over: its steps begin again.
  mutating func restart(_ text: String, writer: Int = 0) {
    seam(text, step: lastStep)
    if writer < counters.count { counters[writer].restart() }
    firstWallTime = nil
    lastRecord = nil
  }

  /// Says something about the log, in one line.
  mutating func note(_ text: String) { notes.append(text) }

  /// Warns of something that is wrong with the log.
  mutating func warn(_ text: String, advice: String? = nil) {
    closeBatch()
    events.append(
      .warning(WarningRecord(step: lastStep, kind: "follow", text: text, advice: advice)))
  }

  /// Notes that something was read which is not shown, such as `histograms`.
  mutating func pass(over what: String) {
    // Said once for each kind; the number of them is not news.
    if unseen.insert(what).inserted { notes.append("not shown: \(what)") }
  }

  /// Notes names under which no number stands: each once, the first few of them.
  mutating func pass(over names: [Range<Int>], of numbers: FlatNumbers) {
    for name in names where wordless.count < 8 {
      let text = numbers.withName(name) { String(decoding: $0, as: UTF8.self) }
      if wordless.insert(text).inserted, !Self.shown.contains(text) {
        pass(over: "“\(SafeText.printable(text))”, which is not a number")
      }
    }
  }

  private static let shown = Set(["event", "symbols", "clipped"] + ProbeFrame.loggedUnder)

  private mutating func tell(_ way: StepCounter.Way) {
    switch way {
    case .written: break
    case .epochs: note("no steps in this log: epochs are counted")
    case .countedRows: note("no steps in this log: its lines are counted")
    case .countedFractions:
      note("the steps are fractions: lines are counted, and the fraction is the epoch")
    case .countedConstant: note("all steps are the same: values are counted")
    case .laps(let from, let after):
      note("steps began again at \(from) after \(after): they go on over epochs")
    }
  }

  private mutating func seam(_ text: String, step: Int) {
    closeBatch()
    events.append(
      .command(CommandRecord(step: step, name: "restart", text: text, marker: "restart")))
  }

}
