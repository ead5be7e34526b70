import CEmbeddedFiles

/// The text files that are embedded in the program: presets, lessons, the helper for Python.
public enum EmbeddedFiles {
  /// The preset files, named without their extension, in the order of the lecture.
  public static var presets: [(name: String, text: String)] {
    files(unfold_embedded_presets())
  }

  /// The lessons, named without their extension, in the order of the lecture.
  public static var lessons: [(name: String, text: String)] {
    files(unfold_embedded_lessons())
  }

  /// The helper for training jobs written in Python: one file that a job keeps beside its script.
  public static var python: String {
    unfold_embedded_python().map { String(cString: $0) } ?? ""
  }

  private static func files(
    _ table: UnsafePointer<unfold_embedded_file>?
  ) -> [(name: String, text: String)] {
    var files: [(name: String, text: String)] = []
    var entry = table
    while let file = entry?.pointee, let name = file.name, let bytes = file.bytes {
      files.append((String(cString: name), String(cString: bytes)))
      entry = entry?.successor()
    }
    return files
  }
}
