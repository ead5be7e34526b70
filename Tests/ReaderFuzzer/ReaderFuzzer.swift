import Foundation
import FuzzedReaders

// Two programs in one: with `-DCOVERAGE_GUIDED` and `--sanitize fuzzer` the entry points that
// libFuzzer calls, with the reader's name in UNFOLD_FUZZ_READER; else a program that reads the files
// it is given, to look at one by itself. Tests/Endurance/fuzz.py runs the former.

#if COVERAGE_GUIDED

  private let reader: FuzzedReader = {
    let name = ProcessInfo.processInfo.environment["UNFOLD_FUZZ_READER"] ?? ""
    guard let reader = FuzzedReader.named(name) else {
      fatalError("UNFOLD_FUZZ_READER is \(name), expected one of \(FuzzedReader.all.map(\.name))")
    }
    return reader
  }()

  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let found = reader.read(Array(UnsafeBufferPointer(start: bytes, count: count))) {
      fatalError("\(reader.name): \(found)")
    }
    return 0
  }

#else

  /// `ReaderFuzzer` lists the readers; `ReaderFuzzer READER FILE…` reads files.
  @main struct ReaderFuzzer {
    static func main() throws {
      let words = CommandLine.arguments.dropFirst()
      guard let name = words.first else {
        for reader in FuzzedReader.all { print(reader.name) }
        return
      }
      guard let reader = FuzzedReader.named(name) else {
        throw CocoaError(.featureUnsupported)
      }
      for path in words.dropFirst() {
        let input = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        print("\(path): \(reader.read(input) ?? "fine")")
      }
    }
  }

#endif
