import Foundation
import LinearAlgebra
import Testing
import Training

/// Preset files, changed at random from a fixed seed: each is read, or refused in one line.
/// `UNFOLD_FUZZ` sets how many are tried.
@Suite struct PresetFuzzTests {
  private static let count =
    ProcessInfo.processInfo.environment["UNFOLD_FUZZ"].flatMap { Int($0) } ?? 500

  /// Files that broke readers of YAML, here or elsewhere.
  static let cases: [String] = [
    // Aliases that stand for exponentially many nodes: as values, and as keys, which are compared.
    bomb + "b: *a11\n", bomb + "? *a11\n: x\n? *a10\n: x\n", "? &a [*a]\n: x\n", "a: &a {b: *a}\n",
    String(repeating: "[", count: 50_000), String(repeating: "{a: ", count: 50_000),
    String(repeating: "- ", count: 50_000) + "a", "title: \u{1B}[2J\n", "\u{FEFF}title: a\n", "",
    "--- a\n--- b\n", "? {}\n: x\n", "training: {seed: !!binary AAAA}\n", "<<: {title: x}\n",
    "\"training\\e[2J\": {x: 1}\n", "training: {\"ba\\ttch\": 1}\n",
    "title: |9\n a\n", "%YAML 9.9\n---\ntitle: a\n", "training: {steps: 99999999999999999999999}\n",
    "training: {batch: 0x10, seed: -0}\n", "training: {optimizer: {learning-rate: .inf}}\n",
  ]

  private static let bomb = (1...11).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n") { text, n in
    let aliases = Array(repeating: "*a\(n - 1)", count: 10).joined(separator: ", ")
    return text + "a\(n): &a\(n) [\(aliases)]\n"
  }

  private static let tokens = [
    "&a ", "*a", "? ", ": ", "- ", "[", "]", "{", "}", "!!str ", "|\n", ">\n", "---\n", "...\n",
    "#", "'", "\"", "\\x", "\t", "\u{FEFF}", "\u{1B}", "<<: ", "1e999", "-1", ".nan", "~", "null",
    "9223372036854775808", "%YAML 1.1\n", "é", "\r\n", "  ",
  ]

  private func read(_ yaml: String) {
    let began = DispatchTime.now().uptimeNanoseconds
    do {
      let preset = try Preset(yaml: yaml, file: "my.yaml", name: "my")
      let again = try? Preset(yaml: preset.resolvedText, file: "x", name: "my")
      #expect(again == preset, "read back differently: \(yaml.debugDescription)")
    } catch {
      let line = error.description
      #expect(line.hasPrefix("my.yaml"), "\(line)")
      #expect(!line.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }, "\(line)")
    }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9
    #expect(seconds < 5, "took \(seconds) s: \(yaml.prefix(200).debugDescription)")
  }

  @Test(arguments: cases.indices) func knownTroubleIsRefused(index: Int) {
    read(Self.cases[index])
  }

  @Test func changedPresetsNeverTrap() {
    var random = SeededRandom(seed: 2_029)
    let seeds = PresetLibrary.names.compactMap { PresetLibrary.text(of: $0) }.map { Array($0.utf8) }
    for _ in 0..<Self.count {
      var bytes = seeds[random.index(below: seeds.count)]
      for _ in 0...random.index(below: 4) {
        let at = random.index(below: bytes.count + 1)
        let end = min(bytes.count, at + random.index(below: 12))
        let token = Self.tokens[random.index(below: Self.tokens.count)].utf8
        switch random.index(below: 6) {
        case 0: if at < bytes.count { bytes[at] ^= 1 << UInt8(random.index(below: 8)) }
        case 1: bytes.removeSubrange(at..<end)
        case 2: bytes.insert(contentsOf: Array(bytes[at..<end]), at: random.index(below: at + 1))
        case 3: bytes.insert(contentsOf: token, at: at)
        case 4: bytes.replaceSubrange(at..<end, with: token)
        default: bytes.removeSubrange(at...)
        }
      }
      read(String(decoding: bytes, as: UTF8.self))
    }
  }
}
