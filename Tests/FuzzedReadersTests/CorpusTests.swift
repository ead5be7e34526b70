import Foundation
import FuzzedReaders
import Testing

/// All readers share the files they read, so one test at a time.
@Suite(.serialized) struct FuzzedReaderTests {}

/// Every input kept for a reader, of which some once broke it, through every reader: a trap ends
/// the test process, a wrong answer fails the test.
extension FuzzedReaderTests {
  @Suite struct CorpusTests {
    @Test(arguments: FuzzedReader.all.map(\.name)) func nothingKeptBreaksAReader(name: String)
      throws
    {
      let reader = try #require(FuzzedReader.named(name))
      #expect(!Corpus.inputs(of: name).isEmpty, "no input is kept for \(name)")
      var inputs = KnownTrouble.inputs.enumerated().map { ("known trouble \($0)", $1) }
      for other in FuzzedReader.all {
        inputs += Corpus.inputs(of: other.name).map { ("\(other.name)/\($0)", $1) }
      }
      for (file, input) in inputs {
        let began = DispatchTime.now().uptimeNanoseconds
        #expect(reader.read(input) == nil, "\(file)")
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9
        #expect(seconds < 5, "\(file) took \(seconds) s")
      }
    }
  }
}
