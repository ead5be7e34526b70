import TerminalGraphics
import TrainingEvents

extension Command {
  static let training: [Command] = [
    Command("pause", "", "pause training") { state, _ throws(CommandMistake) in
      state.train(.pause)
    },
    Command("resume", "", "resume training") { state, _ throws(CommandMistake) in
      state.train(.resume)
    },
    Command(
      "step", "[N]", "train N steps, then pause",
      candidates: offer(["1", "10", "100"], "steps")
    ) { state, argument throws(CommandMistake) in
      let count = argument.isEmpty ? 1 : try whole(argument, "step needs a number of steps")
      return state.train(.step(count: count))
    },
    Command(
      "run", "until step|epoch|loss N", "train until then, and pause",
      candidates: runCandidates
    ) { state, argument throws(CommandMistake) in
      let limit = try runLimit(argument, state)
      return state.train(.run(until: limit))
    },
    Command(
      "set", "PATH=VALUE", "change a hyperparameter while it trains", candidates: setCandidates
    ) { state, argument throws(CommandMistake) in
      let (key, value) = try assignment(argument)
      return try state.set(key: key, value: value)
    },
    Command(
      "edit", "W[ROW,COLUMN]=VALUE",
      "set weights: one, a row W[0], a column W[:,1], a gate's bias b[f]",
      candidates: editCandidates
    ) { state, argument throws(CommandMistake) in
      let (key, value) = try assignment(argument, "edit", "W[0,1]=0.5", separators: "=")
      guard key.hasSuffix("]") else {
        throw CommandMistake("edit needs a place in brackets, such as: edit W[0,1]=0.5")
      }
      return try state.set(key: key, value: value)
    },
    Command("snapshot", "", "write a snapshot; the screen says where") {
      state, _ throws(CommandMistake) in
      state.show("writing a snapshot …")
      return [.send(.snapshot)]
    },
    Command("undo", "", "undo the last change of a hyperparameter; no training is lost") {
      state, _ throws(CommandMistake) in
      state.takeBack()
    },
    Command(
      "back", "",
      "go back to the last snapshot of this session; asks first when steps would be lost"
    ) { state, _ throws(CommandMistake) in
      state.goBack(.undo)
    },
    Command("best", "", "go back to the weights of the best validation; asks first") {
      state, _ throws(CommandMistake) in
      state.goBack(.best)
    },
    Command(
      "pace", "N|none", "steps a second at most; results stay the same",
      candidates: offer(["1", "10", "100", "none"], "steps a second")
    ) { state, argument throws(CommandMistake) in
      let pace = argument == "none" ? nil : try number(argument, "pace needs a number or none")
      guard pace.map({ $0 > 0 }) ?? true else {
        throw CommandMistake("pace needs a number above 0 or none, not \(argument)")
      }
      state.pace = pace
      return state.train(.pace(pace))
    },
    Command(
      "rates", "", "try learning rates on a copy of the network; view 8 shows which learn"
    ) { state, _ throws(CommandMistake) in
      state.testRates()
    },
    Command(
      "restart", "",
      "begin the run again from its first step; asks first when steps would be lost"
    ) { state, _ throws(CommandMistake) in
      state.goBack(.restart)
    },
  ]

  private static func offer(
    _ texts: [String], _ summary: String
  ) -> @Sendable (DashboardState) -> [Prompt.Candidate] {
    { _ in texts.map { Prompt.Candidate(text: $0, summary: summary) } }
  }

  @Sendable private static func runCandidates(_ state: DashboardState) -> [Prompt.Candidate] {
    [
      Prompt.Candidate(
        text: "until step \(state.currentStep &+ 1000)",
        summary: "now at \(NumberText.grouped(state.currentStep))"),
      Prompt.Candidate(
        text: "until epoch \(NumberText.fixed((state.history.last?.epoch ?? 0) + 1, 0))",
        summary: "now at \(NumberText.fixed(state.history.last?.epoch ?? 0, 2))"),
      Prompt.Candidate(
        text: "until loss ",
        summary: "smoothed, now "
          + LossText.plain(Double(state.history.smoothedLoss.last ?? .nan), state.run)),
    ]
  }

  @Sendable private static func setCandidates(_ state: DashboardState) -> [Prompt.Candidate] {
    state.hyperparameters.map { hyperparameter in
      Prompt.Candidate(
        text: hyperparameter.key + "=",
        summary:
          "\(hyperparameter.label), \(state.isKnown(hyperparameter) ? "now " : "")\(state.text(of: hyperparameter))"
      )
    }
  }

  @Sendable private static func editCandidates(_ state: DashboardState) -> [Prompt.Candidate] {
    (state.statistics?.parameters ?? []).map {
      Prompt.Candidate(text: $0.symbol + "[", summary: $0.name)
    }
  }

  static func whole(_ text: String, _ what: String) throws(CommandMistake) -> Int {
    guard let number = Int(text.filter { $0 != "," && $0 != "_" }), number > 0,
      number < 1_000_000_000
    else { throw CommandMistake("\(what), not “\(text)”") }
    return number
  }

  static func number(_ text: String, _ what: String) throws(CommandMistake) -> Double {
    guard let number = Double(text), number.isFinite else {
      throw CommandMistake("\(what), not “\(text)”")
    }
    return number
  }

  /// `until step 5000`, `until epoch 2`, `until loss 2.2`, or a number of further steps.
  private static func runLimit(
    _ argument: String, _ state: DashboardState
  ) throws(CommandMistake) -> RunLimit {
    var words = argument.split(separator: " ").map(String.init)
    if words.first == "until" { words.removeFirst() }
    guard let what = words.first else {
      throw CommandMistake("run needs a limit, such as: run until step 5000")
    }
    if words.count == 1, what.first?.isNumber ?? false {
      let more = try whole(what, "run needs a number of steps")
      return .step(state.currentStep &+ more)
    }
    guard words.count == 2 else {
      throw CommandMistake("run needs one limit, such as: run until loss 2.2")
    }
    switch what {
    case "step":
      let step = try whole(words[1], "run until step needs a step")
      guard step > state.currentStep else {
        throw CommandMistake(
          "step \(step) is past: the run is at \(NumberText.grouped(state.currentStep))")
      }
      return .step(step)
    case "epoch": return .epoch(try number(words[1], "run until epoch needs a number"))
    case "loss": return .loss(try number(words[1], "run until loss needs a number"))
    default:
      throw CommandMistake("run knows step, epoch and loss as limits, not “\(what)”")
    }
  }

  private static func assignment(
    _ argument: String, _ command: String = "set", _ example: String = "training.clip-norm=5",
    separators: String = "= "
  ) throws(CommandMistake) -> (key: String, value: String) {
    let mistake = CommandMistake(
      "\(command) needs \(command == "set" ? "PATH" : "W[ROW,COLUMN]")=VALUE, such as: "
        + "\(command) \(example)")
    guard let separator = argument.firstIndex(where: separators.contains) else { throw mistake }
    let key = String(argument[..<separator]).trimmed
    var value = String(argument[argument.index(after: separator)...]).trimmed
    if value.hasPrefix("=") { value = String(value.dropFirst()).trimmed }
    guard !key.isEmpty, !value.isEmpty else { throw mistake }
    return (key, value)
  }
}
