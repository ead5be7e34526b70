import Foundation

/// The inputs kept for each reader: real files to begin with, and what once broke it.
public enum Corpus {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Corpus")

  /// The inputs of a reader by their names.
  public static func inputs(of reader: String) -> [String: [UInt8]] {
    let folder = directory.appendingPathComponent(reader)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var inputs: [String: [UInt8]] = [:]
    for name in names where !name.hasPrefix(".") {
      inputs[name] = (try? Data(contentsOf: folder.appendingPathComponent(name))).map(Array.init)
    }
    return inputs
  }
}
