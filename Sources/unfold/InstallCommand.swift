import ArgumentParser
import Foundation
import Sessions

/// Puts the program under a prefix, with all that it needs away from its checkout, and takes it away
/// again.
struct InstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install unfold under a prefix, or remove it from there.",
    discussion: """
      Copies the program to PREFIX/bin, its data to PREFIX/share/unfold, completions for bash, zsh \
      and fish, and a man page. --remove takes away what was put there, and nothing else.
      """)

  @Option(help: ArgumentHelp("Where to install.", valueName: "dir"))
  var prefix = "~/.local"

  @Flag(help: "Remove what was installed there.")
  var remove = false

  func run() throws {
    let installation = Installation(
      prefix: URL(fileURLWithPath: (prefix as NSString).expandingTildeInPath))
    do {
      try SafeOutput.show(remove ? installation.remove() : installation.install())
    } catch let error as CocoaError {
      let path = error.filePath ?? installation.prefix.path
      let reason = (error.underlying as? POSIXError).map { String(cString: strerror($0.errno)) }
      throw RunFailure(description: "\(path): \(reason ?? error.localizedDescription)")
    }
  }
}

extension POSIXError {
  fileprivate var errno: Int32 { code.rawValue }
}

/// What stands under a prefix.
struct Installation {
  let prefix: URL

  private var program: URL { prefix.appendingPathComponent("bin/unfold") }
  private var share: URL { prefix.appendingPathComponent("share/unfold") }
  /// Paths of everything that was installed, below the prefix, one a line.
  private var list: URL { share.appendingPathComponent("installed.txt") }

  /// Texts that the program makes of itself, by their places below the prefix.
  private var generated: [(path: String, text: String)] {
    [
      ("share/bash-completion/completions/unfold", Unfold.completionScript(for: .bash)),
      ("share/zsh/site-functions/_unfold", Unfold.completionScript(for: .zsh)),
      ("share/fish/vendor_completions.d/unfold.fish", Unfold.completionScript(for: .fish)),
      ("share/man/man1/unfold.1", ManualPage.text),
    ]
  }

  /// - Returns: what to say: where it stands, and what else is needed to start it.
  func install() throws -> String {
    guard let own = DataDirectories.programPath, let data = presets(beside: own) else {
      throw RunFailure(
        description: "the program's data was not found: install from the checkout that it was "
          + "built in, with `swift run -c release unfold install`")
    }
    var paths = ["bin/unfold"]
    try copy(URL(fileURLWithPath: own), to: program)
    for name in ["data", "fetched", "fetch"] {
      let source = data.appendingPathComponent(name)
      guard FileManager.default.fileExists(atPath: source.path) else { continue }
      try copy(source, to: share.appendingPathComponent("presets/" + name))
      paths.append("share/unfold/presets/" + name)
    }
    for (path, text) in generated {
      let place = prefix.appendingPathComponent(path)
      try makeParent(of: place)
      try Data(text.utf8).write(to: place, options: .atomic)
      paths.append(path)
    }
    try Data((paths.joined(separator: "\n") + "\n").utf8).write(to: list, options: .atomic)
    return report
  }

  private var report: String {
    var lines = ["installed \(program.path)"]
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    if !folders.contains(Substring(program.deletingLastPathComponent().path)) {
      lines.append(
        "to start it by its name: export PATH=\(program.deletingLastPathComponent().path):$PATH")
    }
    lines.append(
      "more data: \(share.path)/presets/fetch NAME    remove it all: unfold install --remove "
        + "--prefix \(prefix.path)")
    return lines.joined(separator: "\n")
  }

  func remove() throws -> String {
    guard let text = try? String(contentsOf: list, encoding: .utf8) else {
      throw RunFailure(
        description:
          "\(prefix.path): nothing of unfold is installed there: \(list.path) is missing",
        status: ExitStatus.badInput)
    }
    let known = Set(
      ["bin/unfold"] + ["data", "fetched", "fetch"].map { "share/unfold/presets/" + $0 }
        + generated.map(\.path))
    // The list is a file like any other: only what an installation makes is taken away.
    for path in text.split(separator: "\n").map(String.init) where known.contains(path) {
      let place = prefix.appendingPathComponent(path)
      if FileManager.default.fileExists(atPath: place.path) {
        try FileManager.default.removeItem(at: place)
      }
    }
    try FileManager.default.removeItem(at: list)
    for folder in ["presets", ""] {
      let place = folder.isEmpty ? share : share.appendingPathComponent(folder)
      if (try? FileManager.default.contentsOfDirectory(atPath: place.path))?.isEmpty == true {
        try FileManager.default.removeItem(at: place)
      }
    }
    return "removed \(program.path)"
  }

  /// The folder `presets` of the checkout that a program was built in, or of its own prefix.
  private func presets(beside program: String) -> URL? {
    var directory = DataDirectories.parent(of: program)
    var places = [DataDirectories.parent(of: directory) + "/share/unfold/presets"]
    for _ in 0..<4 {
      places.append(directory + "/presets")
      directory = DataDirectories.parent(of: directory)
    }
    places.append("presets")
    return places.first { FileManager.default.fileExists(atPath: $0 + "/data") }
      .map { URL(fileURLWithPath: $0) }
  }

  /// Beside its place first, so that an older file is replaced whole, even one that runs.
  private func copy(_ source: URL, to place: URL) throws {
    guard source.standardizedFileURL != place.standardizedFileURL else { return }
    try makeParent(of: place)
    let part = place.appendingPathExtension("part")
    try? FileManager.default.removeItem(at: part)
    try FileManager.default.copyItem(at: source, to: part)
    if FileManager.default.fileExists(atPath: place.path) {
      try FileManager.default.removeItem(at: place)
    }
    try FileManager.default.moveItem(at: part, to: place)
  }

  private func makeParent(of place: URL) throws {
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
  }
}

/// The man page, made of what `--help` says.
enum ManualPage {
  static var text: String {
    var page = """
      .TH UNFOLD 1 "" "\(Unfold.configuration.version)"
      .SH NAME
      unfold \\- watch a recurrent network learn, in the terminal
      .SH DESCRIPTION

      """
    page += verbatim(Unfold.helpMessage(columns: 78))
    for command in Unfold.configuration.subcommands {
      page += ".SH UNFOLD \((command.configuration.commandName ?? "").uppercased())\n"
      page += verbatim(Unfold.helpMessage(for: command, columns: 78))
    }
    return page
  }

  /// Lines as they stand, with what troff would obey taken for text.
  private static func verbatim(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let escaped = line.split(separator: "\\", omittingEmptySubsequences: false)
        .joined(separator: "\\e")
        .split(separator: "-", omittingEmptySubsequences: false).joined(separator: "\\-")
      return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
    return ".nf\n" + lines.joined(separator: "\n") + "\n.fi\n"
  }
}
