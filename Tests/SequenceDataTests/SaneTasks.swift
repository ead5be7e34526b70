import FuzzedReaders
import SequenceData
import Testing

/// What any loaded task must keep to, whatever its file said.
func checkSane(_ task: TaskData, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(insanity(of: task) == nil, sourceLocation: sourceLocation)
}
