import Testing

@testable import FileFormats

/// Pickles as Python's pickle module writes them, and as nobody's does.
struct PickleReaderTests {
  private func read(
    _ text: String, allowing allowed: Set<String> = []
  ) throws -> (Pickle, PickleValue) {
    let pickle = try PickleReader.read(Array(text.utf8)[...]) { allowed.contains($0) }
    return (pickle, pickle.root)
  }

  private func read(bytes: [UInt8]) throws -> PickleValue {
    try PickleReader.read(bytes[...]) { _ in false }.root
  }

  @Test func numbersAndStringsOfEveryProtocol() throws {
    #expect(try read("I42\n.").1 == .integer(42))
    #expect(try read("I01\n.").1 == .boolean(true))
    #expect(try read("L-7L\n.").1 == .integer(-7))
    #expect(try read("F1.5\n.").1 == .real(1.5))
    #expect(try read("S'ab'\n.").1 == .text("ab"))
    #expect(try read("Vab\n.").1 == .text("ab"))
    #expect(try read("N.").1 == PickleValue.none)
    #expect(try read(bytes: [0x80, 2, 0x4A, 0xFE, 0xFF, 0xFF, 0xFF, 0x2E]) == .integer(-2))
    #expect(try read(bytes: [0x8A, 2, 0, 0x80, 0x2E]) == .integer(-32768))
    #expect(try read(bytes: [0x8A, 1, 7, 0x2E]) == .integer(7))
    #expect(try read(bytes: [0x8B, 2, 0, 0, 0, 0, 0x80, 0x2E]) == .integer(-32768))
    #expect(try read(bytes: [0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0x2E]) == .real(1.5))
    #expect(
      try read(bytes: [0x80, 4, 0x95, 4, 0, 0, 0, 0, 0, 0, 0, 0x8C, 1, 0x61, 0x2E]) == .text("a"))
  }

  @Test func onlyWhatTensorsAreMadeOfIsAllowed() {
    for global in [
      "torch._utils._rebuild_tensor_v2", "torch.FloatStorage", "torch.Size", "torch.device",
      "torch.bfloat16",
    ] {
      #expect(TorchFile.allows(global), "\(global)")
    }
    for global in [
      "torch.load", "torch.hub.load", "torch", "torch.nn.modules.linear.Linear", "torchx.Size",
      "os.system", "builtins.eval", "float32",
    ] {
      #expect(!TorchFile.allows(global), "\(global)")
    }
  }

  @Test func containersHoldWhatIsAddedToThemLater() throws {
    // d = {}; d["a"] = [1, 2]; d["b"] = d["a"], through the memory.
    let (pickle, root) = try read("}q\u{0}(U\u{1}a]q\u{1}(K\u{1}K\u{2}eU\u{1}bh\u{1}u.")
    let list = try #require(pickle[root, "b"])
    #expect(list == pickle[root, "a"])
    #expect(pickle.elements(list) == [.integer(1), .integer(2)])
    let (pairs, ordered) = try read("ccollections\nOrderedDict\n(((K\u{1}K\u{2}tltR.")
    #expect(pairs.entries(ordered)?.map(\.value) == [.integer(2)])
  }

  @Test func nothingIsRunThatIsNotAllowed() throws {
    #expect(throws: PickleError.needsCode("os.system", under: nil)) {
      try read("cos\nsystem\n(S'true'\ntR.")
    }
    #expect(throws: PickleError.needsCode("builtins.eval", under: "k")) {
      try read("}(U\u{1}kc__builtin__\neval\n(S'1'\ntRu.")
    }
    #expect(throws: PickleError.needsCode("a.B", under: nil)) { try read("(ia\nB\n.") }
    // An allowed global is not called either, and no state is set.
    let (_, root) = try read("ctorch\nf\n(K\u{1}tR.", allowing: ["torch.f"])
    #expect(root == .call("torch.f", arguments: 0))
    #expect(throws: PickleError.self) { try read("ctorch\nf\n(tR}b.", allowing: ["torch.f"]) }
    #expect(throws: PickleError.self) { try read("cbuiltins\nlist\nctorch\nf\nR.") }
  }

  @Test(arguments: [
    "", ".", "a.", "t.", "(", "R.", "K", "X\u{7F}\u{7F}\u{7F}\u{7F}a.", "h\u{5}.", "}K\u{1}s.",
    "(K\u{1}d.", "g99999999999999999999\n.", "I9x\n.", "]\u{1}.", "Q.", "(.", "b.", "e.", "u.",
  ])
  func whatBreaksTheRulesIsRefused(text: String) {
    #expect(throws: PickleError.self) { try read(text) }
  }

  /// A list that is copied and grown again and again would need memory beyond its bytes.
  @Test func copiesAreBounded() {
    let long = "]q\u{0}(" + String(repeating: "N", count: 2000) + "e0"
    let copy = "c__builtin__\nlist\n(h\u{0}tRN" + "a0"
    #expect(throws: PickleError.self) {
      try read(long + String(repeating: copy, count: 2000) + "N.")
    }
  }
}
