import LinearAlgebra

/// Looks for the fixed points of a system under one input (Sussillo and Barak 2013).
///
/// Stable ones are where states end that go on and on. All kinds, saddles too, are where
/// q(s) = ½‖g(s) − s‖² is 0: from states of the trajectory, and from halfway between stable points,
/// q is lowered by damped Gauss–Newton steps (Levenberg 1944, Marquardt 1963), which near a fixed
/// point become Newton's. Points that are the same are merged; those far outside of where the
/// trajectory runs are left out.
public struct FixedPointSearch: Sendable {
  /// States that go on and on, at most.
  public var settling = 256
  /// Steps that they go on for.
  public var settlingSteps = 400
  /// Starts from which q is lowered, at most.
  public var starts = 64
  /// Steps from each, at most.
  public var iterations = 60
  /// ‖g(s) − s‖ below which a state counts as fixed, for a state of length 1.
  public var tolerance = 1e-9
  /// Of what is drawn at random.
  public var seed: UInt64
  /// Asked between steps: ends the search with what was found so far.
  public var isCancelled: @Sendable () -> Bool = { false }

  public init(seed: UInt64) { self.seed = seed }

  /// Numbers of multiplications that lowering q may take, so that large networks are searched from
  /// fewer states.
  private static let budget = 4e10

  /// Fewer starts where one step of each takes long, and more where it takes next to nothing.
  func affordable(size: Int) -> Int {
    let n = Double(max(1, size))
    return max(4, min(size <= 8 ? 4 * starts : starts, Int(Self.budget / (30 * 3 * n * n * n))))
  }

  /// - Parameters:
  ///   - system: under its input
  ///   - trajectory: states that the network goes through, one after the other
  /// - Returns: stable points first, then by how many directions lead away.
  public func points(_ system: some StateTransition, trajectory: [Double]) -> [FixedPoint] {
    let size = system.size
    guard size > 0, trajectory.count >= size, trajectory.allSatisfy(\.isFinite) else { return [] }
    var random = SeededRandom(seed: seed)
    let trajectory = trajectory + spread(over: trajectory, size: size, &random)
    let count = trajectory.count / size
    let bounds = Bounds(trajectory, size: size)
    var found: [FixedPoint] = []
    let drawn = Self.draw(count, atMost: settling, &random)
    for end in settled(drawn.flatMap { trajectory[$0 * size..<($0 + 1) * size] }, system) {
      keep(descend(end, system), bounds, in: &found)
    }
    let allowed = affordable(size: size)
    // From between stable points first, where saddles are; the rest from the trajectory.
    var from = halfways(found.filter { $0.kind == .stable }.map(\.state))
    if from.count > allowed / 2 {
      random.shuffle(&from)
      from = Array(from.prefix(allowed / 2))
    }
    from += Self.draw(count, atMost: allowed - from.count, &random).map {
      Array(trajectory[$0 * size..<($0 + 1) * size])
    }
    for start in from where !isCancelled() { keep(descend(start, system), bounds, in: &found) }
    return found.sorted {
      let (a, b) = ($0.unstable ?? .max, $1.unstable ?? .max)
      return a != b ? a < b : $0.state.lexicographicallyPrecedes($1.state)
    }
  }

  /// Of a few numbers, states all over where they can be: such a system is known as a whole, and not
  /// only where its trajectory runs.
  private func spread(
    over trajectory: [Double], size: Int, _ random: inout SeededRandom
  ) -> [Double] {
    guard size <= 4 else { return [] }
    let largest = trajectory.reduce(1) { max($0, abs($1)) }
    return (0..<64 * size).map { _ in random.uniform(-largest, largest) }
  }

  /// Where the states of one system run.
  private struct Bounds {
    let centre: [Double]
    let radius: Double

    init(_ trajectory: [Double], size: Int) {
      let count = Double(max(1, trajectory.count / size))
      var centre = [Double](repeating: 0, count: size)
      for (i, value) in trajectory.enumerated() { centre[i % size] += value / count }
      var (sum, farthest) = (0.0, 0.0)
      for start in stride(from: 0, to: trajectory.count, by: size) {
        let distance = FixedPointSearch.distance(trajectory[start..<start + size], centre)
        sum += distance
        farthest = max(farthest, distance)
      }
      self.centre = centre
      // A trajectory that stays in one place says little of what is far from it.
      let length = FixedPointSearch.distance(centre, centre.map { _ in 0 })
      radius = max(10 * max(sum / count, 0.1 * length, 0.1), 1.5 * farthest)
    }
  }

  /// Up to so many of 0..<count, in rising order.
  private static func draw(
    _ count: Int, atMost most: Int, _ random: inout SeededRandom
  ) -> [Int] {
    guard count > most else { return Array(0..<count) }
    var all = Array(0..<count)
    random.shuffle(&all)
    return all.prefix(most).sorted()
  }

  static func distance(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  // MARK: Going on and on

  /// The different ends of states that go on, those that still move left out.
  private func settled(_ states: [Double], _ system: some StateTransition) -> [[Double]] {
    let size = system.size
    var current = states
    var before = states
    for _ in 0..<settlingSteps where !isCancelled() {
      (before, current) = (current, system.next(current))
    }
    var ends: [[Double]] = []
    for start in stride(from: 0, to: current.count, by: size) {
      let end = Array(current[start..<start + size])
      let moved = Self.distance(end, before[start..<start + size])
      guard end.allSatisfy(\.isFinite), moved < 1e-3 * max(1, Self.length(end)),
        !ends.contains(where: { Self.distance($0, end) < 1e-2 * max(1, Self.length(end)) })
      else { continue }
      ends.append(end)
    }
    return ends
  }

  private func halfways(_ stable: [[Double]]) -> [[Double]] {
    var result: [[Double]] = []
    for (index, a) in stable.enumerated() {
      for b in stable.dropFirst(index + 1) {
        result.append(zip(a, b).map { ($0 + $1) / 2 })
      }
    }
    return result
  }

  private static func length(_ a: [Double]) -> Double {
    a.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  // MARK: Lowering q

  /// The fixed point that is reached from a state; nil where q has its lowest value above 0.
  private func descend(_ start: [Double], _ system: some StateTransition) -> FixedPoint? {
    var state = start
    var (next, jacobian) = system.linearised(at: state)
    var residual = zip(next, state).map { $0 - $1 }
    var norm = Self.length(residual)
    var damping = 1e-3
    for _ in 0..<iterations where norm > 1e-14 * max(1, Self.length(state)) {
      if isCancelled() { return nil }
      // F = ∂(g − s)/∂s; (FᵀF + μ I) d = −Fᵀ r.
      var f = jacobian
      for i in 0..<f.size { f[i, i] -= 1 }
      let gradient = f.product(residual, transposingSelf: true).map { -$0 }
      let square = f.product(f, transposingSelf: true)
      var moved = false
      for _ in 0..<12 {
        var damped = square
        for i in 0..<f.size { damped[i, i] += damping }
        let newton = damping < 1e-9 ? f.solving(residual.map { -$0 }) : nil
        guard let step = newton ?? damped.solving(gradient) else {
          damping = max(1e-9, damping) * 10
          continue
        }
        let tried = zip(state, step).map { $0 + $1 }
        let (triedNext, triedJacobian) = system.linearised(at: tried)
        let triedResidual = zip(triedNext, tried).map { $0 - $1 }
        let triedNorm = Self.length(triedResidual)
        if triedNorm < norm {
          (state, next, jacobian) = (tried, triedNext, triedJacobian)
          (residual, norm) = (triedResidual, triedNorm)
          damping = max(1e-12, damping / 10)
          moved = true
          break
        }
        damping = max(1e-9, damping) * 10
      }
      if !moved { break }
    }
    guard norm.isFinite, norm <= tolerance * max(1, Self.length(state)) else { return nil }
    let eigenvalues = jacobian.eigenvalues
    var point = FixedPoint(state: state, residual: norm, eigenvalues: eigenvalues)
    point.slow = FixedPoint.slowDirections(jacobian, eigenvalues ?? [])
    return point
  }

  /// Takes in a point that is near the trajectory and not known yet.
  private func keep(_ point: FixedPoint?, _ bounds: Bounds, in found: inout [FixedPoint]) {
    guard let point, Self.distance(point.state, bounds.centre) <= bounds.radius else { return }
    let near = 1e-4 * max(1, Self.length(point.state))
    guard !found.contains(where: { Self.distance($0.state, point.state) < near }) else { return }
    found.append(point)
  }
}
