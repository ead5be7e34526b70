import Foundation
import FuzzedReaders
import Testing

/// Every reader, fed with its corpus changed at random from a fixed seed. The search that coverage
/// guides is longer and a program of its own; this one is short and part of every test run.
///
/// `UNFOLD_FUZZ` sets how many inputs each reader gets, `UNFOLD_FUZZ_SEED` where they begin, and
/// `UNFOLD_FUZZ_LAST` names a file that always holds the input under way, to find what trapped.
extension FuzzedReaderTests {
  @Suite struct MutationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["UNFOLD_FUZZ"].flatMap { Int($0) } ?? 300
    private static let seed = environment["UNFOLD_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

    @Test(arguments: FuzzedReader.all.map(\.name)) func changedInputsBreakNoReader(
      name: String
    ) throws {
      let reader = try #require(FuzzedReader.named(name))
      let inputs = Corpus.inputs(of: name).sorted { $0.key < $1.key }.map(\.value)
      var mutator = Mutator(seed: Self.seed)
      for index in 0..<Self.count {
        let input = mutator.mutate(inputs[index % inputs.count], others: inputs)
        if let last = Self.environment["UNFOLD_FUZZ_LAST"] {
          try Data(input).write(to: URL(fileURLWithPath: last + "." + name))
        }
        let began = DispatchTime.now().uptimeNanoseconds
        let found = reader.read(input)
        #expect(found == nil, "input \(index): \(Data(input.prefix(3000)).base64EncodedString())")
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9
        #expect(seconds < 5, "input \(index) took \(seconds) s")
      }
    }
  }
}
