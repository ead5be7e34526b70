/// The dictionary of weights in what `torch.save` was given: the whole of it, or a part of a
/// checkpoint beside the optimiser's state and the epoch.
struct TorchStateDictionary {
  struct Entry {
    var name: String
    var value: TorchStorages.View
  }

  var entries: [Entry] = []
  /// The keys that lead to it, such as `model_state_dict`; nil for the whole.
  var place: String?

  private struct Candidate {
    var path: [String]
    var entries: [Entry]
  }

  /// What checkpoints call their weights, the surest first.
  private static let names = [
    "state_dict", "model_state_dict", "model", "model_state", "module", "net", "network", "weights",
    "params", "parameters",
  ]
  private static let depth = 16

  init(_ pickle: Pickle) throws(TorchError) {
    guard pickle.entries(pickle.root) != nil else {
      throw .other(
        "holds no names for its tensors, expected a state dictionary: save model.state_dict()")
    }
    var candidates: [Candidate] = []
    var seen: Set<Int> = []
    Self.find(pickle.root, [], pickle, &seen, &candidates)
    let named = Self.names.lazy.compactMap { name in
      candidates.filter { $0.path.last == name }.min { $0.path.count < $1.path.count }
    }.first
    if let chosen = named ?? candidates.first(where: \.path.isEmpty) ?? Self.only(candidates) {
      entries = chosen.entries
      place = chosen.path.isEmpty ? nil : chosen.path.joined(separator: ".")
    } else if candidates.isEmpty {
      throw .other("holds no named tensors of floating-point numbers")
    } else {
      // Parts of one model, as an encoder's and a decoder's.
      for candidate in candidates {
        let prefix = candidate.path.joined(separator: ".") + "."
        entries += candidate.entries.map { Entry(name: prefix + $0.name, value: $0.value) }
      }
      place = candidates.map { $0.path.joined(separator: ".") }.joined(separator: ", ")
    }
  }

  private static func only(_ candidates: [Candidate]) -> Candidate? {
    candidates.count == 1 ? candidates[0] : nil
  }

  /// Each dictionary is looked into once: one may stand in several places.
  private static func find(
    _ value: PickleValue, _ path: [String], _ pickle: Pickle, _ seen: inout Set<Int>,
    _ candidates: inout [Candidate]
  ) {
    guard case .dictionary(let place) = value, path.count <= depth, seen.insert(place).inserted
    else { return }
    // An optimiser's state has tensors under numbers, and speaks of groups.
    guard pickle[value, "param_groups"] == nil else { return }
    var found: [String: Int] = [:]
    var candidate = Candidate(path: path, entries: [])
    for entry in pickle.dictionaries[place] {
      guard let key = entry.key.text else { continue }
      if let view = TorchStorages.View(entry.value, in: pickle) {
        if let index = found[key] {
          candidate.entries[index].value = view
        } else {
          found[key] = candidate.entries.count
          candidate.entries.append(Entry(name: key, value: view))
        }
      }
    }
    if candidate.entries.contains(where: {
      $0.value.type.isFloatingPoint && !$0.value.shape.isEmpty
    }) {
      candidates.append(candidate)
    }
    for entry in pickle.dictionaries[place] {
      if let key = entry.key.text { find(entry.value, path + [key], pickle, &seen, &candidates) }
    }
  }
}
