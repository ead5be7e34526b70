/// Inputs that once broke a reader, or that broke readers elsewhere. Every reader gets all of them.
enum FuzzCorpus {
  static let cases: [[UInt8]] = texts.map { Array($0.utf8) } + binaries

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
