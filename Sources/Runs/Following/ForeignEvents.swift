import TrainingEvents

// What was gathered from a log becomes events.
extension ForeignRun {
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
  mutating func closeBatch() {
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
  func rank(_ id: Int, as role: ForeignNames.Role) -> Int {
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
