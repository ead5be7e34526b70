/// What a pickle describes, as plain data. Lists, tuples and dictionaries are numbers of places in
/// the pickle they came from, since one may stand in several places, or in itself.
enum PickleValue: Equatable {
  case none
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  /// Bytes, and integers beyond 64 bits, little-endian.
  case bytes(ArraySlice<UInt8>)
  case list(Int)
  case tuple(Int)
  case dictionary(Int)
  /// A function or class of Python's by its full name, such as `torch.FloatStorage`.
  case global(String)
  /// What a global would make of its arguments: a tuple's place.
  case call(String, arguments: Int)
  /// What the writer keeps beside the pickle, such as a tensor's numbers: a tuple's place.
  case persistent(Int)

  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  var integer: Int? {
    if case .integer(let integer) = self { integer } else { nil }
  }
}

/// A pickle that was read: its value, and the containers in it.
struct Pickle {
  struct Entry {
    var key: PickleValue
    var value: PickleValue
  }

  var root = PickleValue.none
  /// The elements of the lists and tuples.
  var sequences: [[PickleValue]] = []
  /// The entries of the dictionaries, in the order they were set; a later key wins.
  var dictionaries: [[Entry]] = []
  /// The first byte behind the pickle.
  var end = 0

  func elements(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .list(let place), .tuple(let place): sequences[place]
    default: nil
    }
  }

  func entries(_ value: PickleValue) -> [Entry]? {
    if case .dictionary(let place) = value { dictionaries[place] } else { nil }
  }

  subscript(value: PickleValue, key: String) -> PickleValue? {
    entries(value)?.last { $0.key == .text(key) }?.value
  }
}

/// Why a pickle was not read, in a few words.
enum PickleError: Error, Equatable, CustomStringConvertible {
  case ended
  case damaged(at: Int)
  case unknownOpcode(UInt8, at: Int)
  /// A global whose code would have to run, and the key of the outermost dictionary it is under.
  case needsCode(String, under: String?)

  var description: String {
    switch self {
    case .ended: "the pickle ends early"
    case .damaged(let position): "the pickle is damaged at byte \(position)"
    case .unknownOpcode(let code, let position):
      "the pickle's byte \(position) is 0x\(String(code, radix: 16)), expected an operation that "
        + "builds plain data"
    case .needsCode(let name, _):
      "it holds \(SafetensorsError.quoted(name)), which only running its code could build"
    }
  }
}
