import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Turns the trajectory, where it has a third component.
  mutating func turnTrajectory(_ turn: (inout ViewingDirection) -> Void) {
    guard (dynamics?.shares.count ?? 0) > 2 else {
      return show("states have two principal components: there is nothing to turn")
    }
    turn(&dynamicsControls.direction)
    let direction = dynamicsControls.direction
    show(direction.isTurned ? "rotated by \(direction.words)" : "not rotated")
  }

  /// Picks a fixed point so many lines further; the first press picks the first.
  mutating func pickFixedPoint(by lines: Int) {
    let count = dynamics?.fixedPoints?.points.count ?? 0
    guard count > 0 else { return show("no fixed point to look at") }
    let next = dynamicsControls.fixedPoint.map { $0 + lines } ?? (lines < 0 ? count - 1 : 0)
    dynamicsControls.fixedPoint = min(max(0, next), count - 1)
  }

  /// The fixed point that is looked at, by its place in the list; nil while none is.
  var pickedFixedPoint: Int? {
    guard let index = dynamicsControls.fixedPoint,
      dynamics?.fixedPoints?.points.indices.contains(index) ?? false
    else { return nil }
    return index
  }

  /// The sentence of a panel that has nothing to show of the system.
  func dynamicsAbsence(_ what: String) -> String? {
    if dynamics != nil { return nil }
    if Absence.isSetByHand(self) {
      return "weights set by hand: unfold analyse tells of its fixed points"
    }
    let graph = run?.architecture
    if graph?.shape == .vectorToSequence {
      return "one vector enters every time step: there is no system s(t+1) = g(s(t), x) with one g"
    }
    if graph?.twoDimensional ?? false {
      return "states run over an image in two dimensions: there is no s(t+1) = g(s(t), x)"
    }
    if graph?.unsharedSteps != nil {
      return "every time step has its own weights: there is no s(t+1) = g(s(t), x) with one g"
    }
    return Absence.missing(what, self)
  }
}

extension DashboardState {
  /// The text that was typed, where it is looked at what its answers depend on.
  var typedReading: ReadingFrame? {
    guard dynamicsControls.showsTyped, pastStep == nil, let reading, !reading.attributed.isEmpty
    else { return nil }
    return reading
  }

  /// The position in it that is looked at.
  var typedPosition: Int {
    let last = max(0, (typedReading?.states.symbols.count ?? 1) - 1)
    return min(max(0, dynamicsControls.typedPosition ?? last), last)
  }

  /// Goes on by so many positions in the text that was typed, or in the one that is read.
  mutating func pickPosition(by positions: Int) {
    guard typedReading != nil else { return pickColumn(by: positions) }
    dynamicsControls.typedPosition = typedPosition + positions
    dynamicsControls.typedPosition = typedPosition
  }

  /// Goes to a position, or to the last one.
  mutating func pickPosition(from position: Int) {
    guard typedReading != nil else {
      heatmap.column = min(position, max(0, (shownMap?.columns ?? 1) - 1))
      return pickColumn(by: 0)
    }
    dynamicsControls.typedPosition = position
    dynamicsControls.typedPosition = typedPosition
  }

  mutating func toggleTyped() {
    guard let reading, !reading.attributed.isEmpty else {
      return show("e types a text for the network to read")
    }
    dynamicsControls.showsTyped.toggle()
    show(dynamicsControls.showsTyped ? "the text that you typed" : "the sequence on screen")
  }

  /// The layers that the trajectory's states are made of, where the heatmaps have them: s(t) of
  /// each, and no gate.
  var chainedLayers: [StateMap] {
    guard let frame = dynamics, frame.system.hasSuffix("layers"), let states = hiddenStates
    else { return [] }
    return states.maps.filter { map in
      guard let last = map.name.split(separator: " ").last else { return false }
      return !map.name.hasPrefix("decoder") && Int(last) != nil
    }
  }
}
