import TrainingEvents

/// Changes of hyperparameters in this session, the newest last, each of which can be taken back
/// without losing a step.
struct SettingChanges: Sendable, Equatable {
  struct Change: Sendable, Equatable {
    var name: String
    /// What sets it back, written as in a preset.
    var previous: String
  }

  enum Outcome { case changed, takenBack, other }

  private(set) var all: [Change] = []
  /// The one that is being taken back, until the engine answers.
  private var pending: Change?

  /// Takes in what the engine carried out.
  mutating func note(_ record: CommandRecord) -> Outcome {
    if record.name == "undo" || record.name == "restart" { self = SettingChanges() }
    // Where the run went back to an earlier step, its settings went with it: one act, no marker.
    guard let previous = record.previous, record.marker != nil else { return .other }
    if let change = pending, change.name == record.name, all.last == change {
      all.removeLast()
      pending = nil
      return .takenBack
    }
    pending = nil
    all.append(Change(name: record.name, previous: previous))
    return .changed
  }

  mutating func beginTakingBack() -> Change? {
    pending = all.last
    return pending
  }

  mutating func noteRefusal() { pending = nil }
}

extension DashboardState {
  /// Sets the hyperparameter that was changed last back to what it was. Steps stay.
  mutating func takeBack() -> [DashboardAction] {
    guard let change = settingChanges.beginTakingBack() else {
      show("no hyperparameter was changed in this session")
      return []
    }
    let key = hyperparameters.first {
      $0.key == change.name || $0.key.hasSuffix("." + change.name)
    }?.key
    return train(.set(key: key ?? change.name, value: change.previous))
  }

  /// Tells what a command changed, and which key takes it back.
  mutating func tell(_ record: CommandRecord) {
    switch settingChanges.note(record) {
    case .changed: show("\(record.text) · u: back to \(settingChanges.all.last?.previous ?? "")")
    case .takenBack: show("\(record.text), taken back")
    case .other: if record.marker != nil { show(record.text) }
    }
  }
}
