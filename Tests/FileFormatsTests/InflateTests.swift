import Foundation
import Testing

@testable import FileFormats

/// The compressed bytes below were written by zlib.
struct InflateTests {
  private func bytes(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64) ?? Data()) }

  private func inflate(_ base64: String, limit: Int = 1 << 20) -> [UInt8]? {
    Inflate.decompress(bytes(base64)[...], limit: limit)
  }

  /// 400 letters of different frequencies, so that the block brings its own codes.
  private let dynamic = """
    JVFBDsAwCLr3l6DY/v8FA5fYTC0gdVCDLAGis8a7AHMcPvmKhTNA96UKHHG7hrtiM6A+YZzmgM/3fJCmDSWGq8WqVRxJ\
    sJBJQP0zfhGHsXHjqzb6eIpnBPUGg9uBQM+iJzkiGcTYoOEudDHFE/FrkYhNmR20R0d+U14iZQQR92ZcnH27m2c93/cs\
    eWx9SUj2kmiyoO2tA+XhwvMitBu0WdN1lSXZh1/gZcwy6ifCTioyxcpvcHw=
    """

  @Test func everyKindOfBlock() throws {
    #expect(inflate("AQYA+f9zdG9yZWQ=") == Array("stored".utf8))
    #expect(inflate("S8usSE1RSM5PSS3WUUhDcAA=") == Array("fixed codes, fixed codes".utf8))
    #expect(inflate("AwA=") == [])
    let text = try #require(inflate(dynamic))
    #expect(text.count == 400)
    #expect(text.starts(with: "aedabbceaaebdabdahgaabga".utf8))
    #expect(text.withUnsafeBytes { CRC32.ieee.checksum($0) } == 0x9319_C992)
  }

  @Test func checksumsAreThoseOfZip() {
    #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.ieee.checksum($0) } == 0xCBF4_3926)
    #expect([UInt8]().withUnsafeBytes { CRC32.ieee.checksum($0) } == 0)
  }

  @Test func gzipMembersAreVerified() throws {
    var file = bytes("H4sIAAAAAAACA0tUSK/KLFDITc1NSi0CAGPMrw4NAAAA")
    #expect(Inflate.gunzip(file, limit: 100) == Array("a gzip member".utf8))
    #expect(Inflate.gunzip(file, limit: 12) == nil)
    // What a file says of its size is believed before anything is unpacked, and held to it.
    var less = file
    less[less.count - 4] = 12
    #expect(Inflate.gunzip(less, limit: 100) == nil)
    #expect(Inflate.gunzip(Array(file.dropLast()), limit: 100) == nil)
    #expect(Inflate.gunzip(file + file, limit: 100) == nil)
    file[file.count - 6] ^= 1
    #expect(Inflate.gunzip(file, limit: 100) == nil)
  }

  @Test func brokenStreamsGiveNothing() {
    #expect(inflate("") == nil)
    #expect(inflate("BwA=") == nil, "block type 3")
    #expect(inflate("AQYA+v9zdG9yZWQ=") == nil, "length and its complement disagree")
    #expect(inflate(dynamic, limit: 399) == nil, "longer than allowed")
    #expect(inflate(dynamic, limit: -1) == nil)
    let whole = bytes(dynamic)
    for length in whole.indices {
      #expect(Inflate.decompress(whole[..<length], limit: 1000) == nil, "cut to \(length)")
    }
    #expect(Inflate.decompress((whole + [0])[...], limit: 1000) == nil, "something behind it")
  }

  @Test func codesMustFitTheirLengths() throws {
    #expect(HuffmanTable([1, 1, 1]) == nil)
    #expect(HuffmanTable([16]) == nil)
    // RFC 1951, section 3.2.2: A to H with these lengths have these codes.
    let table = try #require(HuffmanTable([3, 3, 3, 3, 3, 2, 4, 4]))
    #expect(table.lookUp(0b00).map { $0.symbol } == 5)
    #expect(table.lookUp(0b010).map { $0.symbol } == 0)
    #expect(table.lookUp(0b0111).map { $0.symbol } == 6)
    #expect(table.lookUp(0b1111).map { $0.length } == 4)
    #expect(table.lookUp(.max).map { $0.symbol } == 7)
    #expect(try #require(HuffmanTable([0, 1])).lookUp(1) == nil)
  }
}
