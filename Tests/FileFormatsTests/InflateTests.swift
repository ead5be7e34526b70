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
    #expect(text.withUnsafeBytes { CRC32.checksum($0) } == 0x9319_C992)
  }

  @Test func checksumsAreThoseOfZip() {
    #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
    #expect([UInt8]().withUnsafeBytes { CRC32.checksum($0) } == 0)
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

  /// The letter of i² mod 7 for the i below 200,000: more than is unpacked at once.
  private let long = """
    7cVBEQAACAOgrHNn/wpWMAB8yGy7E0mSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmS\
    JEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmS\
    JEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmS\
    JEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmS\
    JEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmS9O8A
    """

  @Test func whatIsLongIsUnpackedPieceByPiece() throws {
    let text = try #require(inflate(long, limit: 200_000))
    let letters: [UInt8] = (0..<200_000).map { (index: Int) in UInt8(97 + index * index % 7) }
    #expect(text == letters)
    #expect(inflate(long, limit: 199_999) == nil)
    let more: [UInt8] = bytes(long) + [0]
    #expect(Inflate.decompress(more[...], limit: 200_000) == nil)
    // A slice is read where it stands.
    let within: [UInt8] = [1, 2, 3] + more
    let slice = within[3..<within.count - 1]
    #expect(Inflate.decompress(slice, limit: 200_000) == letters)
  }
}
