import FileFormats
import Testing

@testable import TrainingEvents

@Suite struct DynamicsFrameTests {
  private var frame: DynamicsFrame {
    var frame = DynamicsFrame(step: 40, system: "2 layers", size: 6)
    frame.symbols = ["a", "b"]
    frame.path = [[0.5, -1, 2], [0.25, 0, 1]]
    frame.others = [[1, 2, 3]]
    frame.shares = [0.5, 0.25, 0.125]
    frame.dimension = 2.5
    frame.spectra = [.init(symbol: "W_g", eigenvalues: [(0.5, 0.25), (0.5, -0.25)])]
    (frame.lyapunov, frame.lyapunovSteps) = ([-0.5, -.infinity], 9)
    (frame.attribution, frame.answers) = ([[0.125, 0.5]], ["c"])
    frame.fixedPoints = .init(
      step: 30, input: "a",
      points: [
        .init(kind: "saddle", unstable: 1, modulus: 1.5, period: 4, place: [1, 2, 3]),
        .init(kind: "", unstable: nil, modulus: nil, period: nil, place: [0, 0, 0]),
      ])
    frame.secondsLeft = 2
    frame.fixedPoints?.points[0].slow = [.init(eigenvalue: 0.5, along: [1, 0, 0])]
    frame.spectraStep = 38
    frame.earlier = (2, [.init(symbol: "W_g", eigenvalues: [(0.75, 0)])])
    frame.atCursor = .init(
      position: 1, spectrum: .init(symbol: "J", eigenvalues: [(0.5, 0)]), singularValues: [2, 0.5])
    frame.field = .init(
      input: "a", arrows: [[0, 1, 0.5, -0.5]], axes: .init(right: 1, up: 2))
    (frame.products, frame.attributed) = ([[-0.5, 0.25]], .loss)
    frame.searchesFixedPoints = false
    return frame
  }

  @Test func comesBackFromItsLine() throws {
    let frame = frame
    let json = try #require(ProbeFrame.dynamics(frame).json)
    let bytes = json.encoded()
    #expect(!String(decoding: bytes, as: UTF8.self).contains("nan"))
    let object = try #require(try JSONValue(decoding: bytes).object)
    #expect(ProbeFrame.Kind.dynamics.frame(object, step: 40) == .dynamics(frame))
    #expect(ProbeFrame.Kind.dynamics.frame(["size": 3], step: 1) == nil)
  }

  @Test func attributionIsOfTheLastPositions() throws {
    let frame = frame
    #expect(frame.attribution(at: 0) == nil && frame.attribution(at: 2) == nil)
    let last = try #require(frame.attribution(at: 1))
    #expect(last.answer == "c" && last.norms == [0.125, 0.5] && last.products == [-0.5, 0.25])
    #expect(abs((frame.spectra[0].radius ?? 0) - 0.3125.squareRoot()) < 1e-12)
  }

  /// Over training two numbers are kept, and nothing that is large.
  @Test func overTrainingLittleIsKept() throws {
    let kept = try #require(frame.keptOverTraining)
    #expect(kept.lyapunov == [-0.5] && kept.dimension == 2.5 && kept.step == 40)
    #expect(kept.path.isEmpty && kept.spectra.isEmpty && kept.fixedPoints == nil)
    #expect(abs((kept.growth ?? 0) - 0.6065306597) < 1e-9)
    var lost = frame
    lost.lyapunov = [-.infinity]
    #expect(lost.growth == nil)
  }

  /// What a record may spend is divided among kinds, and no more than that.
  @Test func sharesAddUpToOne() {
    let shares = ProbeFrame.Kind.allCases.compactMap { $0.recording?.share }
    #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
  }
}
