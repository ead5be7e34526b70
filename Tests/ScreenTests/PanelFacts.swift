import TrainingEvents

@testable import Dashboard

/// What the numbers of a panel must be, from what the run told and not from what panels make of it.
enum PanelFacts {
  static func header(_ run: ToldRun) -> [Fact] {
    [
      Fact("step ", Double(run.last?.step ?? 0)),
      Fact("/ ", run.description?.totalSteps.map(Double.init)),
      Fact("epoch ", run.last?.epoch, isRequired: false),
      Fact(" parameters", run.description.map { Double($0.parameterCount) }, isBehind: true),
    ]
  }

  static func of(_ panel: PanelKind, _ run: ToldRun) -> [Fact] {
    switch panel {
    case .loss: loss(run) + best(run)
    case .values: values(run)
    case .gradientNorm: gradientNorm(run)
    case .gradientThroughTime: gradientByLag(run)
    case .metric: metric(run)
    case .parameters: parameters(run)
    case .positionLoss: positionLoss(run)
    case .hiddenStates: hiddenStates(run)
    case .unitHealth: units(run)
    case .unitReading: reading(run)
    case .run: runPanel(run)
    case .samples: samples(run)
    case .task: TaskFacts.of(run)
    case .log: log(run)
    case .trajectory: DynamicsFacts.trajectory(run)
    case .spectrum: DynamicsFacts.spectrum(run)
    case .exponents: DynamicsFacts.exponents(run)
    default: []
    }
  }

  // MARK: Losses

  private static func loss(_ run: ToldRun, isLegend: Bool = true) -> [Fact] {
    let smoothed = run.state.history.smoothedLoss.last.map(Double.init)
    // The chart's legend says whose validation it is.
    let averages = isLegend && run.description?.averagesWeights == true
    return [
      Fact("train ", run.last?.loss), Fact("smoothed ", smoothed),
      Fact("smooth ", smoothed, isRequired: false),
      Fact("validation ", run.validations.last?.loss, isRequired: !averages),
      Fact(
        "validation of averaged weights ", run.validations.last?.loss, isRequired: averages),
      Fact("valid ", run.validations.last?.loss, isRequired: false),
    ]
  }

  private static func best(_ run: ToldRun) -> [Fact] {
    let isNats = run.description?.lossUnit == .natsPerTarget
    return [
      Fact("best ", run.best?.loss), Fact("at step ", run.best.map { Double($0.step) }),
      Fact(" bits", isNats ? run.best.map { $0.loss / 0.693147180559945 } : nil, isBehind: true),
    ]
  }

  private static func values(_ run: ToldRun) -> [Fact] {
    let metric = run.description?.metric
    return loss(run, isLegend: false) + best(run) + [
      Fact("gradient norm ", run.last?.gradientNorm),
      Fact("gradient ", run.last?.gradientNorm, isRequired: false),
      Fact("learning rate ", run.last?.learningRate),
      Fact("rate ", run.last?.learningRate, notRow: ["learning"], isRequired: false),
      Fact("epoch ", run.last?.epoch), Fact("time ", run.last?.elapsed, .duration),
      Fact("smoothing ", run.state.history.smoothing),
    ]
      + (metric.map { metric in
        [
          Fact(
            "◆ \(measureName(metric, run)) ", measure(run.validations.last?.metric, metric),
            form(metric))
        ]
      } ?? [])
  }

  /// A network that writes sequences is measured symbol by symbol, and the screen says so.
  private static func measureName(_ metric: MetricDescription, _ run: ToldRun) -> String {
    let isWriter =
      run.description.map { [.sequenceToSequence, .captioning].contains($0.task) } ?? false
    guard isWriter, metric.name == "accuracy" else { return metric.name }
    return "\(run.description?.targetName ?? "") accuracy"
  }

  private static func metric(_ run: ToldRun) -> [Fact] {
    guard let metric = run.description?.metric else { return [] }
    let known = run.validations.compactMap { record in record.metric.map { (record.step, $0) } }
    let best = metric.higherIsBetter ? known.map(\.1).max() : known.map(\.1).min()
    return [
      Fact("now ", measure(known.last?.1, metric), form(metric)),
      Fact("best ", measure(best, metric), form(metric)),
      Fact("at step ", anyOf: known.filter { $0.1 == best }.map { Double($0.0) }),
    ]
  }

  /// A measure in percent is told in percent already.
  private static func measure(_ value: Double?, _ metric: MetricDescription) -> Double? {
    metric.unit == "%" ? value.map { $0 / 100 } : value
  }

  private static func form(_ metric: MetricDescription) -> ShownNumber.Form {
    metric.unit == "%" ? .share : .number
  }

  private static func positionLoss(_ run: ToldRun) -> [Fact] {
    guard let frame: HiddenStateFrame = run.frames.newest() else { return [] }
    let losses = frame.loss.filter(\.isFinite)
    guard !losses.isEmpty else { return [] }
    return [
      Fact("Σ L(t) = ", Double(losses.reduce(0, +))), Fact(" over ", Double(losses.count)),
    ]
  }

  // MARK: Gradients and parameters

  private static func gradientNorm(_ run: ToldRun) -> [Fact] {
    let told = run.records.compactMap(\.clipped)
    let share = Double(told.count { $0 }) / Double(max(1, told.count))
    return [
      Fact("now ", run.last?.gradientNorm), Fact("clip ", run.description?.clipNorm),
      Fact("clipped ", share, .share, isRequired: run.description?.clipNorm != nil),
    ]
  }

  private static func gradientByLag(_ run: ToldRun) -> [Fact] {
    guard let frame: GradientByLag = run.frames.newest(), let curve = frame.curves.first else {
      return []
    }
    let name = run.description?.stepName ?? "step"
    let known = curve.norms.drop { !($0 > 0) }.map { Double($0) }
    let reach = (known.lastIndex { $0 >= 0.01 * (known.first ?? 0) } ?? 0) + 1
    let isReached = reach < known.count
    var facts = [
      Fact("ρ(∂s(t+1)/∂s(t)) ", run.statistics?.jacobianRadius),
      Fact(
        " at step ", run.statistics.map { Double($0.spectrumStep ?? $0.step) }, isRequired: false),
      Fact(" \(name)s back", Double(curve.norms.count - 1), isBehind: true, isRequired: false),
      Fact(
        "1 % left after ", isReached ? Double(reach) : nil,
        isRequired: isReached && !LagFit(curve.norms).stretches.isEmpty),
    ]
    let stretches = LagFit(curve.norms).stretches
    if let first = stretches.first, let last = stretches.last {
      let factor = stretches.count > 1 ? first.total : first.factor
      for verdict in ["vanishes", "falls", "holds", "grows", "explodes"] {
        facts.append(Fact("\(verdict) ×", factor, isRequired: false))
        facts.append(Fact("\(verdict): ×", factor, isRequired: false))
      }
      facts += [
        Fact("then ×", last.factor, isRequired: stretches.count > 1),
        Fact("in the first ", Double(first.steps), isRequired: false),
      ]
    }
    return facts
  }

  private static func parameters(_ run: ToldRun) -> [Fact] {
    guard let statistics = run.statistics else { return [] }
    let squares = statistics.parameters.map { $0.gradientNorm * $0.gradientNorm }
    let total = squares.filter(\.isFinite).reduce(0, +)
    func number(_ value: Double) -> Fact.Number {
      Fact.Number(values: value.isFinite ? [value] : [])
    }
    let w = statistics.recurrentSymbol
    // The last row is theirs, where there is one left.
    let hasRoom = statistics.parameters.count <= 6
    return zip(statistics.parameters, squares).flatMap { parameter, square in
      [
        Fact(
          " \(parameter.name) ",
          each: [
            number(parameter.norm), number(parameter.gradientNorm), number(parameter.updateRatio),
          ]),
        // Where there is no room for names, there is none for the norm of the weights.
        Fact(
          "│ \(parameter.symbol) ",
          each: [number(parameter.gradientNorm), number(parameter.updateRatio)]),
      ]
        + ["healthy", "tiny", "large"].map { verdict in
          Fact(
            " \(verdict) ", square / total, .share, row: " \(parameter.name) ", isRequired: false)
        }
    } + [
      Fact("spectral radius of ∂s(t+1)/∂s(t) ", statistics.jacobianRadius, isRequired: hasRoom),
      Fact("ρ(\(w)) ", statistics.spectralRadius, isRequired: hasRoom),
      Fact("σmax(\(w)) ", statistics.largestSingularValue, isRequired: hasRoom),
      Fact("mean slope \(statistics.slopeFormula) ", statistics.meanSlope, isRequired: false),
      Fact("gradient noise ÷ norm ", statistics.gradientNoise, isRequired: false),
    ]
  }

  // MARK: States

  private static func hiddenStates(_ run: ToldRun) -> [Fact] {
    guard let frame: HiddenStateFrame = run.frames.newest(), let map = frame.maps.first else {
      return []
    }
    let place = frame.maps.count > 1 ? ", heatmap 1 of \(frame.maps.count)" : ""
    return [
      Fact("s(t)  \(map.name)\(place)  ", Double(map.lowest)),
      Fact("  \(map.units) units", Double(map.highest), isBehind: true),
      Fact(" units", Double(map.units), isBehind: true, isRequired: map.units > 1),
      Fact("heatmap 1 of ", Double(frame.maps.count), isRequired: false),
    ]
  }

  private static func units(_ run: ToldRun) -> [Fact] {
    guard let frame: HiddenStateFrame = run.frames.newest(), let map = frame.maps.first else {
      return []
    }
    let margin = 0.015 * (map.highest - map.lowest)
    let known = map.values.filter(\.isFinite)
    let atEnd = known.count { $0 <= map.lowest + margin || $0 >= map.highest - margin }
    let columns = (0..<map.units).map { unit in
      stride(from: unit, to: map.values.count, by: map.units).map { map.values[$0] }
    }
    let saturated = columns.map { values in
      Double(values.count { $0 <= map.lowest + margin || $0 >= map.highest - margin })
        >= 0.9 * Double(values.count)
    }
    let constant = zip(columns, saturated).count { values, isSaturated in
      let range = (values.max() ?? 0) - (values.min() ?? 0)
      return !isSaturated && range < 0.01 * (map.highest - map.lowest)
    }
    return [
      Fact("saturated ", Double(atEnd) / Double(max(1, known.count)), .share),
      Fact("always saturated: ", Double(saturated.count { $0 })),
      Fact("constant: ", Double(constant)),
      Fact(
        "mean slope \(run.statistics?.slopeFormula ?? "") ", run.statistics?.meanSlope,
        isRequired: false),
    ]
  }

  private static func reading(_ run: ToldRun) -> [Fact] {
    guard let frame: PassageFrame = run.frames.newest(), let unit = run.state.shownUnit else {
      return []
    }
    let count = Double(min(frame.symbols.count, frame.map.columns))
    return [
      Fact("Activation of unit ", Double(unit)),
      Fact(" characters, held-out", count, isBehind: true, isRequired: false),
      Fact(" positions, held-out", count, isBehind: true, isRequired: false),
    ] + activations(frame, unit)
  }

  /// Each symbol's mean activation, wherever the panel lists it.
  private static func activations(_ frame: PassageFrame, _ unit: Int) -> [Fact] {
    var sums: [String: (sum: Double, count: Double)] = [:]
    for (column, symbol) in frame.symbols.enumerated() where column < frame.map.columns {
      let value = Double(frame.map.values[column * frame.map.units + unit])
      let old = sums[symbol] ?? (0, 0)
      sums[symbol] = (old.sum + value, old.count + 1)
    }
    // A text with thousands of words would be searched for each of them.
    guard sums.count <= 100 else { return [] }
    return sums.flatMap { symbol, total in
      ["highest activation ", "lowest activation "].map { row in
        var fact = Fact("  \(ReadableSymbol.text(symbol)) ", total.sum / total.count)
        (fact.row, fact.isRequired) = (row, false)
        return fact
      }
    }
  }

  // MARK: The run

  private static func runPanel(_ run: ToldRun) -> [Fact] {
    let rates = run.state.rates
    let name = run.description?.targetName ?? "target"
    let unit = name == "step" ? " time steps/s" : " \(name)s/s"
    let share = run.last.map { Double($0.step) / Double(run.description?.totalSteps ?? 1) }
    let facts = [
      Fact(" steps/s", rates.stepsPerSecond, .compact, isBehind: true),
      Fact(unit, rates.tokensPerSecond, .compact, isBehind: true),
      Fact("memory ", Double(ShownRun.memory), .bytes),
      Fact("history ", Double(run.records.count)),
      // The bar ends with its share.
      Fact(" %", share.map { 100 * $0 }, isBehind: true, row: "FINISHED"),
    ]
    guard run.description?.task != .handBuilt else {
      let metric = run.validations.last?.metric
      return facts + [
        Fact("accuracy ", metric.map { $0 / 100 }, .share),
        Fact("time ", run.last?.elapsed, .duration),
      ]
    }
    let statistics = run.statistics
    return facts + [
      Fact("time ", run.last?.elapsed, .duration),
      Fact("learning rate ", run.last?.learningRate),
      Fact("rate ", run.last?.learningRate, notRow: ["learning"], isRequired: false),
      Fact("clip ", run.description?.clipNorm),
      Fact("saturated ", statistics?.saturated, .share),
      Fact("dead ", statistics?.dead, .share, isRequired: false),
      Fact("at step ", statistics.map { Double($0.step) }),
      Fact("ρ(∂s(t+1)/∂s(t)) ", statistics?.jacobianRadius, isRequired: false),
      Fact(
        "ρ(\(statistics?.recurrentSymbol ?? "W")) ",
        statistics?.jacobianRadius == nil ? statistics?.spectralRadius : nil),
    ]
  }

  private static func samples(_ run: ToldRun) -> [Fact] {
    guard let frame: SampleFrame = run.frames.newest() else { return [] }
    return [
      Fact("Samples  T ", frame.temperature), Fact("  at step ", Double(frame.step)),
    ]
  }

  private static func log(_ run: ToldRun) -> [Fact] {
    let snapshot = run.snapshot?.bytes.map { [Double($0)] } ?? []
    return [
      Fact("validation loss ", anyOf: run.validations.map(\.loss)),
      Fact("now ", anyOf: run.validations.map(\.loss)),
      Fact("\(run.snapshot?.path ?? "")  ", anyOf: snapshot, .bytes),
      Fact("completed: all ", run.last.map { Double($0.step) }),
    ]
  }
}
