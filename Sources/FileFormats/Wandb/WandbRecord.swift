/// What a record of a W&B log tells about a run (protobuf `wandb_internal.Record`).
public enum WandbRecord {
  /// One call of `log`: the numbers are in the `FlatNumbers` that was given. `step` is the call's
  /// number where the record tells it beside its items.
  case history(step: Int?)
  /// The run's names.
  case run(id: String, name: String, project: String)
  /// The run ended.
  case exit(code: Int)
  /// Something else, by what it is called.
  case other(String)

  /// - Parameters:
  ///   - record: the bytes of a record.
  ///   - numbers: takes the numbers of a call of `log`.
  /// - Returns: nil where the bytes are no record.
  public init?(_ record: UnsafeRawBufferPointer, into numbers: inout FlatNumbers) {
    var reader = ProtobufReader(record)
    var found: WandbRecord?
    while let (field, value) = reader.next() {
      switch (field, value.data) {
      case (2, let data?): found = Self.history(data, &numbers)
      case (17, let data?): found = Self.run(data)
      case (18, let data?): found = Self.exit(data)
      case (3, _): found = .other("summary")
      case (4, _), (13, _): found = .other("console output")
      case (7, _): found = .other("system statistics")
      case (8, _): found = .other("artifacts")
      default: break
      }
    }
    guard !reader.isBroken else { return nil }
    self = found ?? .other("")
  }

  /// Fields: 1 items, 2 the step (1 its number).
  private static func history(
    _ data: UnsafeRawBufferPointer, _ numbers: inout FlatNumbers
  ) -> WandbRecord? {
    var reader = ProtobufReader(data)
    var step: Int?
    while let (field, value) = reader.next() {
      guard let inner = value.data else { continue }
      if field == 1 { item(inner, &numbers) }
      if field == 2 {
        var fields = ProtobufReader(inner)
        step = step ?? 0
        while let (field, value) = fields.next() {
          if field == 1 { step = value.int }
        }
      }
    }
    return reader.isBroken ? nil : .history(step: step)
  }

  /// Fields: 1 key, 2 keys from the outermost in, 16 the value as JSON; 5 and 6 numbers.
  private static func item(_ data: UnsafeRawBufferPointer, _ numbers: inout FlatNumbers) {
    var reader = ProtobufReader(data)
    let start = numbers.names.count
    var number: Double?
    var json: UnsafeRawBufferPointer?
    while let (field, value) = reader.next() {
      switch field {
      case 1, 2:
        guard let key = value.data, !key.isEmpty else { break }
        if numbers.names.count > start { numbers.names.append(FlatNumbers.separator) }
        numbers.names.append(contentsOf: key)
      case 5: number = value.int.map { Double($0) }
      case 6: number = value.double
      case 16: json = value.data
      default: break
      }
    }
    if let number {
      numbers.add(number, nameFrom: start)
    } else if let json {
      json.withMemoryRebound(to: UInt8.self) { bytes in
        // Nearly all are plain numbers.
        var end = 0
        if let plain = DecimalNumber.scan(bytes, at: &end), end == bytes.count {
          return numbers.add(plain.double, nameFrom: start)
        }
        var scanner = LogObjectScanner(bytes)
        // What is no value is none: the record itself is whole.
        try? scanner.value(named: start, into: &numbers)
      }
    }
    numbers.names.removeLast(max(0, numbers.names.count - max(start, numbers.namesEnd)))
  }

  private static func run(_ data: UnsafeRawBufferPointer) -> WandbRecord {
    var reader = ProtobufReader(data)
    var (id, name, project) = ("", "", "")
    while let (field, value) = reader.next() {
      switch field {
      case 1: id = value.text ?? ""
      case 3: project = value.text ?? ""
      case 8: name = value.text ?? ""
      default: break
      }
    }
    return .run(id: id, name: name, project: project)
  }

  private static func exit(_ data: UnsafeRawBufferPointer) -> WandbRecord {
    var reader = ProtobufReader(data)
    var code = 0
    while let (field, value) = reader.next() {
      if field == 1 { code = value.int ?? 0 }
    }
    return .exit(code: code)
  }
}
