import FileFormats

extension DynamicsFrame: RecordedContent {
  public static let kind = ProbeFrame.Kind.dynamics
  public static let recording: FrameRecording? = .system
  public var frame: ProbeFrame { .dynamics(self) }
  /// λ₁ and the dimension, which a chart over training shows.
  public var keptOverTraining: Self? {
    var kept = DynamicsFrame(step: step, system: system, size: size)
    (kept.lyapunov, kept.lyapunovSteps) = (Array(lyapunov.prefix(1)), lyapunovSteps)
    kept.dimension = dimension
    return kept
  }

  public var members: JSONObject {
    var object: JSONObject = [
      "system": .string(system), "size": .integer(size), "symbols": .strings(symbols),
      "path": .array(path.map { .reals($0) }), "others": .array(others.map { .reals($0) }),
      "shares": .array(shares.map { .real($0) }),
    ]
    object["dimension"] = dimension.map { .real($0) }
    object["spectra"] = .array(spectra.map(Self.json))
    object["spectraStep"] = spectraStep.map { .integer($0) }
    if let earlier {
      object["earlier"] = [
        "step": .integer(earlier.step), "spectra": .array(earlier.spectra.map(Self.json)),
      ]
    }
    if let atCursor {
      object["atCursor"] = [
        "position": .integer(atCursor.position), "spectrum": Self.json(atCursor.spectrum),
        "singularValues": .array(atCursor.singularValues.map { .real($0) }),
      ]
    }
    if let field {
      object["field"] = [
        "input": .string(field.input), "arrows": .array(field.arrows.map { .reals($0) }),
        "axes": [.integer(field.axes.right), .integer(field.axes.up)],
      ]
    }
    object["lyapunov"] = .array(lyapunov.map { .real($0) })
    object["lyapunovSteps"] = .integer(lyapunovSteps)
    object["attribution"] = .array(attribution.map { .reals($0) })
    if !products.isEmpty { object["products"] = .array(products.map { .reals($0) }) }
    if attributed != .output { object["attributionOf"] = .string(attributed.rawValue) }
    object["answers"] = .strings(answers)
    if !searchesFixedPoints { object["searchesFixedPoints"] = .bool(false) }
    object["fixedPoints"] = fixedPoints.map { .object(Self.json($0)) }
    object["secondsLeft"] = secondsLeft.map { .real($0) }
    return object
  }

  private static func json(_ spectrum: Spectrum) -> JSONValue {
    [
      "symbol": .string(spectrum.symbol),
      "eigenvalues": .array(
        spectrum.eigenvalues.map { [.real($0.real), .real($0.imaginary)] }),
    ]
  }

  private static func spectrum(_ value: JSONValue) -> Spectrum {
    Spectrum(
      symbol: value["symbol"]?.string ?? "",
      eigenvalues: (value["eigenvalues"]?.array ?? []).map { pair in
        let parts = pair.array ?? []
        return (parts.first?.double ?? .nan, parts.dropFirst().first?.double ?? .nan)
      })
  }

  private static func json(_ found: FixedPoints) -> JSONObject {
    [
      "step": .integer(found.step), "input": .string(found.input),
      "points": .array(
        found.points.map { point in
          var object: JSONObject = ["kind": .string(point.kind), "place": .reals(point.place)]
          object["unstable"] = point.unstable.map { .integer($0) }
          object["modulus"] = point.modulus.map { .real($0) }
          object["period"] = point.period.map { .real($0) }
          if !point.slow.isEmpty {
            object["slow"] = .array(
              point.slow.map {
                ["eigenvalue": .real($0.eigenvalue), "along": .reals($0.along)]
              })
          }
          return .object(object)
        }),
    ]
  }

  public init?(_ object: JSONObject, step: Int) {
    guard let path = object["path"]?.array, let size = object["size"]?.int else { return nil }
    self.init(step: step, system: object["system"]?.string ?? "", size: size)
    symbols = .init(texts: object["symbols"])
    self.path = path.map { .init(numbers: $0) }
    others = (object["others"]?.array ?? []).map { .init(numbers: $0) }
    shares = (object["shares"]?.array ?? []).map { $0.double ?? .nan }
    dimension = object["dimension"]?.double.flatMap { $0.isFinite ? $0 : nil }
    spectra = (object["spectra"]?.array ?? []).map(Self.spectrum)
    spectraStep = object["spectraStep"]?.int
    if let step = object["earlier"]?["step"]?.int {
      earlier = (step, (object["earlier"]?["spectra"]?.array ?? []).map(Self.spectrum))
    }
    if let value = object["atCursor"], let position = value["position"]?.int {
      atCursor = Jacobian(
        position: position, spectrum: Self.spectrum(value["spectrum"] ?? .null),
        singularValues: (value["singularValues"]?.array ?? []).map { $0.double ?? .nan })
    }
    if let value = object["field"], let arrows = value["arrows"]?.array {
      field = VectorField(
        input: value["input"]?.string ?? "", arrows: arrows.map { .init(numbers: $0) },
        axes: PlaneAxes(value["axes"]))
    }
    lyapunov = (object["lyapunov"]?.array ?? []).map { value in
      value.double.flatMap { $0.isFinite ? $0 : nil } ?? -.infinity
    }
    lyapunovSteps = object["lyapunovSteps"]?.int ?? 0
    attribution = (object["attribution"]?.array ?? []).map { .init(numbers: $0) }
    products = (object["products"]?.array ?? []).map { .init(numbers: $0) }
    attributed = object["attributionOf"]?.string.flatMap(Attributed.init) ?? .output
    answers = .init(texts: object["answers"])
    searchesFixedPoints = object["searchesFixedPoints"]?.bool ?? true
    fixedPoints = object["fixedPoints"]?.object.flatMap { Self.fixedPoints($0) }
    secondsLeft = object["secondsLeft"]?.double.flatMap { $0.isFinite ? $0 : nil }
  }

  private static func fixedPoints(_ object: JSONObject) -> FixedPoints? {
    guard let step = object["step"]?.int, let points = object["points"]?.array else { return nil }
    return FixedPoints(
      step: step, input: object["input"]?.string ?? "",
      points: points.map { value in
        FixedPoint(
          kind: value["kind"]?.string ?? "", unstable: value["unstable"]?.int,
          modulus: value["modulus"]?.double.flatMap { $0.isFinite ? $0 : nil },
          period: value["period"]?.double.flatMap { $0.isFinite ? $0 : nil },
          place: .init(numbers: value["place"]),
          slow: (value["slow"]?.array ?? []).map { direction in
            Direction(
              eigenvalue: direction["eigenvalue"]?.double ?? .nan,
              along: .init(numbers: direction["along"]))
          })
      })
  }
}

extension DynamicsFrame.PlaneAxes {
  /// Two numbers; the first two components for what is no such plane.
  public init(_ value: JSONValue?) {
    let axes = (value?.array ?? []).compactMap(\.int)
    self.init()
    guard axes.count == 2, axes[0] != axes[1], axes.allSatisfy((0..<3).contains) else { return }
    (right, up) = (axes[0], axes[1])
  }
}

extension FrameRecording {
  /// Trajectories, spectra and fixed points.
  public static let system = FrameRecording(share: 0.1)
}
