/// Short inputs that once broke a reader, or that broke readers elsewhere. Every reader gets all.
enum KnownTrouble {
  static let inputs: [[UInt8]] = (texts + presets).map { Array($0.utf8) } + binaries

  private static let texts = [
    // Steps and counts at the edge of what fits: sums and differences must not trap.
    #"{"event":"step","step":9223372036854775807,"loss":1}"#,
    #"{"event":"step","step":-9223372036854775808,"loss":1}"#,
    #"{"event":"step","step":9007199254740992,"loss":1,"tokens":9223372036854775807}"#,
    #"{"event":"step","step":1,"loss":1,"elapsed":1e308,"tokens":1,"tokensPerSecond":1e-308}"#,
    #"{"event":"step","step":2,"loss":1e308,"elapsed":-1}"#,
    #"{"event":"steps","firstStep":1,"count":65536,"loss":{"minimum":1,"maximum":2,"mean":1e308},"#
      + #""gradientNorm":{"minimum":null,"maximum":null,"mean":null},"#
      + #""last":{"step":65536,"loss":1},"tokens":-5,"clippedSteps":99999999}"#,
    // Ragged, empty and absurd frames.
    #"{"event":"hiddenStates","step":1,"maps":[{"columns":[[]]}]}"#,
    #"{"event":"hiddenStates","step":1,"maps":[{"columns":[]}]}"#,
    #"{"event":"hiddenStates","step":1,"maps":[{"columns":[[1]],"lowest":1,"highest":1}]}"#,
    #"{"event":"hiddenStates","step":1,"maps":[{"columns":[[1e300,-1e300]],"lowest":1e300}]}"#,
    #"{"event":"gradientByLag","step":1,"curves":[{"norms":[]},{"norms":[0,0]},{"norms":[null]}]}"#,
    #"{"event":"started","totalSteps":-1,"architecture":{"hiddenSize":-5,"layers":1e300}}"#,
    #"{"states":[[1,2],[3]],"step":1}"#, #"{"states":[],"step":1}"#,
    // Text that is nearly JSON.
    "{\"a\":\"\\ud83d\\ud83d\"}", "[1,2", "{\"a\":1,\"a\":2}", "\u{FEFF}{}", "nul", "-", "1e", "",
    String(repeating: "[", count: 5000), String(repeating: "{\"a\":", count: 5000),
    "{\"\\u001b]0;title\\u0007\":1,\"step\":1}",
  ]

  /// What broke readers of YAML.
  private static let presets: [String] = [
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

  private static let binaries: [[UInt8]] = [
    [], [0], Array(repeating: 0, count: 8), Array(repeating: 0xFF, count: 8),
    Array(repeating: 0xFF, count: 64), Array(repeating: 0x80, count: 64),
    [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8),
    // A field whose length is more than there is, and a key of ten bytes.
    [0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    Array(repeating: 0xFF, count: 9) + [0x7F],
    [0x2A, 2, 0x0A, 0], [0x2A, 4, 0x0A, 2, 0x2A, 0], [0x2A, 6, 0x0A, 4, 0x42, 2, 0x08, 1],
  ]
}
