// swift-tools-version: 6.1
import PackageDescription

// For Linux with glibc: the terminal's restorer, descriptors under /proc, renameat2 and OpenBLAS are its own.
// Every module imports only modules named after it here; Tests/ArchitectureTests holds the walls.
let package = Package(
  name: "unfold",
  products: [.executable(name: "unfold", targets: ["unfold"])],
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
        "NcursesTerminal", "Dashboard", "Runs", "Training", "SequenceData", "RecurrentNetworks",
        "TrainingEvents", "TerminalGraphics", "FileFormats",
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
    .target(name: "FileFormats"),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "CVectorMath"]),
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "COpenBLAS"),
    .target(name: "CTerminalRestore"),
    .target(name: "CProcess"),
    .target(name: "CVectorMath"),
    .target(
      name: "Presets", path: "presets",
      exclude: ["fetch", "fetched"],
      resources: [
        .copy("data"), .embedInCode("adding.yaml"), .embedInCode("anbn.yaml"),
        .embedInCode("brackets.yaml"), .embedInCode("caption-hangul.yaml"),
        .embedInCode("connected-digits.yaml"), .embedInCode("copy.yaml"),
        .embedInCode("fashion.yaml"), .embedInCode("oscillator.yaml"), .embedInCode("parity.yaml"),
        .embedInCode("peek.yaml"), .embedInCode("reverse.yaml"), .embedInCode("tiny.yaml"),
        .embedInCode("pronounce.yaml"), .embedInCode("sentiment.yaml"),
        .embedInCode("shakespeare.yaml"), .embedInCode("speakers.yaml"),
        .embedInCode("spoken-digits.yaml"), .embedInCode("sunspots.yaml"),
        .embedInCode("translate.yaml"), .embedInCode("two-brackets.yaml"),
        .embedInCode("unfold.py"),
        .embedInCode("words.yaml"),
        .embedInCode("lessons/sequences.md"),
        .embedInCode("lessons/systems.md"),
        .embedInCode("lessons/driven.md"),
        .embedInCode("lessons/unfolding.md"),
        .embedInCode("lessons/network.md"),
        .embedInCode("lessons/sharing.md"),
        .embedInCode("lessons/universality.md"),
        .embedInCode("lessons/training.md"),
        .embedInCode("lessons/forward.md"),
        .embedInCode("lessons/outputs.md"),
        .embedInCode("lessons/states.md"),
        .embedInCode("lessons/parameters.md"),
        .embedInCode("lessons/vanishing.md"),
        .embedInCode("lessons/forcing.md"),
        .embedInCode("lessons/final.md"),
        .embedInCode("lessons/bidirectional.md"),
        .embedInCode("lessons/translation.md"),
        .embedInCode("lessons/attention.md"),
      ]),
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
        "TestTables",
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
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
