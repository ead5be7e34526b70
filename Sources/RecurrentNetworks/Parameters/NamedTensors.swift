import LinearAlgebra

/// Why named tensors do not fit a network.
public struct ParameterMismatch: Error, CustomStringConvertible, Equatable {
  public var description: String

  public init(description: String) {
    self.description = description
  }
}

extension ParameterVector {
  /// The parameters under PyTorch's names. A merged bias goes out as `bias_ih`, with zeros as
  /// `bias_hh`; a matrix without elements, such as U of a network without inputs, stays out.
  public func namedTensors() -> [NamedTensor] {
    layout.parameters.filter { $0.count > 0 }.flatMap { parameter -> [NamedTensor] in
      let tensor = tensor(parameter, name: parameter.name)
      guard let twin = parameter.twinName else { return [tensor] }
      return [
        tensor,
        NamedTensor(
          name: twin, shape: parameter.shape,
          floats: [Float](repeating: 0, count: parameter.count)),
      ]
    }
  }

  private func tensor(_ parameter: Parameter, name: String) -> NamedTensor {
    let elements = matrix(parameter).elements
    guard let floats = elements as? [Float] else {
      return NamedTensor(
        name: name, shape: parameter.shape, values: elements.map { Double($0) })
    }
    return NamedTensor(name: name, shape: parameter.shape, floats: floats)
  }

  /// Takes every parameter from tensors under PyTorch's names; `bias_ih` and `bias_hh` of a merged
  /// bias are added. Nothing changes when anything is missing, too much, or of another shape.
  /// - Throws: `ParameterMismatch` naming every such tensor and what would be right.
  public func load(_ tensors: [NamedTensor]) throws(ParameterMismatch) {
    for (parameter, found) in try layout.match(tensors) {
      let target = matrix(parameter)
      for i in 0..<parameter.count {
        target.base[i] = Scalar(found.reduce(0) { $0 + $1[i] })
      }
    }
  }

  /// Every parameter's values as they stand, a merged bias as one tensor, for optimisers' moments.
  public func plainTensors(prefix: String) -> [NamedTensor] {
    layout.parameters.filter { $0.count > 0 }.map { parameter in
      tensor(parameter, name: prefix + parameter.name)
    }
  }

  /// Takes back what `plainTensors` gave, passing over tensors with another prefix.
  public func loadPlain(_ tensors: [NamedTensor], prefix: String) throws(ParameterMismatch) {
    for parameter in layout.parameters where parameter.count > 0 {
      guard let tensor = tensors.first(where: { $0.name == prefix + parameter.name }) else {
        throw ParameterMismatch(description: "missing \(prefix)\(parameter.name)")
      }
      var complaint = Complaint()
      complaint.check(tensor, parameter)
      try complaint.throwIfAny()
      for i in 0..<parameter.count { base[parameter.offset + i] = Scalar(tensor[i]) }
    }
  }
}

extension ParameterLayout {
  /// Makes sure that tensors under PyTorch's names fit, before any memory is taken for them.
  /// - Throws: `ParameterMismatch` naming every tensor that does not and what would be right.
  public func check(_ tensors: [NamedTensor]) throws(ParameterMismatch) {
    _ = try match(tensors)
  }

  /// The tensors that each parameter is the sum of.
  fileprivate func match(
    _ tensors: [NamedTensor]
  ) throws(ParameterMismatch) -> [(Parameter, [NamedTensor])] {
    var byName: [String: NamedTensor] = [:]
    var complaint = Complaint()
    for tensor in tensors where byName.updateValue(tensor, forKey: tensor.name) != nil {
      complaint.repeated.append(tensor.name)
    }
    var plan: [(Parameter, [NamedTensor])] = []
    for parameter in parameters {
      var found: [NamedTensor] = []
      for name in [parameter.name, parameter.twinName].compactMap({ $0 }) {
        if let tensor = byName.removeValue(forKey: name) {
          complaint.check(tensor, parameter)
          found.append(tensor)
        } else if parameter.count > 0 {
          complaint.missing.append("\(name) \(parameter.shape)")
        }
      }
      plan.append((parameter, found))
    }
    complaint.surplus = byName.keys.sorted()
    complaint.haveNoBiases =
      !complaint.missing.isEmpty && complaint.missing.allSatisfy { $0.contains("bias") }
    try complaint.throwIfAny()
    return plan
  }
}

/// Everything in which tensors do not fit a network, said in one line.
struct Complaint {
  var missing: [String] = []
  var surplus: [String] = []
  var misshapen: [String] = []
  var repeated: [String] = []
  /// Whether nothing but biases is missing.
  var haveNoBiases = false

  mutating func check(_ tensor: NamedTensor, _ parameter: Parameter) {
    if let complaint = parameter.complaint(tensor) { misshapen.append(complaint) }
  }

  func throwIfAny() throws(ParameterMismatch) {
    var parts: [String] = []
    if !missing.isEmpty {
      parts.append(
        "missing " + Self.list(missing)
          + (haveNoBiases && missing.count > 1
            ? " (saved with bias=False? Add zeros of these shapes)" : ""))
    }
    if !surplus.isEmpty {
      parts.append("this network has no " + Self.list(surplus))
    }
    if !misshapen.isEmpty { parts.append(Self.list(misshapen)) }
    if !repeated.isEmpty { parts.append("given twice: " + Self.list(repeated)) }
    guard !parts.isEmpty else { return }
    throw ParameterMismatch(description: parts.joined(separator: "; "))
  }

  /// The first of some names, which come from a file and may be anything.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { name in
      String(String.UnicodeScalarView(name.unicodeScalars.prefix(80).map(harmless)))
    }
    let more = names.count > shown.count ? " and \(names.count - shown.count) more" : ""
    return shown.joined(separator: ", ") + more
  }

  private static func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
    default: scalar
    }
  }
}

extension Parameter {
  /// Shape in files.
  public var shape: [Int] { isVector ? [rows] : [rows, columns] }

  /// The second of PyTorch's two biases that this parameter is the sum of.
  var twinName: String? {
    guard multiplicity == 2 else { return nil }
    return name.split(separator: "bias_ih", omittingEmptySubsequences: false)
      .joined(separator: "bias_hh")
  }

  /// In what a tensor of the right name does not fit; nil when it does.
  fileprivate func complaint(_ tensor: NamedTensor) -> String? {
    guard tensor.shape == shape else {
      let found = tensor.shape.prefix(8).map(String.init).joined(separator: ", ")
      let more = tensor.shape.count > 8 ? ", …" : ""
      return "\(tensor.name) has shape [\(found)\(more)], expected \(shape)"
        + (tensor.shape.count == 2 && tensor.shape.reversed() == shape ? ": transposed?" : "")
    }
    guard tensor.count == count else {
      return "\(tensor.name) has \(tensor.count) values, expected \(count)"
    }
    return nil
  }
}
