/// The preset files, embedded in the program, in the order of the lecture.
public enum EmbeddedPresets {
  public static var files: [(name: String, bytes: [UInt8])] {
    [
      ("words", PackageResources.words_yaml)
    ]
  }
}
