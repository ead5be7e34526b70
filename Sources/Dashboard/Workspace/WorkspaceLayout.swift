import TerminalGraphics

/// Where the list and the curves of a workspace stand on a screen.
struct WorkspaceLayout: Equatable {
  static let smallestSize = Size(width: 40, height: 12)

  /// Nil where only the curves have room.
  var list: Rect?
  /// Nil where only the list has room.
  var chart: Rect?

  /// Side by side on a wide screen, one above the other on a high one, else the half that has the
  /// focus.
  init(_ size: Size, focus: WorkspaceState.Focus) {
    let area = Rect(x: 0, y: 1, width: size.width, height: size.height - 2)
    if size.width >= 100 {
      // Every column of the list, and curves that are wide enough to be read.
      let width = min(90, max(62, area.width * 45 / 100))
      let (left, right) = area.cutLeft(min(width, area.width - 50))
      (list, chart) = (left, right)
    } else if size.height >= 18 {
      let (upper, lower) = area.cutTop(area.height * 48 / 100)
      (list, chart) = (upper, lower)
    } else {
      list = focus == .list ? area : nil
      chart = focus == .chart ? area : nil
    }
  }
}

/// The columns of the list that have room, and where they begin.
struct ListColumns: Equatable {
  struct Column: Equatable {
    var column: WorkspaceOrder.Column
    var x: Int
    var width: Int
  }

  /// Cells for the signs before a name: the cursor's, a pin, the letter of a drawn run.
  static let signs = 5
  private static let leastName = 12
  private static let widths: [(WorkspaceOrder.Column, Int)] = [
    (.state, 10), (.best, 10), (.last, 9), (.step, 9),
  ]

  private(set) var columns: [Column] = []

  /// - Parameter area: the rows of the list
  init(in area: Rect) {
    var shown = Self.widths
    // What says least leaves first.
    for column in [WorkspaceOrder.Column.step, .last, .state, .best] {
      let taken = shown.reduce(0) { $0 + $1.1 + 1 }
      if area.width - Self.signs - taken >= Self.leastName { break }
      shown.removeAll { $0.0 == column }
    }
    let taken = shown.reduce(0) { $0 + $1.1 + 1 }
    let name = max(0, area.width - Self.signs - taken - 1)
    var x = area.x + Self.signs
    columns.append(Column(column: .run, x: x, width: name))
    x += name + 1
    for (column, width) in shown {
      columns.append(Column(column: column, x: x, width: width))
      x += width + 1
    }
  }
}
