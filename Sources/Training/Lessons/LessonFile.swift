import SequenceData
import TrainingEvents
import Yams

/// Reads a lesson: Markdown with keys in front, and a block of keys at the end of each step.
struct LessonFile {
  /// Bytes of the longest lesson that is read.
  static let longest = 200_000
  private static let fence = "```"

  /// For messages.
  let file: String
  private let lines: [String]

  /// - Throws: `PresetError` that names file, line, what was found and what was expected.
  static func lesson(_ text: String, file: String, name: String) throws(PresetError) -> Lesson {
    try LessonFile(file: file, lines: text.lines).lesson(name: name)
  }

  private func lesson(name: String) throws(PresetError) -> Lesson {
    guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
      throw mistake(1, "expected keys between two lines of ---, found none")
    }
    let keys = try LessonKeys(lines[1..<end], file: file, firstLine: 2, known: Self.frontKeys)
    let sections = steps(from: end + 1)
    var lesson = Lesson(
      name: name, title: try keys.required("title"), slides: try keys.slides(),
      preset: try keys.required("preset"), view: keys.text("view") ?? "overview",
      minutes: try keys.whole("minutes") ?? 0,
      text: paragraphs(lines[(end + 1)..<(sections.first?.lowerBound ?? lines.count)]),
      steps: [])
    lesson.settings = try keys.settings("settings")
    if let other = try keys.mapping("other", known: ["names", "settings"]) {
      let names = try other.list("names")
      guard names.count == 2 else {
        throw mistake(other.line("names"), "other.names: expected two names, found \(names.count)")
      }
      lesson.other = Lesson.Other(names: names, settings: try other.settings("settings"))
    }
    try check(keys, lesson)
    guard (1...12).contains(sections.count) else {
      throw mistake(
        end + 1, "expected 3 to 7 parts, each under a heading ##, found \(sections.count)")
    }
    for section in sections { lesson.steps.append(try step(section)) }
    return lesson
  }

  private static let frontKeys = [
    "title", "slides", "preset", "settings", "other", "view", "minutes",
  ]
  private static let stepKeys = [
    "begin", "view", "read", "ask", "answer", "within", "unit", "point", "choices", "done", "keys",
    "after", "look", "found",
  ]

  /// What the reader of steps could not know.
  private func check(_ keys: LessonKeys, _ lesson: Lesson) throws(PresetError) {
    let line = keys.line("preset")
    guard PresetLibrary.text(of: lesson.preset) != nil else {
      let near = EditDistance.nearest(to: lesson.preset, among: PresetLibrary.names)
      throw mistake(
        line,
        "preset: no preset is named \(PresetValue.quote(lesson.preset))"
          + (near.map { "; did you mean \($0)?" } ?? ""))
    }
    for (settings, key) in [(lesson.settings, "settings"), (lesson.other?.settings ?? [], "other")]
    {
      do {
        var preset = try PresetLibrary.preset(lesson.preset)
        try preset.set(arguments: settings)
      } catch {
        throw mistake(keys.line(key), "\(key): \(error)")
      }
    }
  }

  // MARK: Steps

  /// The lines of each step, from its heading on.
  private func steps(from start: Int) -> [Range<Int>] {
    let headings = lines.indices.filter { $0 >= start && lines[$0].hasPrefix("## ") }
    return headings.enumerated().map { index, line in
      line..<(headings.indices.contains(index + 1) ? headings[index + 1] : lines.count)
    }
  }

  private func step(_ section: Range<Int>) throws(PresetError) -> Lesson.Step {
    let heading = section.lowerBound
    guard let open = section.first(where: { lines[$0].hasPrefix(Self.fence) }),
      let close = section.first(where: { $0 > open && lines[$0].hasPrefix(Self.fence) })
    else { throw mistake(heading + 1, "this part has no block of keys between two lines of ```") }
    let keys = try LessonKeys(
      lines[(open + 1)..<close], file: file, firstLine: open + 2, known: Self.stepKeys)
    let body = lines[(heading + 1)..<open]
    let idea = paragraphs(body.filter { !$0.hasPrefix(">") }[...])
    let words = idea.split(separator: " ").count
    guard words <= Lesson.longestIdea else {
      throw mistake(
        heading + 1, "found an idea of \(words) words, expected at most \(Lesson.longestIdea)")
    }
    let equation = body.filter { $0.hasPrefix(">") }.map { $0.dropFirst().trimmingSpaces }
      .joined(separator: "   ")
    return Lesson.Step(
      title: String(lines[heading].dropFirst(3)).trimmingSpaces, idea: idea,
      equation: equation.isEmpty ? nil : equation, begin: try keys.whole("begin"),
      reveal: try keys.whole("after"), view: keys.text("view"), reads: keys.text("read"),
      ask: try keys.required("ask"), task: try task(keys, heading + 1),
      look: keys.text("look") ?? "", found: try keys.pieces("found"))
  }

  private func task(_ keys: LessonKeys, _ heading: Int) throws(PresetError) -> Lesson.Task {
    let kinds = ["answer", "choices", "done"].filter(keys.has)
    guard kinds.count == 1 else {
      throw mistake(
        heading,
        "expected one of answer, choices and done, found "
          + (kinds.isEmpty ? "none" : kinds.joined(separator: " and ")))
    }
    switch kinds[0] {
    case "answer":
      return .number(
        Lesson.Number(
          answer: try keys.expression("answer"), tolerance: try keys.tolerance("within"),
          unit: keys.text("unit") ?? "", isPoint: keys.text("point") == "true"))
    case "choices":
      return .choice(try keys.choices("choices"))
    default:
      return .action(
        Lesson.Action(isDone: try keys.expression("done"), keys: try keys.list("keys")))
    }
  }

  private func paragraphs(_ lines: ArraySlice<String>) -> String {
    lines.map(\.trimmingSpaces).filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func mistake(_ line: Int, _ text: String) -> PresetError {
    PresetError(description: "\(file):\(line): \(text)")
  }
}

extension String {
  /// Lines, whatever ends them.
  fileprivate var lines: [String] {
    split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
  }
}
