/// Which alerts each preset raises in its first steps, as it is shipped; it must raise no other.
public enum PresetAlerts {
  public static func raised(by preset: String) -> Set<String> { table[preset] ?? [] }

  private static let table: [String: Set<String>] = [
    // The lecture's own cell, which forgets within a few letters, as the preset says.
    "words": ["vanishing"]
  ]
}
