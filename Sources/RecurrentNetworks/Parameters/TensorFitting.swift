/// Tensors that a person brings, brought under the names of a network: frameworks wrap modules, and
/// everybody names their own.
extension ParameterLayout {
  /// Finds a network's parameters among a file's tensors.
  ///
  /// A prefix before all names, such as `module.`, goes; a module whose tensors fit only one of the
  /// network's, and that fits no other, takes its name; what belongs to no module of the network is
  /// passed over; where the output layer is missing as a whole, it is left to start at random.
  ///
  /// - Returns: the tensors under the network's names, and what was done, a line each.
  /// - Throws: `ParameterMismatch` naming what is missing, too much, misshapen or no number.
  public func fitting(
    _ tensors: [NamedTensor]
  ) throws(ParameterMismatch) -> (tensors: [NamedTensor], notes: [String]) {
    var (tensors, notes) = (tensors, [String]())
    if let note = try stripPrefix(&tensors) { notes.append(note) }
    notes += renameModules(&tensors)
    notes += try mergeTied(&tensors)

    let (expected, modules) = (Set(shapes.keys), Set(shapes.keys.map(Self.module)))
    let isOther = { (tensor: NamedTensor) in
      !expected.contains(tensor.name) && !modules.contains(Self.module(tensor.name))
    }
    let others = tensors.filter(isOther).map(\.name).sorted()
    var kept = tensors.filter { !isOther($0) }
    // A file without anything of the network is better told by all that it holds.
    guard kept.contains(where: { expected.contains($0.name) }) else {
      try check(tensors)
      return (tensors, notes)
    }
    let found = Set(kept.map(\.name))
    let missing = expected.subtracting(found)
    let head = expected.filter { Self.module($0) == Self.head }
    var placeholders: [NamedTensor] = []
    // Several modules that could be it are a question, not an absence.
    let couldBeHead = tensors.contains { tensor in
      isOther(tensor)
        && head.contains { Self.leaf($0) == Self.leaf(tensor.name) && shapes[$0] == tensor.shape }
    }
    if !head.isEmpty, missing == head, !couldBeHead {
      placeholders = head.map { name in
        let shape = shapes[name] ?? []
        return NamedTensor(
          name: name, shape: shape, floats: [Float](repeating: 0, count: shape.reduce(1, *)))
      }
      notes.append("\(Complaint.list(head.sorted())) not in the file: they start at random")
    }
    do throws(ParameterMismatch) {
      try check(kept + placeholders)
    } catch {
      guard !others.isEmpty, !missing.isEmpty else { throw error }
      throw ParameterMismatch(
        description: "\(error); the file has \(Complaint.list(others)) "
          + "(--map old=new gives a tensor or module another name)")
    }
    kept = kept.filter { expected.contains($0.name) }
    for tensor in kept { try Self.refuseNoNumbers(tensor) }
    if !others.isEmpty {
      notes.append("ignored, not in this network: \(Complaint.list(others))")
    }
    return (kept, notes)
  }

  private static let head = "head"

  /// The tensors that are read, with their shapes; of both biases where they are merged.
  private var shapes: [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    for parameter in parameters where parameter.count > 0 {
      shapes[parameter.name] = parameter.shape
      if let twin = parameter.twinName { shapes[twin] = parameter.shape }
    }
    return shapes
  }

  /// What stands before a name's last point.
  private static func module(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
  }

  private static func leaf(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
  }

  /// Takes off what stands before the network's names in the file, where none stands alone.
  private func stripPrefix(
    _ tensors: inout [NamedTensor]
  ) throws(ParameterMismatch) -> String? {
    let expected = Set(shapes.keys)
    guard !tensors.contains(where: { expected.contains($0.name) }) else { return nil }
    var hits: [String: Int] = [:]
    for tensor in tensors {
      for (place, character) in zip(tensor.name.indices, tensor.name) where character == "." {
        let next = tensor.name.index(after: place)
        if expected.contains(String(tensor.name[next...])) {
          hits[String(tensor.name[..<next]), default: 0] += 1
        }
      }
    }
    guard let most = hits.values.max() else { return nil }
    let prefixes = hits.filter { $0.value == most }.keys.sorted()
    guard prefixes.count == 1, let prefix = prefixes.first else {
      throw ParameterMismatch(
        description: "several networks fit: \(Complaint.list(prefixes)); keep one in the file")
    }
    for index in tensors.indices where tensors[index].name.hasPrefix(prefix) {
      tensors[index].name.removeFirst(prefix.count)
    }
    return "took off the names' prefix \(Complaint.list([prefix]))"
  }

  /// Takes one table where a file has it under both of its names, or under the other one alone.
  /// - Throws: `ParameterMismatch` where the two are not the same numbers.
  private func mergeTied(_ tensors: inout [NamedTensor]) throws(ParameterMismatch) -> [String] {
    var notes: [String] = []
    for (other, name) in tiedNames.sorted(by: { $0.key < $1.key }) {
      guard let index = tensors.firstIndex(where: { $0.name == other }) else { continue }
      guard let own = tensors.first(where: { $0.name == name }) else {
        tensors[index].name = name
        notes.append("\(other) taken as \(name): one table stands for both")
        continue
      }
      let tensor = tensors[index]
      let isSame =
        own.shape == tensor.shape && own.count == tensor.count
        && (0..<own.count).allSatisfy { own[$0] == tensor[$0] || own[$0].isNaN }
      guard isSame else {
        throw ParameterMismatch(
          description: "\(other) differs from \(name), expected the same numbers: "
            + "one table stands for both (network.tie-weights)")
      }
      tensors.remove(at: index)
    }
    return notes
  }

  /// Gives modules of other names those of the network where only one assignment fits.
  private func renameModules(_ tensors: inout [NamedTensor]) -> [String] {
    let shapes = self.shapes
    let tied = tiedNames.compactMap { other, name in shapes[name].map { (other, $0) } }
    let mine = Self.modules(shapes.map { ($0.key, $0.value) } + tied)
    let theirs = Self.modules(tensors.map { ($0.name, $0.shape) })
    // A name that the network knows is never given to something else.
    var open = mine.filter { theirs[$0.key] == nil }
    var free = theirs.filter { mine[$0.key] == nil }
    var names: [String: String] = [:]
    // Whole shapes first; then their ranks, so that a wrong size is named instead of a wrong name.
    for isExact in [true, false] {
      func fits(_ a: [String: [Int]], _ b: [String: [Int]]) -> Bool {
        isExact ? a == b : a.mapValues(\.count) == b.mapValues(\.count)
      }
      var pairs: [(mine: String, theirs: String)] = []
      for (name, shapes) in open {
        let candidates = free.filter { fits($0.value, shapes) }.keys
        guard candidates.count == 1, let only = candidates.first,
          open.count(where: { fits($0.value, free[only] ?? [:]) }) == 1
        else { continue }
        pairs.append((name, only))
      }
      for pair in pairs {
        names[pair.theirs] = pair.mine
        open[pair.mine] = nil
        free[pair.theirs] = nil
      }
    }
    for index in tensors.indices {
      let name = tensors[index].name
      guard let new = names[Self.module(name)] else { continue }
      tensors[index].name = new.isEmpty ? Self.leaf(name) : new + "." + Self.leaf(name)
    }
    return names.sorted { $0.key < $1.key }.map { old, new in
      let old = old.isEmpty ? "names without a module" : Complaint.list([old + ".*"])
      return "\(old) taken as \(new.isEmpty ? "names without a module" : new + ".*")"
    }
  }

  /// Each module's tensors, by the last part of their names.
  private static func modules(_ tensors: [(String, [Int])]) -> [String: [String: [Int]]] {
    var modules: [String: [String: [Int]]] = [:]
    for (name, shape) in tensors { modules[module(name), default: [:]][leaf(name)] = shape }
    return modules
  }

  private static func refuseNoNumbers(_ tensor: NamedTensor) throws(ParameterMismatch) {
    guard let index = (0..<tensor.count).first(where: { !tensor[$0].isFinite }) else { return }
    let columns = tensor.shape.count == 2 ? tensor.shape[1] : 1
    let place = tensor.shape.count == 2 ? "\(index / columns), \(index % columns)" : "\(index)"
    throw ParameterMismatch(
      description: "\(tensor.name)[\(place)] is \(tensor[index].isNaN ? "NaN" : "infinite"), "
        + "expected finite numbers: nothing can be learned from there")
  }
}

extension NamedTensor {
  /// Gives tensors, or whole modules, other names, as `--map old=new` asks for.
  /// - Throws: `ParameterMismatch` when nothing has an old name.
  public static func renaming(
    _ tensors: [NamedTensor], _ map: [(old: String, new: String)]
  ) throws(ParameterMismatch) -> [NamedTensor] {
    var renamed = tensors
    for (old, new) in map {
      var isFound = false
      for (index, tensor) in tensors.enumerated() {
        if tensor.name == old {
          renamed[index].name = new
        } else if tensor.name.hasPrefix(old + ".") {
          let rest = tensor.name.dropFirst(old.count + 1)
          renamed[index].name = new.isEmpty ? String(rest) : new + "." + rest
        } else {
          continue
        }
        isFound = true
      }
      guard isFound else {
        throw ParameterMismatch(
          description: "--map \(old)=\(new): no tensor or module \(Complaint.list([old])); "
            + "the file has \(Complaint.list(tensors.map(\.name).sorted()))")
      }
    }
    return renamed
  }
}
