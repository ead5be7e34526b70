/// The data sets that presets call by name, and where each comes from.
public enum DataCatalogue {
  public struct Entry: Sendable, Equatable {
    /// As it stands after `data: { FORMAT: … }`.
    public var name: String
    /// A file or folder in one of the data directories; nil for data that is made up.
    public var file: String?
    /// What it is, for a list of presets.
    public var title: String
    public var licence: String
    /// The name by which `presets/fetch` brings it; nil when it comes with the program.
    public var fetch: String?
  }

  public static let entries: [Entry] = [
    Entry(
      name: "words", file: "cmudict.dict", title: "words of the CMU Pronouncing Dictionary",
      licence: "BSD-2-Clause"),
    Entry(
      name: "cmudict", file: "cmudict.dict", title: "CMU Pronouncing Dictionary",
      licence: "BSD-2-Clause"),
    Entry(
      name: "japanese-vowels", file: "JapaneseVowels_TRAIN.ts", title: "Japanese Vowels (UCI)",
      licence: "CC-BY-4.0"),
    Entry(
      name: "japanese-vowels-test", file: "JapaneseVowels_TEST.ts",
      title: "Japanese Vowels (UCI), test set", licence: "CC-BY-4.0"),
    Entry(
      name: "sunspots", file: "sunspots.csv", title: "yearly sunspot numbers, 1700 to 2008",
      licence: "public domain"),
    Entry(
      name: "shakespeare", file: "shakespeare.txt", title: "Shakespeare's plays",
      licence: "public domain", fetch: "shakespeare"),
    Entry(
      name: "sentiment", file: "sentiment-train.tsv", title: "film review snippets (VADER)",
      licence: "MIT", fetch: "sentiment"),
    Entry(
      name: "sentiment-test", file: "sentiment-test.tsv",
      title: "film review snippets (VADER), test set", licence: "MIT", fetch: "sentiment"),
    Entry(
      name: "spoken-digits", file: "digits-train.npz", title: "Free Spoken Digit Dataset, MFCC",
      licence: "CC-BY-SA-4.0", fetch: "spoken-digits"),
    Entry(
      name: "spoken-digits-test", file: "digits-test.npz",
      title: "Free Spoken Digit Dataset, MFCC, test set", licence: "CC-BY-SA-4.0",
      fetch: "spoken-digits"),
    Entry(
      name: "interface-strings", file: "interface-strings.tsv",
      title: "LibreOffice's interface, English and French", licence: "MPL-2.0",
      fetch: "translate"),
    Entry(
      name: "hangul", file: "hangul.tsv", title: "Hangul syllables of GNU Unifont",
      licence: "OFL-1.1 (or GPL-2.0 with font exception)", fetch: "caption-hangul"),
    Entry(
      name: "fashion-mnist", file: "fashion-mnist", title: "Fashion-MNIST", licence: "MIT",
      fetch: "fashion"),
  ]

  /// The entry of this name; nil for a path or made-up data.
  public static func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

  /// What a task trains on: `CMU Pronouncing Dictionary`, `synthetic data from the seed`, or a path.
  public static func title(of data: DataSource) -> String {
    switch data.format {
    case .synthetic, .grammar: "synthetic data from the seed"
    default: entry(data.location)?.title ?? data.location
    }
  }

  /// The file's name where the data is a person's own; nil for what presets call by name.
  public static func ownFile(of data: DataSource) -> String? {
    switch data.format {
    case .synthetic, .grammar: nil
    default:
      entry(data.location) == nil
        ? data.location.split(separator: "/").last.map(String.init) ?? data.location : nil
    }
  }

  /// Under which licence it may be used, in a few words.
  public static func licence(of data: DataSource) -> String {
    switch data.format {
    case .synthetic, .grammar: "no licence needed"
    default: entry(data.location)?.licence ?? "your own"
    }
  }

  /// The command that brings it; nil for what comes with the program, is made up, or is a person's.
  public static func command(toFetch data: DataSource) -> String? {
    entry(data.location)?.fetch.map { "presets/fetch \($0)" }
  }

  /// Whether everything that a task reads is there.
  public static func isAvailable(_ data: DataSource, dataDirectories: [String]) -> Bool {
    switch data.format {
    case .synthetic, .grammar: return true
    default:
      let locator = DataLocator(directories: dataDirectories)
      return ([data.location] + (data.test.map { [$0] } ?? [])).allSatisfy { location in
        (try? locator.path(of: location)).map(FileBytes.exists) ?? false
      }
    }
  }
}
