import FileFormats
import TrainingEvents

/// Probe frames as JSON: hidden states, gradients by lag, statistics and samples.
///
/// These lines are also what another program writes to fill our panels, so their readers accept
/// short forms: a bare list of numbers for one curve, rows of states for one map.
enum FrameJSON {
  static func object(_ frame: HiddenStateFrame) -> JSONValue {
    [
      "event": "hiddenStates", "step": .integer(frame.step), "symbols": strings(frame.symbols),
      "maps": .array(
        frame.maps.map { map in
          [
            "name": .string(map.name), "lowest": real(map.lowest), "highest": real(map.highest),
            "columns": .array(
              (0..<map.columns).map { column in
                reals(map.values[column * map.units..<(column + 1) * map.units])
              }),
          ]
        }),
      "targetProbability": reals(frame.targetProbability), "loss": reals(frame.loss),
      "prediction": strings(frame.prediction),
    ]
  }

  static func object(_ frame: GradientByLag) -> JSONValue {
    [
      "event": "gradientByLag", "step": .integer(frame.step),
      "curves": .array(
        frame.curves.map { curve in
          [
            "name": .string(curve.name), "norms": reals(curve.norms),
            "factorPerStep": .real(curve.factorPerStep),
          ]
        }),
    ]
  }

  static func object(_ frame: SampleFrame) -> JSONValue {
    [
      "event": "samples", "step": .integer(frame.step), "temperature": .real(frame.temperature),
      "lines": strings(frame.lines),
    ]
  }

  static func object(_ frame: NetworkStatistics) -> JSONValue {
    var object: JSONObject = [
      "event": "statistics", "step": .integer(frame.step),
      "parameters": .array(
        frame.parameters.map { parameter in
          [
            "name": .string(parameter.name), "symbol": .string(parameter.symbol),
            "norm": .real(parameter.norm), "gradientNorm": .real(parameter.gradientNorm),
            "updateRatio": .real(parameter.updateRatio),
          ]
        }),
    ]
    object["spectralRadius"] = frame.spectralRadius.map(JSONValue.real)
    object["largestSingularValue"] = frame.largestSingularValue.map(JSONValue.real)
    object["recurrentSymbol"] = .string(frame.recurrentSymbol)
    object["jacobianRadius"] = frame.jacobianRadius.map(JSONValue.real)
    object["saturated"] = frame.saturated.map(JSONValue.real)
    object["dead"] = .real(frame.dead)
    object["meanSlope"] = frame.meanSlope.map(JSONValue.real)
    object["slopeFormula"] = .string(frame.slopeFormula)
    object["gradientNoise"] = frame.gradientNoise.map(JSONValue.real)
    return .object(object)
  }

  /// A 32-bit number with no more digits than it has.
  private static func real(_ value: Float) -> JSONValue {
    guard value.isFinite else { return .null }
    return .number(Double(value.description) ?? Double(value))
  }

  private static func reals(_ values: some Sequence<Float>) -> JSONValue {
    .array(values.map(real))
  }

  private static func strings(_ values: [String]) -> JSONValue {
    .array(values.map(JSONValue.string))
  }
}
