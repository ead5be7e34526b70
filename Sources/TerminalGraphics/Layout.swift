/// Cutting rectangles into parts.
extension Rect {
  /// Parts from left to right whose widths stand to each other like `weights` and fill the whole.
  public func columns(_ weights: [Int]) -> [Rect] {
    var left = x
    return Rect.shares(of: width, by: weights).map { share in
      defer { left += share }
      return Rect(x: left, y: y, width: share, height: height)
    }
  }

  /// Parts from top to bottom whose heights stand to each other like `weights`.
  public func rows(_ weights: [Int]) -> [Rect] {
    var top = y
    return Rect.shares(of: height, by: weights).map { share in
      defer { top += share }
      return Rect(x: x, y: top, width: width, height: share)
    }
  }

  /// The upper `height` rows and what is below them.
  public func cutTop(_ height: Int) -> (top: Rect, rest: Rect) {
    let cut = min(max(0, height), self.height)
    return (
      Rect(x: x, y: y, width: width, height: cut),
      Rect(x: x, y: y + cut, width: width, height: self.height - cut)
    )
  }

  /// The lower `height` rows and what is above them.
  public func cutBottom(_ height: Int) -> (rest: Rect, bottom: Rect) {
    let (rest, bottom) = cutTop(self.height - min(max(0, height), self.height))
    return (rest, bottom)
  }

  /// The left `width` columns and what is beside them.
  public func cutLeft(_ width: Int) -> (left: Rect, rest: Rect) {
    let cut = min(max(0, width), self.width)
    return (
      Rect(x: x, y: y, width: cut, height: height),
      Rect(x: x + cut, y: y, width: self.width - cut, height: height)
    )
  }

  /// A rectangle of the given size in the middle of this one, cut where it does not fit.
  public func centred(width: Int, height: Int) -> Rect {
    let width = min(width, self.width)
    let height = min(height, self.height)
    return Rect(
      x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width,
      height: height)
  }

  private static func shares(of total: Int, by weights: [Int]) -> [Int] {
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return weights.map { _ in 0 } }
    var used = 0
    var weightSoFar = 0
    return weights.map { weight in
      weightSoFar += weight
      let end = total * weightSoFar / sum
      defer { used = end }
      return end - used
    }
  }
}
