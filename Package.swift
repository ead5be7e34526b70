// swift-tools-version: 6.1
import PackageDescription

// For Linux with glibc: the terminal's restorer, descriptors under /proc, renameat2 and OpenBLAS are its own.
// Every module imports only modules named after it here; Tests/ArchitectureTests holds the walls.
let package = Package(
  name: "unfold",
  products: [.executable(name: "unfold", targets: ["unfold"])],
  traits: [
    .trait(
      name: "MPI",
      description: "Train on several processes and machines: swift build -c release --traits MPI")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .executableTarget(
      name: "unfold",
      dependencies: [
        "Sessions", "NcursesTerminal", "Runs", "Training", "SequenceData", "RecurrentNetworks",
        "TrainingEvents", "FileFormats", "Presets",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Sessions",
      dependencies: [
        "NcursesTerminal", "Dashboard", "Runs", "MessagePassing", "Training", "SequenceData",
        "RecurrentNetworks", "TrainingEvents", "TerminalGraphics", "FileFormats",
      ]),
    .target(
      name: "NcursesTerminal",
      dependencies: ["TerminalGraphics", "CNcurses", "CTerminalRestore"]),
    .target(name: "Dashboard", dependencies: ["TrainingEvents", "TerminalGraphics"]),
    .target(
      name: "Runs",
      dependencies: [
        "Training", "SequenceData", "RecurrentNetworks", "TrainingEvents", "TerminalGraphics",
        "FileFormats", "LinearAlgebra", "CProcess",
      ]),
    .target(
      name: "MessagePassing",
      dependencies: [
        "Training", .byName(name: "CMPI", condition: .when(traits: ["MPI"])),
      ]),
    .target(
      name: "Training",
      dependencies: [
        "SequenceData", "RecurrentNetworks", "TrainingEvents", "FileFormats", "LinearAlgebra",
        "Presets", .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "SequenceData", dependencies: ["TrainingEvents", "FileFormats", "LinearAlgebra"]),
    .target(name: "RecurrentNetworks", dependencies: ["LinearAlgebra"]),
    .target(name: "TrainingEvents", dependencies: ["FileFormats"]),
    .target(name: "TerminalGraphics"),
    .target(name: "FileFormats", dependencies: ["CZlib"]),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "CVectorMath"]),
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "COpenBLAS"),
    .systemLibrary(name: "CZlib"),
    // Neither needed nor looked for without its trait.
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .target(name: "CTerminalRestore"),
    .target(name: "CProcess"),
    .target(name: "CVectorMath"),
    // Its texts are embedded by CEmbeddedFiles; the data sets stay beside the program.
    .target(
      name: "Presets", dependencies: ["CEmbeddedFiles"], path: "presets",
      exclude: [
        "fetch", "fetched", "lessons", "unfold.py", "adding.yaml", "anbn.yaml", "brackets.yaml",
        "caption-hangul.yaml", "connected-digits.yaml", "context.yaml", "copy.yaml",
        "fashion.yaml", "flip-flop.yaml", "oscillator.yaml", "parity.yaml", "peek.yaml",
        "pronounce.yaml", "reverse.yaml", "sentiment.yaml", "shakespeare.yaml", "sine.yaml",
        "speakers.yaml", "spoken-digits.yaml", "state-tracking.yaml", "sunspots.yaml", "tiny.yaml",
        "translate.yaml",
        "two-brackets.yaml", "words.yaml",
      ],
      resources: [.copy("data")]),
    .target(name: "CEmbeddedFiles"),
    .target(name: "TestTables", path: "Tests/TestTables"),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "FileFormatsTests", dependencies: ["FileFormats"]),
    .testTarget(name: "TerminalGraphicsTests", dependencies: ["TerminalGraphics"]),
    .testTarget(name: "TrainingEventsTests", dependencies: ["TrainingEvents", "FileFormats"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "RecurrentNetworksTests",
      dependencies: ["RecurrentNetworks", "LinearAlgebra", "CAllocationCounter"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "SequenceDataTests",
      dependencies: [
        "SequenceData", "TrainingEvents", "FileFormats", "LinearAlgebra", "FuzzedReaders",
      ],
      exclude: ["Cases"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "SequenceData", "RecurrentNetworks", "TrainingEvents", "LinearAlgebra",
        "Presets", "TestTables", "Dashboard",
      ]),
    .testTarget(
      name: "RunsTests",
      dependencies: [
        "Runs", "Training", "SequenceData", "RecurrentNetworks", "TrainingEvents",
        "TerminalGraphics", "FileFormats",
      ], resources: [.copy("Logs"), .copy("Weights")]),
    .testTarget(
      name: "DashboardTests",
      dependencies: ["Dashboard", "TrainingEvents", "TerminalGraphics", "TestTables"],
      exclude: ["Golden"]),
    .testTarget(
      name: "ScreenTests",
      dependencies: [
        "Dashboard", "Training", "SequenceData", "TrainingEvents", "TerminalGraphics",
        "TestTables",
      ],
      exclude: ["Data"]),
    .testTarget(
      name: "SessionsTests",
      dependencies: [
        "Sessions", "Dashboard", "Runs", "Training", "TrainingEvents", "TerminalGraphics",
      ]),
    .testTarget(
      name: "NcursesTerminalTests",
      dependencies: ["NcursesTerminal", "TerminalGraphics", "ScreenProgram"]),
    .executableTarget(
      name: "ScreenProgram", dependencies: ["NcursesTerminal", "TerminalGraphics"],
      path: "Tests/ScreenProgram"),
    .target(
      name: "FuzzedReaders",
      dependencies: ["Runs", "Training", "SequenceData", "TrainingEvents", "FileFormats"],
      path: "Tests/FuzzedReaders", exclude: ["Corpus"]),
    .executableTarget(
      name: "ReadingProgram", dependencies: ["SequenceData", "TrainingEvents", "FileFormats"],
      path: "Tests/ReadingProgram"),
    .executableTarget(
      name: "ReaderFuzzer", dependencies: ["FuzzedReaders"], path: "Tests/ReaderFuzzer"),
    .testTarget(
      name: "FuzzedReadersTests", dependencies: ["FuzzedReaders", "LinearAlgebra"]),
    .testTarget(name: "EndToEndTests"),
    .plugin(
      name: "GenerateDocumentation", capability: .command(intent: .documentationGeneration()),
      path: "Tests/GenerateDocumentation"),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)

// A first start waits for the compiler. What is optimised carries no debugging information, a fifth of its work
// (debug builds have it, and names of functions stand in the backtraces of both); and the two modules at the top,
// which are compiled last and one after the other, only pass things on, which optimising does not quicken.
for target in package.targets where target.type == .regular || target.type == .executable {
  let passesOn = ["Sessions", "unfold"].contains(target.name)
  target.swiftSettings = [
    .unsafeFlags(
      ["-Xfrontend", "-gnone"] + (passesOn ? ["-Xfrontend", "-Onone"] : []),
      .when(configuration: .release))
  ]
}
