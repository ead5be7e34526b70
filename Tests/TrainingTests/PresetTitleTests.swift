import Testing
import Training

@Suite struct PresetTitleTests {
  /// A preset's title is about its own data, and a person's file has a name.
  @Test func aRunOnOtherDataIsTitledByIt() throws {
    let words = try PresetLibrary.preset("words")
    var preset = words
    preset.retitle(after: words)
    #expect(preset.title == words.title)
    try preset.set("task.data.text", to: "texts/mine.txt")
    preset.retitle(after: words)
    #expect(preset.title == "mine.txt")
    // What a person calls it stands.
    preset = words
    try preset.set("task.data.text", to: "mine.txt")
    try preset.set("title", to: "Letters")
    preset.retitle(after: words)
    #expect(preset.title == "Letters")
    preset.title = ""
    preset.retitle(after: preset)
    #expect(preset.title == "mine.txt")
  }
}
