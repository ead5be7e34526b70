import TerminalGraphics
import TrainingEvents

extension WorkspaceState {
  /// What takes the keys now, the first one first.
  var contexts: [WorkspaceKey.Context] {
    if helpScroll != nil { return [.help] }
    return switch typing {
    case .filter: [.filter]
    case .curve: [.curve]
    case nil: [focus == .list ? .list : .chart, .any]
    }
  }

  /// Does what a key stands for.
  public mutating func handle(_ key: Key) -> [WorkspaceAction] {
    if case .mouse(let event) = key { return handle(event) }
    (needsRedraw, message) = (true, nil)
    if let binding = WorkspaceKey.binding(for: key, in: contexts) { return binding.perform(&self) }
    guard typing != nil else { return [] }
    switch key {
    case .character(let character): edit { $0.insert(String(character)) }
    case .paste(let text): edit { $0.insert(text) }
    default: break
    }
    return []
  }

  /// Changes what is typed; it works at once.
  mutating func edit(_ change: (inout LineEditor) -> Void) {
    switch typing {
    case .filter:
      filter.edit(change)
      arrange()
    case .curve:
      change(&search)
      findCurve()
    case nil: break
    }
  }

  mutating func togglePin() {
    guard let id = cursor, row != nil else { return }
    if pinned.remove(id) == nil { pinned.insert(id) }
    arrange()
  }

  /// Opens the run under the cursor, once there is something of it.
  mutating func openCurrent() -> [WorkspaceAction] {
    guard let current else { return [] }
    guard current.state != .waiting else {
      show("\(current.name) has not begun: it trains when its turn comes")
      return []
    }
    return [.open(current.id)]
  }

  /// Takes back the last thing that changed what is seen.
  mutating func goBack() {
    if reading != nil {
      (chart.cursor, placeCursor) = (nil, nil)
    } else if !filter.isEmpty {
      filter.clear()
      arrange()
    } else if focus == .chart {
      focus = .list
    } else if !chosen.isEmpty {
      chooseNone()
    } else {
      show("q quits")
    }
  }

  // MARK: Curves

  /// Moves the cursor by columns of cells; a first press sets it at the end.
  mutating func moveReading(byColumns columns: Int) {
    let extent = extentOfSteps
    guard let first = extent.steps.first, let last = extent.steps.last else {
      return show("there is no curve to read yet")
    }
    if !curve.isOverTraining {
      let places = placesOfCurves
      let most = places.count - 1
      let at = placeCursor.flatMap { cursor in places.lastIndex { $0 <= cursor } }
      let columns = min(max(columns, -most), most)
      placeCursor = places[min(max(0, at.map { $0 + columns } ?? (columns < 0 ? most : 0)), most)]
      return
    }
    if columns == .min / 2 { return chart.moveCursor(to: first, in: extent) }
    if columns == .max / 2 { return chart.moveCursor(to: last, in: extent) }
    guard let shown = chart.steps(in: extent) else { return }
    let cells = WorkspaceLayout(size, focus: focus).chart?.width ?? size.width
    let perColumn = max(1, (shown.upperBound - shown.lowerBound) / max(1, cells - 10))
    chart.moveCursor(by: columns * perColumn, in: extent)
  }

  /// Every lag or length that one of the curves has.
  private var placesOfCurves: [Int] {
    Set(shown.compactMap { curves[$0.id].flatMap { RunCurve(curve, of: $0) } }.flatMap(\.places))
      .sorted()
  }

  mutating func zoom(by factor: Double) {
    guard curve.isOverTraining else { return show("all \(curve.axis.place)s are shown") }
    chart.zoom(by: factor, in: extentOfSteps)
  }

  mutating func scrollHelp(by lines: Int) {
    let most = WorkspaceHelp.mostScroll(size)
    helpScroll = helpScroll.map { min(max(0, $0 + lines), most) }
  }

  // MARK: The mouse

  /// A click chooses a run, a second one opens it; on a column's name it sorts, in the curves it reads.
  mutating func handle(_ event: MouseEvent) -> [WorkspaceAction] {
    guard typing == nil, helpScroll == nil else { return [] }
    let layout = WorkspaceLayout(size, focus: focus)
    if let rect = layout.list, rect.contains(x: event.x, y: event.y) {
      return handle(event, inList: rect)
    }
    if let rect = layout.chart, rect.contains(x: event.x, y: event.y), event.action == .press {
      (focus, needsRedraw) = (.chart, true)
      let scene = Scene(state: DashboardState(), appearance: Appearance())
      let inner = Rect(x: 0, y: 0, width: rect.width, height: rect.height).inset(1, 1)
      guard let frame = OverlayDrawing(self, scene).frame(in: inner),
        frame.plot.contains(x: event.x - rect.x, y: event.y - rect.y)
      else { return [] }
      let place = Int(frame.place(ofColumn: event.x - rect.x).rounded())
      if !curve.isOverTraining {
        placeCursor = placesOfCurves.min { abs($0 - place) < abs($1 - place) }
      } else {
        chart.moveCursor(to: place, in: extentOfSteps)
      }
    }
    return []
  }

  private mutating func handle(_ event: MouseEvent, inList rect: Rect) -> [WorkspaceAction] {
    let place = ListPlace(self, inner: rect.inset(1, 1))
    switch event.action {
    case .scrollDown: move(by: 1)
    case .scrollUp: move(by: -1)
    case .press:
      (focus, needsRedraw) = (.list, true)
      if event.y == place.header.y {
        let columns = ListColumns(in: place.header).columns
        guard let column = columns.last(where: { $0.x <= event.x })?.column else { return [] }
        order.use(column)
        arrange()
      } else if place.rows.contains(x: event.x, y: event.y) {
        let row = place.first + event.y - place.rows.y
        guard rows.indices.contains(row) else { return [] }
        if row == self.row { return openCurrent() }
        move(toRow: row)
      }
    case .release, .drag: break
    }
    return []
  }
}
