import FileFormats

/// What each of the last answers of one sequence depends on: for each, one number for every input up
/// to it.
public struct AttributedInputs: Sendable, Equatable {
  /// ‖∂ log p(t) / ∂x(i)‖ for the last positions t: as many numbers as inputs up to t; empty where
  /// that was not measured.
  public var norms: [[Float]]
  /// x(i) · ∂ log p(t) / ∂x(i), how far each input speaks for the answer or against it, in the order
  /// of `norms`; empty where that was not measured.
  public var products: [[Float]]
  /// Of which answer each of them is; empty for an output number.
  public var answers: [String]

  /// - Parameters:
  ///   - norms: ‖∂ log p(t) / ∂x(i)‖ for the last positions t
  ///   - products: x(i) · ∂ log p(t) / ∂x(i), in the same order
  ///   - answers: of which answer each of them is
  public init(norms: [[Float]] = [], products: [[Float]] = [], answers: [String] = []) {
    (self.norms, self.products, self.answers) = (norms, products, answers)
  }

  /// What the answer at one position depends on; nil where that was not measured. Products are empty
  /// where they were not.
  /// - Parameters:
  ///   - position: counted from 0
  ///   - count: positions of the sequence
  public func at(
    _ position: Int, of count: Int
  ) -> (answer: String, norms: [Float], products: [Float])? {
    let index = position - (count - norms.count)
    guard norms.indices.contains(index), !norms[index].isEmpty else { return nil }
    return (
      answers.indices.contains(index) ? answers[index] : "", norms[index],
      products.indices.contains(index) ? products[index] : []
    )
  }

  /// Whether nothing was measured.
  public var isEmpty: Bool { norms.allSatisfy(\.isEmpty) }

  /// As members of an object in a line of JSON.
  public var json: JSONObject {
    [
      "norms": .array(norms.map { .reals($0) }), "products": .array(products.map { .reals($0) }),
      "answers": .strings(answers),
    ]
  }

  /// - Parameter object: as `json` writes it; what is missing is empty
  public init(_ object: JSONObject) {
    self.init(
      norms: (object["norms"]?.array ?? []).map { .init(numbers: $0) },
      products: (object["products"]?.array ?? []).map { .init(numbers: $0) },
      answers: .init(texts: object["answers"]))
  }
}
