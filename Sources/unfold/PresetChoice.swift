import ArgumentParser

/// A preset, and what is set otherwise in it.
struct PresetChoice: ParsableArguments {
  @Argument(help: "A preset from `unfold presets`, or the path of a preset file.")
  var preset: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Set any key of the preset, as in network.cell=gru.", valueName: "path=value"))
  var settings: [String] = []
}
