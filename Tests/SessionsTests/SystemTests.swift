import Dashboard
import Foundation
import Testing

@testable import Sessions

/// What sessions need of the system: descriptors, places of files, messages.
@Suite struct SystemTests {
  /// More than a pipe holds gets there whole, whatever it takes at a time.
  @Test func aTextIsWrittenWhole() async throws {
    let pipe = Pipe()
    let text = (0..<30_000).map { "\($0)\n" }.joined()
    let reading = Task.detached { try pipe.fileHandleForReading.readToEnd() }
    #expect(ExitStatus.write(text, to: pipe.fileHandleForWriting.fileDescriptor))
    try pipe.fileHandleForWriting.close()
    #expect(try await reading.value == Data(text.utf8))
  }

  @Test func aReaderThatIsGoneIsNoticed() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    #expect(!ExitStatus.write("x", to: pipe.fileHandleForWriting.fileDescriptor))
  }

  @Test func statusesAreTheShells() {
    #expect(ExitStatus.done == 0 && ExitStatus.failed == 1 && ExitStatus.badInput == 2)
    #expect(ExitStatus.signal(SIGINT) == 130)
    #expect(ExitStatus.message("a\u{1B}b") == Array("unfold: a�b\n".utf8))
    #expect(SafeOutput.harmless("a\tb\nc\u{7}") == "a\tb\nc�")
  }

  @Test func aStarterIsToldOneLine() throws {
    let pipe = Pipe()
    Starter(dup(pipe.fileHandleForWriting.fileDescriptor)).tell(failure: "two\nlines")
    try pipe.fileHandleForWriting.close()
    #expect(try pipe.fileHandleForReading.readToEnd() == Data("failed two lines\n".utf8))
  }

  @Test func filesOfAPersonLieWhereXDGPutsThem() {
    func path(_ environment: [String: String]) -> String? {
      PersonalFile.path("unfold/settings", in: "XDG_CONFIG_HOME", else: ".config") {
        environment[$0]
      }
    }
    #expect(path(["HOME": "/h", "XDG_CONFIG_HOME": "/c"]) == "/c/unfold/settings")
    #expect(path(["HOME": "/h"]) == "/h/.config/unfold/settings")
    #expect(path(["HOME": "/h", "XDG_CONFIG_HOME": ""]) == "/h/.config/unfold/settings")
    #expect(path(["HOME": "/h", "XDG_CONFIG_HOME": "c"]) == "/h/.config/unfold/settings")
    #expect(path(["XDG_CONFIG_HOME": "/c"]) == "/c/unfold/settings")
    #expect(path(["HOME": ""]) == nil && path([:]) == nil)
  }

  @Test func settingsAreKeptThroughLinksAndSlipsAreTold() throws {
    let twin = try SessionTwin()
    let file = SettingsFile(path: twin.folder + "/config/unfold/settings")
    #expect(file.load().settings == DashboardSettings() && file.load().problems.isEmpty)
    var settings = DashboardSettings()
    settings.theme = "light"
    #expect(file.save(settings) == nil)
    #expect(file.load().settings.theme == "light")
    // Who keeps settings elsewhere has a link, which stays one.
    try twin.write("theme: dark\nmouse: maybe\n", to: "mine")
    let link = twin.folder + "/link"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: twin.folder + "/mine")
    let linked = SettingsFile(path: link)
    let problems = linked.load().problems
    #expect(problems.count == 1 && problems[0].hasPrefix("\(link), line 2: "), "\(problems)")
    #expect(linked.save(settings) == nil)
    #expect(try twin.read("mine").contains("theme: light\n"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: link) == twin.folder + "/mine")
    // A directory is no file of settings.
    let directory = SettingsFile(path: twin.folder)
    #expect(directory.load().problems.count == 1)
    #expect(directory.save(settings)?.hasPrefix("settings are not kept: ") == true)
    #expect(SettingsFile(path: nil).save(settings) != nil)
    #expect(SettingsFile(path: nil).load().problems.isEmpty)
  }

  @Test func dataIsLookedForBesideTheProgramAndAboveIt() throws {
    let program = DataDirectories.parent(of: try #require(DataDirectories.programPath))
    var above = program
    for _ in 0..<4 {
      #expect(DataDirectories.all.contains(above + "/presets/fetched"))
      #expect(DataDirectories.all.contains(above + "/presets/data"))
      above = DataDirectories.parent(of: above)
    }
    #expect(DataDirectories.all.contains(program + "/unfold_Presets.resources/data"))
    let share = DataDirectories.parent(of: program) + "/share/unfold/presets/"
    #expect(DataDirectories.all.contains(share + "data"))
    #expect(DataDirectories.all.last == "presets/data")
    #expect(DataDirectories.parent(of: "/a/b") == "/a" && DataDirectories.parent(of: "/a") == "/")
    #expect(DataDirectories.parent(of: "a") == ".")
  }

  @Test func memoryIsRead() throws {
    let bytes = try #require(ResidentMemory.bytes)
    #expect(bytes > 1_000_000 && bytes < 1 << 40)
  }
}
