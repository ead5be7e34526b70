import LinearAlgebra

/// A tensor under its name in files; row-major values.
public struct NamedTensor: Sendable, Equatable {
  public var name: String
  public var shape: [Int]
  public var values: [Double]

  public init(name: String, shape: [Int], values: [Double]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// Why named tensors do not fit a network.
public struct ParameterMismatch: Error, CustomStringConvertible, Equatable {
  public var description: String

  public init(description: String) {
    self.description = description
  }
}

extension ParameterVector {
  /// The parameters under PyTorch's names. A merged bias goes out as `bias_ih`, with zeros as
  /// `bias_hh`.
  public func namedTensors() -> [NamedTensor] {
    layout.parameters.flatMap { parameter -> [NamedTensor] in
      let values = matrix(parameter).elements.map { Double($0) }
      let tensor = NamedTensor(name: parameter.name, shape: parameter.shape, values: values)
      guard let twin = parameter.twinName else { return [tensor] }
      return [
        tensor,
        NamedTensor(
          name: twin, shape: parameter.shape, values: values.map { _ in 0 }),
      ]
    }
  }

  /// Takes every parameter from tensors under PyTorch's names; `bias_ih` and `bias_hh` of a merged
  /// bias are added. Nothing changes when anything is missing, too much, or of another shape.
  /// - Throws: `ParameterMismatch` naming the tensor and what would be right.
  public func load(_ tensors: [NamedTensor]) throws(ParameterMismatch) {
    var byName: [String: NamedTensor] = [:]
    for tensor in tensors {
      guard byName.updateValue(tensor, forKey: tensor.name) == nil else {
        throw ParameterMismatch(description: "tensor \(tensor.name) appears twice")
      }
    }
    var plan: [(Parameter, NamedTensor, NamedTensor?)] = []
    var missing: [String] = []
    for parameter in layout.parameters {
      guard let tensor = byName.removeValue(forKey: parameter.name) else {
        missing.append("\(parameter.name) \(parameter.shape)")
        continue
      }
      try parameter.check(tensor)
      var twin: NamedTensor?
      if let name = parameter.twinName {
        twin = byName.removeValue(forKey: name)
        if let twin {
          try parameter.check(twin)
        } else {
          missing.append("\(name) \(parameter.shape)")
        }
      }
      plan.append((parameter, tensor, twin))
    }
    if !missing.isEmpty || !byName.isEmpty {
      throw ParameterMismatch(description: Self.complaint(missing, surplus: byName.keys.sorted()))
    }
    for (parameter, tensor, twin) in plan {
      let target = matrix(parameter)
      for i in 0..<parameter.count {
        target.base[i] = Scalar(tensor.values[i] + (twin?.values[i] ?? 0))
      }
    }
  }

  /// Every parameter's values as they stand, a merged bias as one tensor, for optimisers' moments.
  public func plainTensors(prefix: String) -> [NamedTensor] {
    layout.parameters.map { parameter in
      NamedTensor(
        name: prefix + parameter.name, shape: parameter.shape,
        values: matrix(parameter).elements.map { Double($0) })
    }
  }

  /// Takes back what `plainTensors` gave, passing over tensors with another prefix.
  public func loadPlain(_ tensors: [NamedTensor], prefix: String) throws(ParameterMismatch) {
    for parameter in layout.parameters {
      guard let tensor = tensors.first(where: { $0.name == prefix + parameter.name }) else {
        throw ParameterMismatch(description: "missing \(prefix)\(parameter.name)")
      }
      try parameter.check(tensor)
      for (i, value) in tensor.values.enumerated() { base[parameter.offset + i] = Scalar(value) }
    }
  }

  private static func complaint(_ missing: [String], surplus: [String]) -> String {
    var parts: [String] = []
    if !missing.isEmpty {
      parts.append("missing " + missing.joined(separator: ", "))
    }
    if !surplus.isEmpty {
      parts.append("this network has no " + surplus.joined(separator: ", "))
    }
    return parts.joined(separator: "; ")
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

  fileprivate func check(_ tensor: NamedTensor) throws(ParameterMismatch) {
    guard tensor.shape == shape, tensor.values.count == count else {
      throw ParameterMismatch(
        description: "tensor \(tensor.name) has shape \(tensor.shape), expected \(shape)")
    }
  }
}
