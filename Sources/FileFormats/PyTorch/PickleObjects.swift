// The globals that a pickle names and calls: tensors and containers, and nothing else.
extension PickleReader {
  mutating func object(_ code: UInt8) throws(PickleError) -> Bool {
    switch code {
    case UInt8(ascii: "c"):
      let (module, name) = (try line(), try line())
      try push(global: module, name)
    case 0x93:
      let (name, module) = (try pop(), try pop())
      guard let module = module.text, let name = name.text else { throw .damaged(at: at) }
      try push(global: module, name)
    // REDUCE, and NEWOBJ, which calls a class without its initialiser.
    case UInt8(ascii: "R"), 0x81: try call()
    case UInt8(ascii: "b"):
      // A state dictionary carries the versions of its modules as an attribute.
      _ = try pop()
      guard case .dictionary = try top() else { throw .damaged(at: at) }
    case UInt8(ascii: "Q"):
      guard case .tuple(let place) = try pop() else { throw .damaged(at: at) }
      stack.append(.persistent(place))
    // INST names a class.
    case UInt8(ascii: "i"):
      let (module, name) = (try line(), try line())
      throw .needsCode(Self.named(module, name), under: pendingKey)
    default: return false
    }
    return true
  }

  private static func named(_ module: String, _ name: String) -> String {
    // Python 2's name of the module whose names need none.
    module == "__builtin__" ? "builtins." + name : module + "." + name
  }

  mutating func push(global module: String, _ name: String) throws(PickleError) {
    let name = Self.named(module, name)
    guard Self.containers.contains(name) || allows(name) else {
      throw .needsCode(name, under: pendingKey)
    }
    stack.append(.global(name))
  }

  /// The outermost dictionary's key whose value is being built; nil where there is no dictionary.
  private var pendingKey: String? {
    guard case .dictionary = stack.first, stack.count > 1 else { return nil }
    guard marks.first == 1 else { return stack[1].text }
    let values = stack[1..<(marks.count > 1 ? marks[1] : stack.count)]
    return values.isEmpty ? nil : values[1 + (values.count - 1) / 2 * 2].text
  }

  private static let containers: Set = [
    "collections.OrderedDict", "builtins.set", "builtins.frozenset", "builtins.list",
    "builtins.tuple", "builtins.dict",
  ]

  private mutating func call() throws(PickleError) {
    let (arguments, function) = (try pop(), try pop())
    guard case .global(let name) = function, case .tuple(let place) = arguments else {
      throw .damaged(at: at)
    }
    guard Self.containers.contains(name) else {
      stack.append(.call(name, arguments: place))
      return
    }
    var elements: [PickleValue]?
    if let first = pickle.sequences[place].first {
      guard let found = pickle.elements(first) else { throw .damaged(at: at) }
      elements = found
    }
    // A list that is copied again and again must not outgrow the bytes.
    copied += elements?.count ?? 0
    guard copied <= bytes.count else { throw .damaged(at: at) }
    switch name {
    case "collections.OrderedDict", "builtins.dict":
      var entries: [Pickle.Entry] = []
      for pair in elements ?? [] {
        guard let pair = pickle.elements(pair), pair.count == 2 else { throw .damaged(at: at) }
        entries.append(.init(key: pair[0], value: pair[1]))
      }
      push(entries: entries)
    case "builtins.tuple": push(tuple: elements ?? [])
    default: push(list: elements ?? [])
    }
  }
}
