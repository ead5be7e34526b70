import Foundation
import Testing

/// The program away from its checkout.
@Suite struct InstallTests {
  @Test func whatIsInstalledWorksElsewhereAndIsRemovedWhole() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run(["install", "--prefix", "prefix"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Data is found from anywhere, and completions and man page know the commands.
    let trained = try program.shell(
      "cd / && \(program.directory.path)/prefix/bin/unfold train words --headless --steps 2 "
        + "--set network.hidden=8 --set training.batch=4 --out \(program.directory.path)/run")
    #expect(trained.status == 0, "\(trained.errors)")
    for (name, word) in [
      ("share/bash-completion/completions/unfold", "evaluate"),
      ("share/zsh/site-functions/_unfold", "evaluate"),
      ("share/fish/vendor_completions.d/unfold.fish", "evaluate"),
      ("share/man/man1/unfold.1", ".SH UNFOLD EVALUATE"),
    ] {
      let found = try program.shell("grep -c -- '\(word)' prefix/\(name)")
      #expect(found.status == 0, "\(name)")
    }
    let removed = try program.run(["install", "--remove", "--prefix", "prefix"])
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(try program.shell("find prefix -type f").output.isEmpty)
    let again = try program.run(["install", "--remove", "--prefix", "prefix"])
    #expect(again.status == 2 && again.errors.split(separator: "\n").count == 1)
  }

  @Test func versionAndOnePresetAreTold() throws {
    let program = try Program()
    defer { program.remove() }
    let version = try program.run(["--version"])
    #expect(version.status == 0 && version.output.hasPrefix("unfold "))
    let preset = try program.run(["presets", "parity", "--json"])
    let object = try JSONSerialization.jsonObject(with: Data(preset.output.utf8))
    #expect((object as? [String: Any])?["name"] as? String == "parity")
  }
}
