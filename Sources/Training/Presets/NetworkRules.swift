import RecurrentNetworks
import TrainingEvents

/// Which settings go together. Each rule throws when it is broken; the first one broken is told.
struct NetworkRules {
  let network: NetworkConfiguration
  let task: TaskKind
  let sizes: ModelSizes

  /// - Throws: `ImpossibleNetwork` when settings exclude each other or do not fit the data.
  func check() throws(ImpossibleNetwork) {
    try checkNumbers()
    try checkDirection()
    try checkOutput()
    try checkRecurrence()
    try checkAttention()
    try checkInputs()
    try checkImages()
    try checkBeginnings()
    try checkMemory()
    try checkLayers()
    try checkLoss()
    try checkSharing()
    try checkNoise()
    try checkTies()
  }

  var kind: String { "task.kind: \(task.rawValue)" }
  private var direction: String { "network.direction: \(network.direction.rawValue)" }
  private var output: String { "network.output: \(network.output.rawValue)" }
  var recurrence: String { "network.recurrence: \(network.recurrence.rawValue)" }
  var cell: String { "network.cell: \(network.cell.rawValue)" }
  private var attention: String { "network.attention: \(network.attention.rawValue)" }
  var imageReading: String { "network.image-reading: \(network.imageReading.rawValue)" }
  var embedding: String { "network.embedding: \(network.embedding ?? 0)" }

  var writesSequences: Bool { task == .sequenceToSequence || task == .captioning }
  var isTwoDimensional: Bool { network.imageReading == .twoDimensional }
  private var isBidirectional: Bool { network.direction == .bidirectional }

  func refuse(
    _ settings: String..., because reason: String, instead remedy: String
  ) throws(ImpossibleNetwork) {
    throw ImpossibleNetwork(settings, because: reason, instead: remedy)
  }

  // MARK: Rules

  private func checkNumbers() throws(ImpossibleNetwork) {
    let least = [
      ("hidden", network.hidden), ("layers", network.layers),
      ("projection-size", network.projectionSize ?? 1),
      ("embedding", network.embedding ?? 1), ("image-block", network.imageBlock),
      ("image-corners", network.imageCorners), ("unshared-steps", network.unsharedSteps ?? 1),
    ]
    for (key, value) in least where value < 1 {
      try refuse("network.\(key): \(value)", because: "nothing is left", instead: "set 1 or more")
    }
    if network.imageCorners > 4 {
      try refuse(
        "network.image-corners: \(network.imageCorners)", because: "an image has four",
        instead: "set 1 to 4")
    }
    if !(network.teacherForcing >= 0 && network.teacherForcing <= 1) {
      try refuse(
        "network.teacher-forcing: \(network.teacherForcing)", because: "it is a share of steps",
        instead: "set 0 to 1")
    }
    if sizes.outputs < 1 {
      try refuse(kind, because: "its data has nothing to predict", instead: "give it targets")
    }
  }

  private func checkDirection() throws(ImpossibleNetwork) {
    guard isBidirectional else { return }
    switch task {
    case .languageModel:
      try refuse(
        direction, kind, because: "it would read the symbols that it is to predict",
        instead: "set network.direction: forward")
    case .autonomous:
      try refuse(
        direction, kind, because: "a system that unrolls itself runs forward in time only",
        instead: "set network.direction: forward")
    case .forecasting where network.output == .everyStep:
      try refuse(
        direction, kind, output, because: "it would read the values that it is to predict",
        instead: "set network.direction: forward or network.output: final")
    case .captioning where sizes.hasOneVector:
      try refuse(
        direction, kind, because: "one vector has no steps to be read backward",
        instead: "set network.direction: forward")
    default: break
    }
    if isTwoDimensional {
      try refuse(
        direction, imageReading,
        because: "directions of an image are the corners that it is read from",
        instead: "set network.direction: forward and choose network.image-corners from 1 to 4")
    }
  }

  private func checkOutput() throws(ImpossibleNetwork) {
    guard network.output == .final else { return }
    switch task {
    case .sequenceClassification, .forecasting: break
    default:
      try refuse(
        output, kind, because: "it has a target at every time step",
        instead: "set network.output: every-step, or task.kind: sequence-classification or "
          + "forecasting")
    }
  }

  private func checkRecurrence() throws(ImpossibleNetwork) {
    let hidden = "set network.recurrence: hidden"
    guard network.recurrence == .output else {
      if network.teacherForcing != 1 {
        try refuse(
          "network.teacher-forcing: \(network.teacherForcing)", recurrence,
          because: "no output is fed back",
          instead: "set network.recurrence: output or network.teacher-forcing: 1")
      }
      return
    }
    if task == .sequenceClassification || writesSequences || network.output == .final {
      try refuse(
        recurrence, task == .forecasting ? output : kind,
        because: "an output is fed back at every time step of the input", instead: hidden)
    }
    if network.cell != .tanh {
      try refuse(
        recurrence, cell,
        because: network.cell.description.isPlain
          ? "the output is fed back to tanh cells"
          : "gates need the state before, and only the output is fed back",
        instead: "set network.cell: tanh or network.recurrence: hidden")
    }
    if network.layers > 1 {
      try refuse(
        recurrence, "network.layers: \(network.layers)",
        because: "the output feeds one layer", instead: "set network.layers: 1, or \(hidden)")
    }
    if isBidirectional {
      try refuse(
        recurrence, direction, because: "outputs follow each other forward in time",
        instead: "set network.direction: forward, or \(hidden)")
    }
    if network.initialState == .learned {
      try refuse(
        recurrence, "network.initial-state: learned",
        because: "no state is handed on that could begin",
        instead: "set network.initial-state: zero, or \(hidden)")
    }
  }

  private func checkAttention() throws(ImpossibleNetwork) {
    guard network.attention != .none else { return }
    let none = "set network.attention: none"
    if !writesSequences {
      try refuse(
        attention, kind, because: "attention is a decoder's look back at its source",
        instead: "\(none), or task.kind: sequence-to-sequence or captioning")
    }
    if sizes.hasOneVector {
      try refuse(
        attention, kind, because: "one vector has no steps to look at", instead: none)
    }
    if network.loss == .connectionistTemporalClassification {
      try refuse(
        attention, "network.loss: ctc", because: "CTC has no decoder",
        instead: "\(none) or leave network.loss out")
    }
  }

  private func checkInputs() throws(ImpossibleNetwork) {
    if task == .languageModel, sizes.symbols == nil {
      try refuse(
        kind, because: "its data are no symbols",
        instead: "set task.kind: forecasting for numbers")
    }
    if task == .autonomous, sizes.symbols != nil || sizes.width > 0 {
      try refuse(
        kind, because: "its data have inputs, and a system that unrolls itself reads none",
        instead: "set task.kind: forecasting for a driven system, or give data without inputs")
    }
    if sizes.hasOneVector, task != .captioning {
      try refuse(
        kind, because: "its data give one vector for a whole sequence, and none at each time step",
        instead: "set task.kind: captioning")
    }
    if task == .sequenceClassification || writesSequences, sizes.symbols == nil, sizes.width < 1 {
      try refuse(kind, because: "its data have no inputs to read", instead: "give it inputs")
    }
    if writesSequences, sizes.targets == .values {
      try refuse(
        kind, because: "its targets are numbers, and a decoder writes symbols",
        instead: "set task.kind: forecasting")
    }
    let hasDecoder = writesSequences && network.loss != .connectionistTemporalClassification
    if network.embedding != nil, sizes.symbols == nil, !hasDecoder {
      try refuse(
        embedding, kind, because: "inputs are numbers, and only symbols are embedded",
        instead: "leave network.embedding out")
    }
  }

  private func checkImages() throws(ImpossibleNetwork) {
    guard isTwoDimensional else { return }
    let rows = "set network.image-reading: rows"
    if task != .captioning && task != .sequenceClassification {
      try refuse(
        imageReading, kind, because: "only an image as a whole is read in two dimensions",
        instead: "\(rows), or task.kind: captioning or sequence-classification")
    }
    if sizes.symbols != nil || sizes.hasOneVector || sizes.width < 1 {
      try refuse(imageReading, kind, because: "its data are no images", instead: rows)
    }
    if task == .sequenceClassification {
      if network.cell != .tanh {
        try refuse(
          imageReading, cell, because: "the recurrence over an image has tanh cells",
          instead: "set network.cell: tanh, or \(rows)")
      }
      if network.layers > 1 {
        try refuse(
          imageReading, "network.layers: \(network.layers)",
          because: "the recurrence over an image has one layer",
          instead: "set network.layers: 1, or \(rows)")
      }
    }
  }

  private func checkBeginnings() throws(ImpossibleNetwork) {
    if network.initialization == .identity, !network.cell.description.isPlain {
      try refuse(
        "network.initialization: identity", cell,
        because: "the identity is a beginning for the W of a cell without gates",
        instead: "set network.cell: tanh or relu, or network.initialization: orthogonal")
    }
  }

  private func checkSharing() throws(ImpossibleNetwork) {
    guard let steps = network.unsharedSteps else { return }
    let key = "network.unshared-steps: \(steps)"
    let leave = "leave network.unshared-steps out"
    if task != .sequenceLabelling || network.recurrence == .output {
      try refuse(
        key, network.recurrence == .output ? recurrence : kind,
        because: "steps with parameters of their own give an output each", instead: leave)
    }
    if network.layers > 1 {
      try refuse(
        key, "network.layers: \(network.layers)", because: "each time step has one layer",
        instead: leave
      )
    }
    if isBidirectional {
      try refuse(key, direction, because: "steps are counted from the start", instead: leave)
    }
    if network.cell.description.carriesCell {
      try refuse(
        key, cell, because: "only s(t) is handed from one time step to the next", instead: leave)
    }
    if network.initialState == .learned {
      try refuse(
        key, "network.initial-state: learned", because: "the first step begins from zero",
        instead: leave)
    }
  }

  private func checkLoss() throws(ImpossibleNetwork) {
    guard let loss = network.loss else { return }
    let key = "network.loss: \(loss.rawValue)"
    let leave = "leave network.loss out"
    switch loss {
    case .crossEntropy where sizes.targets == .values:
      try refuse(key, kind, because: "its targets are numbers, not classes", instead: leave)
    case .squaredError where sizes.targets == .symbols:
      try refuse(key, kind, because: "its targets are classes, not numbers", instead: leave)
    case .binaryCrossEntropy where sizes.targets == .symbols || sizes.outputs != 1:
      try refuse(
        key, kind, because: "it judges one number between 0 and 1 a target", instead: leave)
    case .connectionistTemporalClassification
    where task != .sequenceToSequence || sizes.targets == .values:
      try refuse(
        key, kind, because: "CTC aligns symbols of their own length with the input's steps",
        instead: "\(leave) or set task.kind: sequence-to-sequence")
    default: break
    }
  }
}
