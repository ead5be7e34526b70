import Foundation
import Presets
import SequenceData
import TrainingEvents

/// The lessons that come with the program, and those that a teacher put into the data folder.
public enum LessonLibrary {
  /// Every lesson that can be read, in the order of the lecture, and why others cannot, a line each.
  /// - Parameter directories: data folders; each may have a folder `lessons`
  public static func load(
    dataDirectories directories: [String]
  ) -> (lessons: [Lesson], problems: [String]) {
    var (lessons, problems): ([Lesson], [String]) = ([], [])
    var files = EmbeddedFiles.lessons.map { file in
      (name: file.name, path: file.name + ".md", text: { () throws(PresetError) in file.text })
    }
    var seen = Set(files.map(\.name))
    for directory in directories {
      for path in LessonFolder.files(in: directory + "/lessons") {
        let name = PresetLibrary.stem(of: path)
        guard seen.insert(name).inserted else { continue }
        files.append(
          (name, path, { () throws(PresetError) in try LessonFolder.text(of: path) }))
      }
    }
    for file in files {
      do {
        lessons.append(
          try LessonFile.lesson(try file.text(), file: file.path, name: file.name))
      } catch {
        problems.append(error.description)
      }
    }
    return (lessons, problems)
  }

  /// Reads one file.
  public static func lesson(file path: String) throws(PresetError) -> Lesson {
    try LessonFile.lesson(
      try LessonFolder.text(of: path), file: path, name: PresetLibrary.stem(of: path))
  }

  /// The lesson of a name or of a slide, which several may show: the one that is most about it. A
  /// slide that no lesson shows, such as a heading, leads to the next one that has a lesson.
  /// - Throws: `PresetError` with the nearest name
  public static func find(_ word: String, among lessons: [Lesson]) throws(PresetError) -> Lesson {
    if let lesson = lessons.first(where: { $0.name == word }) { return lesson }
    let slides = Set(lessons.flatMap(\.slides)).sorted()
    let digits = word.hasPrefix("slide") ? word.dropFirst(5).trimmingSpaces : word
    if let slide = Int(digits) {
      // A heading between two slides belongs to what it stands above.
      let isWithin = slides.first.map { slide >= $0 } ?? false
      let shown = isWithin ? slides.first { $0 >= slide } : nil
      let fitting = lessons.filter { $0.slides.contains(shown ?? slide) }
      if let lesson = fitting.min(by: { $0.slides.count < $1.slides.count }) { return lesson }
      let ends = slides.first.map { "\($0) to \(slides.last ?? $0)" } ?? "none"
      throw PresetError(
        description: "no lesson shows slide \(slide); expected \(ends)")
    }
    let near = EditDistance.nearest(to: word, among: lessons.map(\.name))
    throw PresetError(
      description: "no lesson is named \(PresetValue.quote(word))"
        + (near.map { "; did you mean \($0)?" } ?? "; `unfold lecture --list` lists them"))
  }
}

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
