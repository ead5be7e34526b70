/// Under which licence data that comes with the program, or is fetched, may be used.
public enum DataLicences {
  private static let known: [String: String] = [
    "words": "BSD-2-Clause", "cmudict": "BSD-2-Clause", "pronunciations": "BSD-2-Clause",
    "japanese-vowels": "CC BY 4.0", "sunspots": "public domain", "shakespeare": "public domain",
    "sentiment": "see the package that carries it", "digits": "CC BY-SA 4.0",
    "interface-strings": "each program's own free licence", "hangul": "SIL OFL 1.1 (font)",
    "fashion-mnist": "MIT",
  ]

  /// The licence in a few words; made-up data has none, and a person's file is theirs.
  public static func licence(of data: DataSource) -> String {
    switch data.format {
    case .synthetic, .grammar: "made up from the seed"
    default: known[data.location] ?? "your own"
    }
  }
}
