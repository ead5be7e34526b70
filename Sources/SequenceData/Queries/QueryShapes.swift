/// Checks what a person brings against what the network reads, and brings it to its scale.
extension QueryReader {
  /// - Throws: `DataError` where the width, the length or a number is not what the network reads.
  func sequence(
    _ numbers: [Float], width: Int, _ name: String, _ number: Int? = nil
  ) throws(DataError) -> Example {
    if let bad = numbers.first(where: { !$0.isFinite }) {
      throw DataError(
        name, line: number, "a number that is not finite", found: "\(bad)",
        expected: "numbers that a 32-bit float holds")
    }
    switch form {
    case .rows(let wanted), .images(let wanted):
      guard width == wanted, !numbers.isEmpty, numbers.count / wanted <= DataLimits.steps else {
        throw DataError(
          name, line: number, "not an input of this network",
          found: width == wanted
            ? "\(numbers.count / max(1, wanted)) steps" : "\(width) numbers a step",
          expected: "\(wanted) a step, 1 to \(DataLimits.steps) steps")
      }
      var values = numbers
      task.normalisation?.apply(to: &values)
      return Example(input: .vectors(values, width: width), target: .none)
    case .vector(let wanted):
      guard numbers.count == wanted else {
        throw DataError(
          name, line: number, "not an input of this network", found: "\(numbers.count) numbers",
          expected: "\(wanted)")
      }
      return Example(input: .vector(numbers), target: .none)
    case .text, .steps:
      throw DataError(name, line: number, "numbers", expected: expectation)
    }
  }

  func image(_ input: SequenceInput, _ name: String) throws(DataError) -> Example {
    guard case .images(let wanted) = form, case .image(_, let width, let height) = input else {
      throw DataError(name, "an image", expected: expectation)
    }
    guard width == wanted, height <= DataLimits.steps else {
      throw DataError(
        name, "an image of another size", found: "\(width) × \(height) pixels",
        expected: "\(wanted) pixels in width")
    }
    return Example(input: input, target: .none, text: name)
  }
}
