import Glibc

/// Every name that a lesson's formulas may use, in one table: the reader of lessons checks names
/// against it, and the dashboard answers them.
public enum LessonVocabulary {
  /// A quantity of the run.
  public struct Quantity: Sendable {
    /// What an argument has to be.
    public enum Argument: Sendable {
      /// A number.
      case number
      /// A name in quotes.
      case text
    }

    /// As lessons write it, such as `loss.at`.
    public var name: String
    /// What has to stand in parentheses behind it.
    public var arguments: [Argument]
    /// What must be measured for it, besides scalars.
    public var interests: ProbeRequest.Interests
    /// What it is, in a few words.
    public var summary: String

    init(
      _ name: String, _ arguments: [Argument] = [], from interests: ProbeRequest.Interests = [],
      saying summary: String
    ) {
      (self.name, self.arguments) = (name, arguments)
      (self.interests, self.summary) = (interests, summary)
    }
  }

  /// Every quantity of a run that a lesson can name.
  public static let quantities: [Quantity] = [
    Quantity("step", saying: "steps trained"),
    Quantity("loss", saying: "training loss, averaged over the last 20 steps"),
    Quantity(
      "loss.at", [.number], saying: "training loss, averaged over the 20 steps up to a step"),
    Quantity(
      "loss.halved", saying: "the first step whose averaged loss is half of the first one's"),
    Quantity("validation", saying: "validation loss, the newest"),
    Quantity("validation.best", saying: "validation loss, the lowest"),
    Quantity("validation.best.step", saying: "the step of the lowest validation loss"),
    Quantity("metric", saying: "the task's own metric at the newest validation"),
    Quantity("gradient", saying: "norm of the gradient before clipping, the newest"),
    Quantity(
      "gradient.largest", [.number],
      saying: "largest norm of the gradient over the last so many steps"),
    Quantity("clipped", saying: "share of clipped steps, from 0 to 1"),
    Quantity("learning.rate", saying: "the learning rate"),
    Quantity("clip.norm", saying: "the clipping norm"),
    Quantity("speed", saying: "steps a second"),
    Quantity("parameters", saying: "how many parameters the network has"),
    Quantity("hidden", saying: "units of a layer"),
    Quantity("inputs", saying: "width of an input"),
    Quantity("outputs", saying: "width of an output"),
    Quantity("layers", saying: "layers of the network"),
    Quantity(
      "lag.factor", from: [.gradientByLag],
      saying: "change of the gradient's norm over one time step back"
    ),
    Quantity(
      "lag.reach", [.number], from: [.gradientByLag],
      saying: "time steps back at which less than this share of the gradient is left"),
    Quantity(
      "lag.at", [.number], from: [.gradientByLag],
      saying: "share of the gradient left so many time steps back"),
    Quantity(
      "lag.length", from: [.gradientByLag],
      saying: "time steps back over which a gradient was measured"),
    Quantity("rho", from: [.statistics], saying: "spectral radius of W"),
    Quantity("sigma", from: [.statistics], saying: "largest singular value of W"),
    Quantity(
      "jacobian", from: [.statistics],
      saying: "spectral radius of ∂s(t+1)/∂s(t), averaged along a text"),
    Quantity("slope", from: [.statistics], saying: "mean slope of the activation"),
    Quantity("saturated", from: [.statistics], saying: "share of states beyond ±0.97"),
    Quantity(
      "lambda", from: [.dynamics], saying: "the largest Lyapunov exponent, in nats a time step"),
    Quantity(
      "dimensions", from: [.dynamics], saying: "dimensions that states use (participation ratio)"),
    Quantity(
      "fixed.points", [.text], from: [.dynamics],
      saying: "fixed points found of a kind, such as fixed.points(\"stable\")"),
    Quantity("norm", [.text], from: [.statistics], saying: "norm of a parameter by its symbol"),
    Quantity("gradient.of", [.text], from: [.statistics], saying: "norm of a parameter's gradient"),
    Quantity("columns", from: [.hiddenStates], saying: "time steps that are read"),
    Quantity(
      "state", [.number, .number], from: [.hiddenStates], saying: "state of a unit at a time step"),
    Quantity(
      "gate", [.text], from: [.hiddenStates],
      saying: "mean of the map whose name has this in it, as forget gate"),
    Quantity("position.loss", [.number], from: [.hiddenStates], saying: "loss at a time step"),
    Quantity(
      "position.worst", from: [.hiddenStates], saying: "the time step with the highest loss"),
    Quantity(
      "period", from: [.hiddenStates],
      saying: "time steps from peak to peak of the unit that changes most"),
    Quantity("change", [.number], from: [.hiddenStates], saying: "‖s(t) − s(t−1)‖ at a time step"),
    Quantity("walk.steps", from: [.trace], saying: "columns of the walk"),
    Quantity("walk.stops", from: [.trace], saying: "nodes of the walk, forward and back"),
    Quantity(
      "node", [.text, .text], from: [.trace],
      saying: "a term of a node, such as node(\"∇s(2)\", \"together\")"),
    Quantity(
      "node.unit", [.text, .text, .number], from: [.trace],
      saying: "a quantity of a node for a unit, such as node.unit(\"s(1)\", \"s\", 0)"),
    Quantity("node.column", saying: "the column of the node that the walk stands at, from 1"),
    Quantity(
      "probability", [.number], from: [.trace],
      saying: "ŷ of the likeliest output in a column, from 1"),
    Quantity("column.loss", [.number], from: [.trace], saying: "L(t) in a column, from 1"),
    Quantity("accuracy", from: [.task], saying: "share of right answers on held-out examples"),
    Quantity(
      "free.accuracy", from: [.task], saying: "the same with the network reading its own outputs"),
    Quantity(
      "attention.peak", [.number], from: [.task],
      saying: "time step of the source that an output looks at most"),
    Quantity(
      "attention.share", [.number], from: [.task],
      saying: "how much of an output's attention goes there"),
    Quantity("source.length", from: [.task], saying: "symbols of the source shown"),
    Quantity("output.length", from: [.task], saying: "symbols that the network writes for it"),
    Quantity("forecast.error", from: [.task], saying: "mean squared error of the forecasts shown"),
    Quantity(
      "forecast.period", from: [.task],
      saying: "time steps from peak to peak of the forecasts shown"),
    Quantity(
      "stack", [.number], from: [.task], saying: "the stack's number after a symbol, from 1"),
    Quantity(
      "depth", [.number], from: [.task], saying: "how many symbols the stack holds after a symbol"),
    Quantity("accepted", from: [.task], saying: "1 where the string shown is accepted"),
    Quantity("read.length", saying: "symbols of the text that was typed"),
    Quantity("read.accepted", saying: "1 where the text that was typed is accepted"),
    Quantity("read.stack", saying: "the largest sum of the stack's units over the typed text"),
    Quantity(
      "read.probability", saying: "probability of the likeliest answer to the text that was typed"),
    Quantity("paused", saying: "1 while the run is paused"),
    Quantity("training", saying: "1 while it trains"),
    Quantity("view", [.text], saying: "1 while a view is on screen"),
    Quantity("focused", [.text], saying: "1 while a panel has the focus"),
    Quantity("folded", saying: "1 while the graph is folded"),
    Quantity("walking", saying: "1 while somebody walks through the graph"),
    Quantity("walking.back", saying: "1 while the walk goes back through time"),
    Quantity("at", [.text], saying: "1 while the walk stands at a node"),
    Quantity("setting", [.text], saying: "a hyperparameter by its key"),
    Quantity("edited", [.text], saying: "what weights were edited to, such as edited(\"W[0,1]\")"),
    Quantity("cursor", saying: "the step under a chart's cursor"),
  ]

  /// Functions of numbers.
  public static let functions: [String: @Sendable ([Double]) -> Double?] = [
    "abs": { $0.first.map { abs($0) } }, "min": { $0.min() }, "max": { $0.max() },
    "log": { $0.first.map { log($0) } }, "log2": { $0.first.map { log2($0) } },
    "log10": { $0.first.map { log10($0) } }, "exp": { $0.first.map { exp($0) } },
    "sqrt": { $0.first.map { $0.squareRoot() } }, "round": { $0.first.map { $0.rounded() } },
    "floor": { $0.first.map { $0.rounded(.down) } }, "ceil": { $0.first.map { $0.rounded(.up) } },
  ]

  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

  private static let byName = Dictionary(
    quantities.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// Forms that take a formula instead of a value.
  private static let forms: Set<String> = ["before", "other"]

  /// What is wrong with a name and its arguments; nil when nothing is.
  static func mistake(in call: LessonExpression) -> String? {
    guard case .call(let name, let arguments) = call else { return nil }
    if forms.contains(name) {
      return arguments.count == 1 ? nil : "\(name) takes one formula, found \(arguments.count)"
    }
    if functions[name] != nil {
      return arguments.isEmpty ? "\(name) takes a number" : nil
    }
    guard let quantity = byName[name] else {
      let names = byName.keys.sorted() + functions.keys.sorted() + forms.sorted()
      let near = EditDistance.nearest(to: name, among: names)
      return "there is no quantity \(name)" + (near.map { "; did you mean \($0)?" } ?? "")
    }
    guard arguments.count == quantity.arguments.count else {
      return "\(name) takes \(quantity.arguments.count) arguments, found \(arguments.count)"
    }
    for (argument, kind) in zip(arguments, quantity.arguments) {
      let isText = if case .text = argument { true } else { false }
      if isText != (kind == .text) {
        return "\(name) takes \(kind == .text ? "a name in quotes" : "a number")"
      }
    }
    return nil
  }

  /// What must be measured for a formula.
  public static func interests(of expression: LessonExpression) -> ProbeRequest.Interests {
    expression.names.reduce(into: []) { $0.formUnion(byName[$1]?.interests ?? []) }
  }
}
