import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// Several runs as one picture and one table.
@Suite struct ComparisonExportTests {
  private static func write(_ text: String, _ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private static func log(_ steps: Int, _ metric: String) -> String {
    (1...steps).map { #"{"step":\#($0),"loss":\#(1 / Double($0)),"\#(metric)":\#($0)}"# + "\n" }
      .joined()
  }

  /// Three logs: two that differ in a setting, and one of another kind.
  private static func make() throws -> (place: TemporaryDirectory, paths: [String]) {
    let place = try TemporaryDirectory()
    let root = place.path + "/logs/"
    try write(log(3, "acc"), root + "a/train.jsonl")
    try write(#"{"lr": 0.1, "width": 8}"#, root + "a/config.json")
    try write(log(2, "acc"), root + "b/train.jsonl")
    try write(#"{"lr": 0.2, "width": 8}"#, root + "b/config.json")
    try write("step,loss,val_loss\n10,2,\n20,1.5,1.75\n", root + "c, \"d\"/metrics.csv")
    return (place, ["a", "b", "c, \"d\""].map { root + $0 })
  }

  @Test func aTableHasEveryStepOfEveryRun() throws {
    let (place, paths) = try Self.make()
    let files = try ComparisonExport.export(paths, to: place.path + "/out")
    #expect(files == [place.path + "/out/comparison.svg", place.path + "/out/comparison.csv"])
    let table = try String(contentsOfFile: files[1], encoding: .utf8)
    let rows = table.components(separatedBy: "\r\n")
    let columns = rows[0].components(separatedBy: ",")
    #expect(columns.prefix(5) == ["run", "settings", "step", "epoch", "loss"])
    #expect(columns.contains("acc") && columns.contains("validation_loss"))
    #expect(rows.count == 1 + 3 + 2 + 2 + 1 && rows.last == "")
    func field(_ row: String, _ name: String) -> String? {
      columns.firstIndex(of: name).map { row.components(separatedBy: ",")[$0] }
    }
    #expect(rows[1].hasPrefix("a,lr 0.1 · width 8,1,") || rows[1].hasPrefix("a,lr 0.1,1,"))
    #expect(field(rows[3], "step") == "3" && field(rows[3], "acc") == "3")
    #expect(rows[4].hasPrefix("b,lr 0.2") && field(rows[5], "acc") == "2")
    // A name with a comma and quotes is one field; what a run has not logged is empty.
    #expect(
      rows[7].hasPrefix("\"c, \"\"d\"\"\",") && rows[7].contains(",20,") && rows[7].contains("1.75")
    )
  }

  @Test func aPictureHasACurveAndALabelForEachRun() throws {
    let (place, paths) = try Self.make()
    let files = try ComparisonExport.export(paths, to: place.path + "/deep/er/sweep.CSV")
    #expect(files == ["svg", "csv"].map { place.path + "/deep/er/sweep." + $0 })
    let picture = try String(contentsOfFile: files[0], encoding: .utf8)
    for text in ["Loss of 3 runs", "lr 0.1", "lr 0.2", "dashed: validation"] {
      #expect(picture.contains(text), "\(text)")
    }
    // Two hues are not the same, and the validation has its run's.
    #expect(Set(["s0", "s1", "s2"].map { style($0, picture) }).count == 3)
    #expect(style("s2", picture) == style("s3", picture))
  }

  private func style(_ name: String, _ picture: String) -> String {
    let rule = picture.range(of: ".\(name){stroke:")
    return rule.map { String(picture[$0.upperBound...].prefix(7)) } ?? "none of \(name)"
  }

  @Test func labelsThatAreLongTakeRows() throws {
    let place = try TemporaryDirectory()
    var paths: [String] = []
    for run in 0..<12 {
      let folder = place.path + "/run\(run)"
      try Self.write(Self.log(2, "acc"), folder + "/train.jsonl")
      try Self.write(
        #"{"learning_rate": \#(run), "a_long_name_of_a_setting": "value \#(run) of many"}"#,
        folder + "/config.json")
      paths.append(folder)
    }
    let files = try ComparisonExport.export(paths, to: place.path)
    let picture = try String(contentsOfFile: files[0], encoding: .utf8)
    let labels = picture.matches(of: #/<text[^>]* x="([0-9.]+)"[^>]*>learning_rate ([^<]+)</#)
    #expect(labels.count == 12)
    for label in labels {
      let x = Double(label.1) ?? 0
      #expect(x + 5 * Double(label.2.count) < 900, "\(label.0)")
    }
    // The ninth has the first's hue, and is dashed.
    #expect(style("s0", picture) == style("s8", picture))
    #expect(picture.contains(#"<path class="s8" stroke-width="1.8" stroke-dasharray"#))
  }

  /// One that is longer than a row is cut.
  @Test func aLabelThatIsTooLongIsCut() throws {
    let place = try TemporaryDirectory()
    let names = ["a", "b"].map { place.path + "/" + String(repeating: $0, count: 200) }
    for name in names { try Self.write(Self.log(2, "acc"), name + "/train.jsonl") }
    let files = try ComparisonExport.export(names, to: place.path)
    let picture = try String(contentsOfFile: files[0], encoding: .utf8)
    #expect(picture.contains("aaaa…<") && !picture.contains(String(repeating: "a", count: 140)))
  }

  @Test func whatIsNoRunOrNoPlaceIsRefused() throws {
    let (place, paths) = try Self.make()
    try Self.write("", place.path + "/empty.jsonl")
    #expect(throws: RunError.self) {
      try ComparisonExport.export(paths + [place.path + "/empty.jsonl"], to: place.path + "/out")
    }
    #expect(throws: RunError.self) {
      try ComparisonExport.export(paths + [place.path + "/none"], to: place.path + "/out")
    }
    // One that nobody named is left out, and said.
    var notes: [String] = []
    let empty = place.path + "/empty.jsonl"
    let some = try ComparisonExport.export(
      paths + [empty], to: place.path + "/some", found: [empty]
    ) { notes.append($0) }
    #expect(some.count == 2 && notes.contains { $0.hasPrefix("left out: \(empty)") }, "\(notes)")
    let error = #expect(throws: RunError.self) {
      try ComparisonExport.export(paths, to: place.path + "/empty.jsonl")
    }
    #expect(
      "\(error.map { "\($0)" } ?? "")".contains("expected a directory or a name ending in .svg"))
    #expect(!FileManager.default.fileExists(atPath: place.path + "/out/comparison.csv"))
    // Two of the same name are told apart by their paths.
    try Self.write(Self.log(2, "acc"), place.path + "/other/a/train.jsonl")
    let files = try ComparisonExport.export(
      [paths[0], place.path + "/other/a"], to: place.path + "/out")
    let table = try String(contentsOfFile: files[1], encoding: .utf8)
    #expect(table.contains("\n\(place.path)/other/a,") && table.contains("\n\(paths[0]),"))
  }
}
