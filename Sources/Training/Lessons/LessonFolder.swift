import Foundation
import SequenceData

/// Lessons in a folder of a person's own.
enum LessonFolder {
  /// The paths of its Markdown files, in order; none where there is no folder.
  static func files(in directory: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted().map { directory + "/" + $0 }
  }

  static func text(of path: String) throws(PresetError) -> String {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, limit: LessonFile.longest)
    } catch {
      throw PresetError(description: error.description)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PresetError(description: "\(path): not UTF-8 text")
    }
    return text
  }
}
