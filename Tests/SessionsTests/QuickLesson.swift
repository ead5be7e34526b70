import Foundation
import Sessions
import Training
import TrainingEvents

/// A lesson with the same questions on a network that trains in a second without optimisation: few
/// units, small batches, little data and far fewer steps. What is right is whatever that network
/// says.
struct QuickLesson {
  /// How many times fewer steps are trained; an orbit takes its time to close.
  private static func fewer(_ preset: String) -> Int {
    preset == "sine" ? 2 : preset == "oscillator" ? 5 : 20
  }
  /// Words of all letters, in a file that goes with this value.
  private let words = Words()

  func of(_ name: String, among lessons: [Lesson]) throws -> Lesson {
    var lesson = try LessonLibrary.find(name, among: lessons)
    lesson.settings += try settings(lesson.preset)
    let fewer = Self.fewer(lesson.preset)
    for index in lesson.steps.indices {
      let step = lesson.steps[index]
      // What begins early keeps its place before what comes later.
      lesson.steps[index].begin = step.begin.map { $0 > 40 ? $0 / fewer : min($0, 2) }
      lesson.steps[index].reveal = step.reveal.map { max(3, $0 / fewer) }
    }
    return lesson
  }

  private func settings(_ preset: String) throws -> [String] {
    let small = ["network.hidden=6", "training.batch=4"]
    return switch preset {
    case "words":
      small + ["training.sequence-length=24", "task.data.lines=\(try words.write())"]
    case "speakers", "context": small + ["training.validate-every=5"]
    case "sunspots": small + ["training.validate-every=25"]
    case "tiny": ["training.batch=4"]
    // An orbit takes its units, and what was built by hand has its own.
    case "oscillator", "brackets": []
    case "sine": ["network.hidden=10"]
    default: small
    }
  }

  private final class Words: Sendable {
    private let path = FileManager.default.temporaryDirectory.path + "/words-\(UUID()).txt"

    func write() throws -> String {
      let letters = Array("abcdefghijklmnopqrstuvwxyz'-.")
      let lines = (0..<600).map { line in
        String((0..<(3 + line % 6)).map { letters[(7 * line + 5 * $0) % letters.count] })
      }
      try (lines.joined(separator: "\n") + "\n").write(
        toFile: path, atomically: true, encoding: .utf8)
      return path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }
}
