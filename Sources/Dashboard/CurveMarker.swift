/// Something a person did, or that happened, at one step of a curve.
struct CurveMarker: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case hyperparameter
    case snapshot
    case warning
  }

  var step: Int
  var kind: Kind
  /// A few characters; may be empty.
  var text: String

  /// The sign that stands on the curve.
  var glyph: (unicode: Unicode.Scalar, ascii: Unicode.Scalar) {
    switch kind {
    case .hyperparameter: ("▲", "^")
    case .snapshot: ("◇", "o")
    case .warning: ("!", "!")
    }
  }
}
