import Foundation
import PackagePlugin

/// `swift package generate-documentation [--target NAME]...`: the documentation of every module that
/// has an article, by the toolchain's own docc, so that no package has to be fetched for it.
///
/// It fails on any of docc's warnings, such as a link that leads nowhere, and on public declarations
/// of the modules that a run goes through when nobody has described them.
@main struct GenerateDocumentation: CommandPlugin {
  /// Modules in which every public declaration says what it is, with shapes, units and errors.
  private static let described: Set = [
    "RecurrentNetworks", "Training", "Runs", "TrainingEvents",
  ]

  func performCommand(context: PluginContext, arguments: [String]) throws {
    var arguments = ArgumentExtractor(arguments)
    let chosen = arguments.extractOption(named: "target")
    let modules = context.package.targets.compactMap { $0 as? SwiftSourceModuleTarget }
      .filter { Catalogue.url(of: $0) != nil }
    if let unknown = chosen.first(where: { name in !modules.contains { $0.name == name } }) {
      throw Failure(
        "--target \(unknown): expected one of \(modules.map(\.name).sorted().joined(separator: " "))"
      )
    }
    let docc = try context.tool(named: "docc").url
    var failed: [String] = []
    for module in modules where chosen.isEmpty || chosen.contains(module.name) {
      let directory = try packageManager.getSymbolGraph(
        for: module,
        options: .init(
          minimumAccessLevel: .public, includeSynthesized: false, includeSPI: false,
          emitExtensionBlocks: false)
      ).directoryURL
      let bare =
        Self.described.contains(module.name) ? try SymbolGraph.undescribed(in: directory) : []
      for place in bare { Diagnostics.error("not described: \(place)") }
      let isWhole = try convert(module, directory, docc, into: context.pluginWorkDirectoryURL)
      if !bare.isEmpty || !isWhole { failed.append(module.name) }
    }
    guard failed.isEmpty else {
      throw Failure("no documentation of \(failed.joined(separator: ", "))")
    }
  }

  /// Whether docc had nothing to complain of.
  private func convert(
    _ module: SwiftSourceModuleTarget, _ graphs: URL, _ docc: URL, into directory: URL
  ) throws -> Bool {
    guard let catalogue = Catalogue.url(of: module) else { return true }
    let archive = directory.appending(path: "\(module.name).doccarchive")
    let process = Process()
    process.executableURL = docc
    process.arguments = [
      "convert", catalogue.path, "--additional-symbol-graph-dir", graphs.path,
      "--output-dir", archive.path, "--fallback-display-name", module.name,
      "--fallback-bundle-identifier", "unfold.\(module.name)", "--warnings-as-errors",
    ]
    try process.run()
    process.waitUntilExit()
    let isWhole = process.terminationReason == .exit && process.terminationStatus == 0
    if isWhole { print("\(module.name): \(archive.path)") }
    return isWhole
  }
}

/// Where a module's articles are.
enum Catalogue {
  static func url(of module: SwiftSourceModuleTarget) -> URL? {
    let url = module.directoryURL.appending(path: "Documentation.docc")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
