import FileFormats
import TrainingEvents

extension FrameJSON {
  /// States from `maps`, or from the short form `states`: one list of unit values per column.
  static func hiddenStates(_ object: JSONObject, step: Int) -> HiddenStateFrame? {
    var maps: [StateMap] = []
    for value in object["maps"]?.array ?? [] {
      guard let columns = value["columns"]?.array,
        let map = map(
          columns, name: value["name"]?.string ?? "layer \(maps.count + 1)",
          lowest: value["lowest"]?.double, highest: value["highest"]?.double)
      else { return nil }
      maps.append(map)
    }
    if maps.isEmpty {
      guard let columns = (object["states"] ?? object["hiddenStates"])?.array,
        let map = map(columns, name: "layer 1", lowest: nil, highest: nil)
      else { return nil }
      maps = [map]
    }
    return HiddenStateFrame(
      step: step, symbols: strings(object["symbols"]), maps: maps,
      targetProbability: floats(object["targetProbability"]?.array),
      loss: floats(object["event"] == "hiddenStates" ? object["loss"]?.array : nil),
      prediction: strings(object["prediction"]))
  }

  private static func map(
    _ columns: [JSONValue], name: String, lowest: Double?, highest: Double?
  ) -> StateMap? {
    var values: [Float] = []
    var units = 0
    for column in columns {
      guard let numbers = column.array else { return nil }
      if units == 0 { units = numbers.count }
      guard numbers.count == units, units > 0 else { return nil }
      values.append(contentsOf: floats(numbers))
    }
    return StateMap(
      name: name, units: units, values: values, lowest: Float(lowest ?? -1),
      highest: Float(highest ?? 1))
  }

  /// Curves from `curves`, or from the short form `gradientByLag`: the norms at lag 0, 1, ….
  static func gradientByLag(_ object: JSONObject, step: Int) -> GradientByLag? {
    var curves = (object["curves"]?.array ?? []).compactMap { value -> LagCurve? in
      guard let norms = value["norms"]?.array else { return nil }
      let read = floats(norms)
      return LagCurve(
        name: value["name"]?.string ?? "", norms: read,
        factorPerStep: value["factorPerStep"]?.double ?? LagFit(read).factorPerStep)
    }
    if curves.isEmpty, let norms = object["gradientByLag"]?.array {
      let read = floats(norms)
      curves = [LagCurve(name: "layer 1", norms: read)]
    }
    return curves.isEmpty ? nil : GradientByLag(step: step, curves: curves)
  }

  static func samples(_ object: JSONObject, step: Int) -> SampleFrame? {
    guard let lines = (object["lines"] ?? object["samples"])?.array else { return nil }
    return SampleFrame(
      step: step, temperature: object["temperature"]?.double ?? 1,
      lines: lines.map { $0.string ?? "" })
  }

  static func statistics(_ object: JSONObject, step: Int) -> NetworkStatistics {
    let parameters = (object["parameters"]?.array ?? []).map { value in
      NetworkStatistics.Parameter(
        name: value["name"]?.string ?? "", symbol: value["symbol"]?.string ?? "",
        norm: value["norm"]?.double ?? .nan, gradientNorm: value["gradientNorm"]?.double ?? .nan,
        updateRatio: value["updateRatio"]?.double ?? .nan)
    }
    return NetworkStatistics(
      step: step, parameters: parameters, spectralRadius: object["spectralRadius"]?.double,
      largestSingularValue: object["largestSingularValue"]?.double,
      recurrentSymbol: object["recurrentSymbol"]?.string ?? "W",
      jacobianRadius: object["jacobianRadius"]?.double, saturated: object["saturated"]?.double,
      dead: object["dead"]?.double ?? .nan, meanSlope: object["meanSlope"]?.double,
      slopeFormula: object["slopeFormula"]?.string ?? "1 − s²",
      gradientNoise: object["gradientNoise"]?.double)
  }

  private static func floats(_ values: [JSONValue]?) -> [Float] {
    (values ?? []).map { Float($0.double ?? .nan) }
  }

  private static func strings(_ value: JSONValue?) -> [String] {
    (value?.array ?? []).map { element in
      if let text = element.string { return text }
      return String(decoding: element.encoded(), as: UTF8.self)
    }
  }
}
