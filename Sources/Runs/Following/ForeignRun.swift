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

  private typealias Row = ForeignRows.Row
  private typealias Column = ForeignRows.Column

  /// Rows that are told together.
  private static let mostRows = 1 << 18

  private(set) var names = LogNames()
  /// What is the run's loss and so on, and whether it is known from before.
  private(set) var chosen: [ForeignNames.Role: Int] = [:]
  private let knowledge: Knowledge
  /// Which series' names say that they measure the same as the loss's.
  private var fitting: [Int: Bool] = [:]
  private var fittingLoss: Int?
  /// Whether a surer name than the one told before was found: reading again would tell a truer run.
  private(set) var isMistaken = false
  private var hasTold = false
  private var surer: [ForeignNames.Role: String] = [:]

  /// What was not told yet; the row that is being gathered stands at its end.
  private var rows = ForeignRows()
  private var events: [TrainingEvent] = []
  private var notes: [String] = []
  private var counters: [StepCounter] = []
  /// The writer that each series came from last, -1 before there is one, and the last step it has.
  private var lasts: [(writer: Int, step: Int)] = []
  /// Writers that were found to have started over.
  private var restarted: Set<Int> = []
  /// Whether a file went on with a series that a newer one had taken over.
  private var takesTurns = false
  /// The step of the last row.
  private(set) var lastStep = 0
  private var lastRecord: StepRecord?
  private var best = Double.infinity
  private var firstWallTime: Double?
  private var unseen: Set<String> = []
  private var wordless: Set<String> = []
  private var hasToldRefused = false

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

  private mutating func elapsed(_ wallTime: Double) -> Double? {
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
        pass(over: "what stands under “\(SafeText.printable(text))”, which is no number")
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

  // MARK: Events

  /// Everything up to now, for a reader that has seen all there is.
  mutating func drain() -> [TrainingEvent] {
    closeBatch()
    if names.refused > 0, !hasToldRefused {
      hasToldRefused = true
      note("more than \(LogNames.most) names: values under further names are left out")
    }
    // Notes come first: they say how what follows was understood.
    let told: [TrainingEvent] = notes.map {
      .command(CommandRecord(step: lastStep, name: "follow", text: $0))
    }
    notes.removeAll()
    defer { events.removeAll() }
    return told + events
  }

  /// What was gathered becomes events; many steps make one, so that a reader keeps up.
  private mutating func closeBatch() {
    guard rows.count > 0 else { return }
    let columns = rows.columns(of: names.count)
    choose(columns)
    tellSteps(columns)
    tellValues(columns)
    rows.removeEnded()
    hasTold = true
  }

  /// Chooses which names stand for roles. One that was told before stays: a surer one is a mistake
  /// to be mended by reading again.
  private mutating func choose(_ columns: ForeignColumns) {
    for role in [ForeignNames.Role.loss, .validationLoss, .gradientNorm, .learningRate] {
      guard let id = candidate(role, columns), id != chosen[role] else { continue }
      // A name known from an earlier reading is waited for, and only a surer one is a mistake.
      if let known = knowledge.names[role], names[id] != known {
        let knownRank = ForeignNames.rank(known)
        let limit = knownRank?.role == role ? knownRank?.rank ?? .max : .max
        if rank(id, as: role) < min(limit, 1_000) { mend(role, id) }
        continue
      }
      if let current = chosen[role], hasTold {
        if rank(id, as: role) < rank(current, as: role) { mend(role, id) }
        continue
      }
      chosen[role] = id
    }
  }

  /// Notes that a log is to be read again with a surer name for a role.
  private mutating func mend(_ role: ForeignNames.Role, _ id: Int) {
    surer[role] = names[id]
    isMistaken = true
  }

  private mutating func candidate(_ role: ForeignNames.Role, _ columns: ForeignColumns) -> Int? {
    var (best, bestRank) = (nil as Int?, Int.max)
    // Only series that have values.
    for id in columns.indices where !columns.isEmpty(id) || chosen[role] == id {
      let rank = rank(id, as: role)
      // Names are compared last, for there may be thousands.
      guard rank < bestRank, role != .validationLoss || fits(id) else { continue }
      (best, bestRank) = (id, rank)
    }
    return best
  }

  /// Whether a validation loss measures what the loss does: they share a chart.
  private mutating func fits(_ id: Int) -> Bool {
    guard let loss = chosen[.loss] else { return true }
    let ranks = [rank(loss, as: .loss), rank(id, as: .validationLoss)]
    if ranks.allSatisfy({ $0 < 10 }) { return true }
    if fittingLoss != loss { (fittingLoss, fitting) = (loss, [:]) }
    if let known = fitting[id] { return known }
    let fits = ForeignNames.kind(of: names[loss]) == ForeignNames.kind(of: names[id])
    fitting[id] = fits
    return fits
  }

  /// How likely a series has a role; a loss is always somewhere.
  private func rank(_ id: Int, as role: ForeignNames.Role) -> Int {
    let ranked = names.roles[id]
    if let ranked, ranked.role == role { return ranked.rank }
    guard role == .loss else { return .max }
    return switch ranked?.role {
    case .validationLoss: 1_000
    case nil: 2_000
    case .gradientNorm: 3_000
    case .learningRate: 4_000
    default: 5_000
    }
  }

  private mutating func tellSteps(_ columns: ForeignColumns) {
    guard let loss = chosen[.loss] else { return }
    // A series that stands in the loss's place has no second role.
    let validation = chosen[.validationLoss].flatMap { $0 == loss ? nil : $0 }
    var norms = RoleColumn(chosen[.gradientNorm], columns)
    var rates = RoleColumn(chosen[.learningRate], columns)
    let losses = columns[loss]
    let checks = validation.map { columns[$0] } ?? Column()
    // Where nearly every step has a validation, a few hundred of them come together.
    let together = max(1, checks.rows.count / 256)
    var next = 0
    var records: [StepRecord] = []
    func flush() {
      if !records.isEmpty { events.append(.steps(StepBatch(records))) }
      records.removeAll(keepingCapacity: true)
    }
    func tellChecks(before row: Int32) {
      guard next < checks.rows.count, checks.rows[next] < row else { return }
      let due = checks.rows[next...].prefix { $0 < row }.count
      guard due >= together || row == .max else { return }
      flush()
      for index in next..<next + due {
        tellCheck(rows[checks.rows[index]], checks.numbers[index])
      }
      next += due
    }
    if let last = lastRecord, let again = completed(last, &norms, &rates, before: losses) {
      records.append(again)
    }
    for (rowIndex, number) in zip(losses.rows, losses.numbers) {
      tellChecks(before: rowIndex)
      let record = record(rows[rowIndex], number, &norms, &rates)
      if let last = records.last, last.step == record.step { records.removeLast() }
      records.append(record)
      lastRecord = record
      if records.count >= 4096 { flush() }
    }
    tellChecks(before: .max)
    flush()
  }

  private func record(
    _ row: Row, _ loss: Double, _ norms: inout RoleColumn, _ rates: inout RoleColumn
  ) -> StepRecord {
    let bound = Double(SaneNumbers.tokens.upperBound)
    let tokens = row.tokens.flatMap { $0.isFinite ? Int(min(max(0, $0), bound)) : nil }
    var duration: Double?
    if let rate = row.tokensPerSecond, rate > 0, let tokens, tokens > 0 {
      duration = Double(tokens) / rate
    } else if let last = lastRecord, last.step < row.step, let before = last.elapsed,
      let now = row.elapsed, now >= before
    {
      duration = (now - before) / Double(row.step - last.step)
    }
    return StepRecord(
      step: row.step, epoch: row.epoch, loss: loss, gradientNorm: norms.number(at: row.step),
      clipped: row.clipped, learningRate: rates.number(at: row.step), tokens: tokens,
      elapsed: row.elapsed, duration: duration)
  }

  /// The last step told, where more came for it since.
  private func completed(
    _ record: StepRecord, _ norms: inout RoleColumn, _ rates: inout RoleColumn, before: Column
  ) -> StepRecord? {
    var record = record
    let (norm, rate) = (norms.number(at: record.step), rates.number(at: record.step))
    guard norm != nil && record.gradientNorm == nil || rate != nil && record.learningRate == nil
    else { return nil }
    record.gradientNorm = record.gradientNorm ?? norm
    record.learningRate = record.learningRate ?? rate
    return record
  }

  private mutating func tellCheck(_ row: Row, _ loss: Double) {
    events.append(
      .validation(
        ValidationRecord(
          step: row.step, epoch: row.epoch, loss: loss, elapsed: row.elapsed, isBest: loss < best)))
    best = loss < best ? loss : best
  }

  private mutating func tellValues(_ columns: ForeignColumns) {
    var values: [NamedValues] = []
    var (last, steps) = (nil as Int?, [Int]())
    for id in columns.indices where !columns.isEmpty(id) {
      // Series that are written together share one list of steps.
      if !(last.map { columns.areInSameRows($0, id) } ?? false) { steps = columns.steps(of: id) }
      last = id
      values.append(NamedValues(name: names[id], steps: steps, numbers: columns.numbers(of: id)))
    }
    if !values.isEmpty { events.append(.values(values)) }
  }

  /// A series read beside the loss: the value of a step, asked for in their order.
  private struct RoleColumn {
    private var steps: [Int] = []
    private var numbers: [Double] = []
    private var position = 0

    init(_ id: Int?, _ columns: ForeignColumns) {
      guard let id else { return }
      (steps, numbers) = (columns.steps(of: id), columns.numbers(of: id))
    }

    mutating func number(at step: Int) -> Double? {
      // Steps of one series may come again, the last of them counts; another's may lie between.
      if position > 0, position <= steps.count, steps[position - 1] > step { position = 0 }
      while position < steps.count, steps[position] < step { position += 1 }
      var found: Double?
      while position < steps.count, steps[position] == step {
        found = numbers[position]
        position += 1
      }
      if found != nil { position -= 1 }
      return found
    }
  }
}
