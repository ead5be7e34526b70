import Foundation
import Testing

@Suite struct ModuleWallsTests {
  @Test func noModuleImportsUpward() throws {
    var seen: Set<String> = []
    for (module, imports) in ModuleWalls.allowed.reversed() {
      #expect(imports.isSubset(of: seen), "\(module) lists a module that is not below it")
      seen.insert(module)
      for file in ModuleWalls.files(of: module) {
        let found = try ModuleWalls.imports(in: file)
        let ours = found.intersection(ModuleWalls.names)
        #expect(
          ours.isSubset(of: imports),
          "\(file.lastPathComponent) of \(module) imports \(ours.subtracting(imports).sorted())")
        for (library, users) in ModuleWalls.libraries where found.contains(library) {
          #expect(users.contains(module), "\(file.lastPathComponent) of \(module): \(library)")
        }
      }
    }
  }

  /// What is allowed and never done is taken back, so that the walls say what depends on what.
  @Test func everyImportThatIsAllowedIsUsed() throws {
    for (module, imports) in ModuleWalls.allowed {
      let used = try ModuleWalls.files(of: module).reduce(into: Set<String>()) { used, file in
        used.formUnion(try ModuleWalls.imports(in: file))
      }
      #expect(imports.subtracting(used).isEmpty, "\(module)")
    }
  }

  @Test func theManifestDeclaresTheSameWalls() throws {
    let manifest = try String(
      contentsOf: ModuleWalls.root.appending(path: "Package.swift"), encoding: .utf8)
    for (module, imports) in ModuleWalls.allowed {
      // From this target's name to the next target.
      let declaration = try #require(
        manifest.range(
          of: #"(target|executableTarget|systemLibrary)\(\s*name: ""# + module + "\"",
          options: .regularExpression), "\(module) is not in the manifest")
      let rest = manifest[declaration.upperBound...]
      let next = rest.range(
        of: #"\.(target|executableTarget|systemLibrary|testTarget)\("#,
        options: .regularExpression)
      let body = rest[..<(next?.lowerBound ?? rest.endIndex)]
      let declared = Set(
        body.components(separatedBy: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      ).intersection(ModuleWalls.names)
      #expect(declared == imports, "\(module)")
    }
  }

  @Test func everyFolderIsAModuleOfTheHouse() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: ModuleWalls.root.appending(path: "Sources").path)
    #expect(Set(folders.filter { !$0.hasPrefix(".") }).union(["Presets"]) == ModuleWalls.names)
  }

  @Test func onlyTheTerminalKnowsNcursesAndTheDashboardKnowsNeitherEngineNorTerminal() throws {
    for (module, _) in ModuleWalls.allowed {
      for file in ModuleWalls.files(of: module) {
        let found = try ModuleWalls.imports(in: file)
        if found.contains("CNcurses") { #expect(module == "NcursesTerminal") }
        if module == "Dashboard" {
          #expect(found.isSubset(of: ["TrainingEvents", "TerminalGraphics"]))
        }
      }
    }
  }
}
