/// What a person did at the keyboard or with the mouse, free of any terminal library.
public enum Key: Sendable, Hashable {
  case character(Character)
  /// Control together with a letter, such as `control("c")`.
  case control(Character)
  case enter
  case escape
  case tab
  case backTab
  case backspace
  case delete
  case up
  case down
  case left
  case right
  case home
  case end
  case pageUp
  case pageDown
  /// F1 is 1.
  case function(Int)
  /// Text that arrived as one piece (bracketed paste).
  case paste(String)
  case mouse(MouseEvent)
}

public struct MouseEvent: Sendable, Hashable {
  public enum Action: Sendable, Hashable {
    case press
    case release
    case drag
    case scrollUp
    case scrollDown
  }

  public var action: Action
  public var x: Int
  public var y: Int

  public init(action: Action, x: Int, y: Int) {
    self.action = action
    self.x = x
    self.y = y
  }
}
