/// The preset files, embedded in the program, in the order of the lecture.
public enum EmbeddedPresets {
  public static var files: [(name: String, bytes: [UInt8])] {
    [
      ("words", PackageResources.words_yaml),
      ("shakespeare", PackageResources.shakespeare_yaml),
      ("tiny", PackageResources.tiny_yaml),
      ("oscillator", PackageResources.oscillator_yaml),
      ("sunspots", PackageResources.sunspots_yaml),
      ("adding", PackageResources.adding_yaml),
      ("copy", PackageResources.copy_yaml),
      ("brackets", PackageResources.brackets_yaml),
      ("anbn", PackageResources.anbn_yaml),
      ("two-brackets", PackageResources.two_brackets_yaml),
      ("parity", PackageResources.parity_yaml),
      ("sentiment", PackageResources.sentiment_yaml),
      ("speakers", PackageResources.speakers_yaml),
      ("spoken-digits", PackageResources.spoken_digits_yaml),
      ("connected-digits", PackageResources.connected_digits_yaml),
      ("peek", PackageResources.peek_yaml),
      ("reverse", PackageResources.reverse_yaml),
      ("pronounce", PackageResources.pronounce_yaml),
      ("translate", PackageResources.translate_yaml),
      ("fashion", PackageResources.fashion_yaml),
      ("caption-hangul", PackageResources.caption_hangul_yaml),
    ]
  }
}

/// The helper for training jobs written in Python: one file that a job keeps beside its script.
public enum EmbeddedPython {
  public static var helper: [UInt8] { PackageResources.unfold_py }
}
