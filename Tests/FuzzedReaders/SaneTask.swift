import SequenceData
import TrainingEvents

/// The first rule that a task breaks; nil when it keeps all.
public func insanity(of task: TaskData) -> String? {
  if task.train.isEmpty { return "nothing to train on" }
  if let vocabulary = task.inputVocabulary, vocabulary.count != task.inputWidth {
    return "\(vocabulary.count) input symbols, width \(task.inputWidth)"
  }
  if let vocabulary = task.outputVocabulary, vocabulary.count > task.outputWidth {
    return "\(vocabulary.count) output symbols, width \(task.outputWidth)"
  }
  if task.outputWidth < 1 { return "no output" }
  for set in [task.train, task.validation, task.test] {
    switch set {
    case .examples(let examples):
      for example in examples {
        if let problem = insanity(of: example, in: task) { return problem }
      }
    case .lines(let table):
      for i in 0..<table.tokenCount where table.tokens[i] >= task.inputWidth {
        return "symbol \(table.tokens[i])"
      }
    case .stream(let tokens):
      for i in 0..<tokens.count where tokens[i] >= task.inputWidth { return "symbol \(tokens[i])" }
    }
  }
  return nil
}

private func insanity(of example: Example, in task: TaskData) -> String? {
  let steps = example.input.steps
  if steps < 1 { return "an example without steps" }
  if example.scoredFrom < 0 || example.scoredFrom >= max(1, example.target.steps) {
    return "nothing is scored"
  }
  if example.text.utf8.contains(10), task.kind != .sequenceClassification {
    return "a text of two lines"
  }
  switch example.input {
  case .none: if task.inputWidth != 0 { return "no input" }
  case .tokens(let tokens):
    if task.inputVocabulary == nil { return "symbols without a vocabulary" }
    if tokens.contains(where: { !(0..<Int32(task.inputWidth)).contains($0) }) {
      return "an input symbol out of range"
    }
  case .vectors(let values, let width):
    if width != task.inputWidth || values.count != steps * width { return "ragged vectors" }
    if values.contains(where: { !$0.isFinite }) { return "an input that is not finite" }
  case .vector(let values): if values.count != task.inputWidth { return "ragged vector" }
  case .image(let pixels, let width, let height):
    if pixels.count != width * height || width != task.inputWidth { return "ragged image" }
  }
  for answer in example.accepted {
    if answer.isEmpty || answer.contains(where: { !(0..<Int32(task.outputWidth)).contains($0) }) {
      return "a target out of range"
    }
  }
  switch (task.kind, example.target) {
  case (.sequenceClassification, .label): return nil
  case (.sequenceLabelling, .labels(let labels)), (.handBuilt, .labels(let labels)):
    return labels.count == steps ? nil : "not one label a step"
  case (.languageModel, .labels), (.captioning, .labels): return nil
  case (.sequenceToSequence, .labels(let labels)):
    guard let end = task.outputVocabulary?.end else { return nil }
    return labels.firstIndex(of: end) == labels.count - 1 ? nil : "the end is not the last symbol"
  case (.forecasting, .values(let values, let width)),
    (.autonomous, .values(let values, let width)):
    if width != task.outputWidth || values.count % width != 0 { return "ragged targets" }
    return values.allSatisfy(\.isFinite) ? nil : "a target that is not finite"
  default: return "a target of another kind: \(example.target)"
  }
}
