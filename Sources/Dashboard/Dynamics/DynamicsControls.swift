import TerminalGraphics
import TrainingEvents

/// What a person set for the pictures of the network as a dynamical system.
struct DynamicsControls: Sendable, Equatable {
  /// What points of a trajectory are coloured by.
  enum Coloring: String, Sendable, CaseIterable {
    case time
    case symbol
    case unit
    /// Of a network of several, the layer whose state changes most.
    case layer

    /// - Parameter hasLayers: whether there are several
    func next(hasLayers: Bool) -> Coloring {
      switch self {
      case .time: .symbol
      case .symbol: .unit
      case .unit: hasLayers ? .layer : .time
      case .layer: .time
      }
    }
  }

  var coloring = Coloring.time
  var direction = ViewingDirection()
  /// Whether arrows say where states go; nil while nobody chose: for networks of two numbers.
  var showsField: Bool?
  /// Whether inputs are shaded by input × gradient instead of the gradient's norm.
  var multipliesInput = false
  /// The fixed point that is looked at, in the order in which they are listed.
  var fixedPoint: Int?
  /// Whether answers of a text that was typed are traced back, where there is one.
  var showsTyped = true
  /// The position in it that is looked at; nil is the last one.
  var typedPosition: Int?

  /// Whether arrows are drawn of a network whose state has so many numbers; nil is not known yet.
  func wantsField(size: Int?) -> Bool { showsField ?? (size == 2) }
}

/// The direction in which a trajectory is looked at: along one component, or turned.
struct ViewingDirection: Sendable, Equatable {
  /// The components that are drawn against each other before anything is turned.
  enum Plane: Int, Sendable, CaseIterable {
    case first, second, third

    /// Indices of the component to the right, of the one upwards and of the one to the viewer.
    var axes: (right: Int, up: Int, depth: Int) {
      switch self {
      case .first: (0, 1, 2)
      case .second: (0, 2, 1)
      case .third: (1, 2, 0)
      }
    }
  }

  var plane = Plane.first
  /// Turns of 15° around the vertical axis, and then towards the viewer.
  private(set) var turned = 0
  private(set) var tilted = 0

  init(_ plane: Plane = .first) { self.plane = plane }

  /// Degrees of one turn.
  static let degrees = 15
  private static let around = 360 / degrees

  var isTurned: Bool { turned != 0 || tilted != 0 }

  mutating func turn(by steps: Int) { turned = (turned + steps) % Self.around }
  mutating func tilt(by steps: Int) { tilted = (tilted + steps) % Self.around }

  /// The components of the plane before it is turned, of so many that there are.
  func fieldAxes(of count: Int) -> DynamicsFrame.PlaneAxes {
    let axes = (count > 2 ? plane : .first).axes
    return DynamicsFrame.PlaneAxes(right: axes.right, up: axes.up)
  }

  /// How much of every component goes to the right, and how much upwards; nil where there are too
  /// few to draw a plane.
  func axes(of count: Int) -> (right: [Double], up: [Double])? {
    guard count > 1 else { return nil }
    let axes = count > 2 ? plane.axes : Plane.first.axes
    var (right, up) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    guard count > 2 else { return ([1, 0], [0, 1]) }
    let (a, b) = (Self.turn(turned), Self.turn(tilted))
    (right[axes.right], right[axes.depth]) = (a.cosine, a.sine)
    (up[axes.right], up[axes.up], up[axes.depth]) = (
      a.sine * b.sine, b.cosine, -a.cosine * b.sine
    )
    return (right, up)
  }

  /// Cosine and sine of so many turns: one after the other, so that no library of mathematics is
  /// needed.
  private static func turn(_ steps: Int) -> (cosine: Double, sine: Double) {
    let (c, s) = (0.96592582628906829, 0.25881904510252076)
    var (cosine, sine) = (1.0, 0.0)
    for _ in 0..<((steps % around + around) % around) {
      (cosine, sine) = (c * cosine - s * sine, s * cosine + c * sine)
    }
    return (cosine, sine)
  }

  /// Such as `45° and 15°`.
  var words: String { "\(turned * Self.degrees)° and \(tilted * Self.degrees)°" }
}

extension DashboardState {
  var dynamics: DynamicsFrame? { seen(.dynamics)?.content as? DynamicsFrame }

  /// The position of the trajectory under the heatmap's cursor, which counts from the first column of
  /// the states on screen: both end with the last step.
  var dynamicsCursor: Int? {
    guard let frame = dynamics, let column = heatmap.column, let map = shownMap else { return nil }
    let position = frame.path.count - map.columns + column
    return frame.path.indices.contains(position) ? position : nil
  }
}

extension DashboardState {
  /// Asks for a range test of learning rates.
  mutating func testRates() -> [DashboardAction] {
    let actions = train(.testRates)
    if actions == [.send(.testRates)] {
      show("learning rates are tried on a copy of the network …")
    }
    return actions
  }
}

extension KeyBindings {
  static let dynamics: [KeyBinding] = [
    key([.left], "←", hint: "position", as: "← →", rank: 5, "the position before") {
      $0.pickPosition(by: -1)
    },
    key([.right], "→", "the position after") { $0.pickPosition(by: 1) },
    key([.home], "home", "the first position") { $0.pickPosition(from: 0) },
    key([.end], "end", "the last position") { $0.pickPosition(from: .max) },
    key(
      [.character("i")], "i",
      "what answers of the text that you typed depend on, or those of the sequence on screen"
    ) { $0.toggleTyped() },
    key([.up], "↑", hint: "fixed point", as: "↑ ↓", rank: 6, "the fixed point above in the list") {
      $0.pickFixedPoint(by: -1)
    },
    key([.down], "↓", "the fixed point below in the list") { $0.pickFixedPoint(by: 1) },
    key(
      [.character("a")], "a", hint: "axes", rank: 7, "draw other principal components"
    ) { state in
      guard (state.dynamics?.shares.count ?? 0) > 2 else {
        return state.show("there is one plane of principal components")
      }
      let planes = ViewingDirection.Plane.allCases
      let next = (state.dynamicsControls.direction.plane.rawValue + 1) % planes.count
      state.dynamicsControls.direction = ViewingDirection(planes[next])
      let axes = planes[next].axes
      state.show("principal components \(axes.right + 1) and \(axes.up + 1)")
    },
    key(
      [.character(">")], ">", hint: "turn", as: "< > v V", rank: 7,
      "turn the trajectory in three dimensions, to the right"
    ) { $0.turnTrajectory { $0.turn(by: 1) } },
    key([.character("<")], "<", "turn it to the left") { $0.turnTrajectory { $0.turn(by: -1) } },
    key([.character("v")], "v", "tilt it towards you") { $0.turnTrajectory { $0.tilt(by: 1) } },
    key([.character("V")], "V", "tilt it away from you") {
      $0.turnTrajectory { $0.tilt(by: -1) }
    },
    key(
      [.character("f")], "f", hint: "field", rank: 8,
      "show or hide arrows that say where states go, s(t+1) − s(t)"
    ) { state in
      let shows = !state.dynamicsControls.wantsField(size: state.dynamics?.size)
      state.dynamicsControls.showsField = shows
      state.show(shows ? "arrows say where states go in one step" : "no arrows")
    },
    key(
      [.character("x")], "x", "shade the text by input × gradient, or by the gradient’s norm"
    ) { state in
      state.dynamicsControls.multipliesInput.toggle()
      let isSigned = state.dynamicsControls.multipliesInput
      state.show(isSigned ? "shaded by input × gradient" : "shaded by the gradient’s norm")
    },
    key(
      [.character("o")], "o", hint: "colour", rank: 8,
      "colour the trajectory by time, symbol, picked unit or the layer that moves most"
    ) { state in
      let next = state.dynamicsControls.coloring.next(hasLayers: state.chainedLayers.count > 1)
      state.dynamicsControls.coloring = next
      state.show("coloured by \(next == .layer ? "the layer that moves most" : next.rawValue)")
    },
    KeyBinding(
      [.character("E")], "E", hint: "rates", rank: 8,
      "explore learning rates on a copy of the network; the run is left as it is", .dynamics,
      in: .dynamics
    ) { $0.testRates() },
  ]

  private static func key(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 8, _ summary: String, change: @escaping @Sendable (inout DashboardState) -> Void
  ) -> KeyBinding {
    .changing(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, .dynamics, in: .dynamics,
      change: change)
  }
}
