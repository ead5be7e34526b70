import TerminalGraphics

/// The panels that views are made of: each is listed with its drawing, and stands where `ViewLayout`
/// and `OverviewLayout` put it.
struct PanelKind: Sendable, Hashable, CustomStringConvertible {
  let drawing: any Panel

  init(_ drawing: any Panel) { self.drawing = drawing }

  private var identity: ObjectIdentifier { ObjectIdentifier(type(of: drawing)) }

  static func == (a: PanelKind, b: PanelKind) -> Bool { a.identity == b.identity }
  func hash(into hasher: inout Hasher) { hasher.combine(identity) }

  var description: String { drawing.name }
}

/// Where a panel stands.
struct PanelPlacement: Sendable, Equatable {
  var panel: PanelKind
  var rect: Rect
}
