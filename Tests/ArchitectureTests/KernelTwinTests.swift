import Foundation
import Testing

/// The kernels of `Double` are those of `Float` with other names, so that each is written once.
@Suite struct KernelTwinTests {
  private static let folder = ModuleWalls.root.appendingPathComponent(
    "Sources/LinearAlgebra/Kernels")
  private static let twin = "DoubleKernels.swift"
  private static let heading = """
    // Made from the `extension Float` of the other files here, which are the ones to edit: the test of
    // twins in ArchitectureTests compares them, and writes this file with UNFOLD_RECORD=1.
    import COpenBLAS
    import CVectorMath


    """

  /// The kernels of `Double`, from the files that hold those of `Float`.
  private static func made() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") && $0 != twin }.sorted()
    let extensions = try names.map { name in
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      let start = try #require(text.range(of: "extension Float: "), "\(name) has no kernels")
      return String(text[start.lowerBound...])
    }
    return
      heading
      + extensions.joined(separator: "\n")
      .replacing(/\bFloat\b/, with: "Double")
      .replacing("_f32", with: "_f64").replacing("_F32", with: "_F64")
      .replacing("cblas_s", with: "cblas_d")
  }

  @Test func doubleIsTheTwinOfFloat() throws {
    let made = try Self.made()
    let file = Self.folder.appendingPathComponent(Self.twin)
    if ProcessInfo.processInfo.environment["UNFOLD_RECORD"] != nil {
      try made.write(to: file, atomically: true, encoding: .utf8)
    }
    let there = try String(contentsOf: file, encoding: .utf8)
    // Lines are broken elsewhere where names are longer.
    func words(_ text: String) -> String { text.filter { !$0.isWhitespace } }
    let isTwin = words(there) == words(made)
    #expect(isTwin, "record \(Self.twin) with UNFOLD_RECORD=1 and format it")
  }
}
