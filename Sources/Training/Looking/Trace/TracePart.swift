import TrainingEvents

/// One part of a network over its own steps: an encoder, a decoder, or all there is.
struct TracePart {
  /// `encoder`, `decoder` or empty.
  let name: String
  /// Layers from the first to the last, one or two directions each.
  let layers: [[TraceLayer]]
  /// The steps that are walked through.
  let shown: Range<Int>
  /// The column of the first of them.
  let firstColumn: Int

  var steps: Int { layers.first?.first?.steps ?? 0 }
  var isBothWays: Bool { layers.contains { $0.count > 1 } }

  func column(_ t: Int) -> Int { firstColumn + t - shown.lowerBound }

  /// Such as `s(3)`, or `[s(3); g(3)]`: what stands above the top layer at a step. At the end of a
  /// sequence the other direction has come to its beginning.
  func topName(_ t: Int, isEnd: Bool = false) -> String {
    let names = (layers.last ?? []).map { layer in
      layer.name(isEnd && layer.isReversed ? 0 : t)
    }
    return names.count == 1 ? names[0] : "[" + names.joined(separator: "; ") + "]"
  }

  /// Stops of all layers, given what else but the layer's own future asks of a top state.
  func stops(asked: @escaping (TraceLayer, Int) -> [LayerStops.Asked]) -> [[LayerStops]] {
    layers.enumerated().map { index, directions in
      directions.enumerated().map { way, layer in
        let above = layers.indices.contains(index + 1) ? layers[index + 1] : []
        return LayerStops(layer, column: column) { t in
          guard !above.isEmpty else { return asked(layer, t) }
          return above.map { upper in
            LayerStops.Asked(
              label: "from above", symbol: "U\(upper.mark)ᵀ δ\(upper.mark)(\(t + 1))",
              values: upper.u.columns(way * layer.units, layer.units)
                .transposedTimes(upper.deltas[t]))
          }
        }
      }
    }
  }

  /// Stops of all layers in the order in which the network computes: step by step, or where a
  /// direction runs against time, one direction after the other.
  func forward(
    _ stops: [[LayerStops]], before: (Int) -> [GraphTrace.Stop] = { _ in [] },
    after: (Int) -> [GraphTrace.Stop]
  ) -> [GraphTrace.Stop] {
    guard isBothWays else {
      return shown.flatMap { t in
        before(t) + stops.flatMap { $0.flatMap { $0.forward(t) } } + after(t)
      }
    }
    let states = stops.flatMap { directions in
      directions.flatMap { stops in
        ordered(backward: stops.layer.isReversed).flatMap { stops.forward($0) }
      }
    }
    return states + shown.flatMap(after)
  }

  /// The same on the way back.
  func backward(
    _ stops: [[LayerStops]], before: (Int) -> [GraphTrace.Stop],
    after: (Int) -> [GraphTrace.Stop] = { _ in [] }
  ) -> [GraphTrace.Stop] {
    guard isBothWays else {
      return ordered(backward: true).flatMap { t in
        before(t) + stops.reversed().flatMap { $0.flatMap { $0.backward(t) } } + after(t)
      }
    }
    return ordered(backward: true).flatMap(before)
      + stops.reversed().flatMap { directions in
        directions.flatMap { stops in
          ordered(backward: !stops.layer.isReversed).flatMap { stops.backward($0) }
        }
      }
  }

  private func ordered(backward: Bool) -> [Int] { backward ? shown.reversed() : Array(shown) }
}
