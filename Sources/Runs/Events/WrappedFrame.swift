import Foundation
import TrainingEvents

/// Frames of kinds that have no members of their own in a line: the whole content under `frame`, as
/// `{"event":"task","step":120,"frame":{…}}`.
enum WrappedFrame {
  /// Numbers that are not finite are texts there, as JSON has none.
  private static let notFinite = (positive: "inf", negative: "-inf", nan: "nan")

  /// The line, with its line feed; empty for what cannot be written.
  static func encode(_ frame: ProbeFrame) -> [UInt8] {
    guard let content = frame.content as? any ProbeContent & Codable else { return [] }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: notFinite.positive, negativeInfinity: notFinite.negative,
      nan: notFinite.nan)
    guard let data = try? encoder.encode(content) else { return [] }
    let head = "{\"event\":\"\(frame.kind.rawValue)\",\"step\":\(frame.step),\"frame\":"
    return Array(head.utf8) + Array(data) + Array("}\n".utf8)
  }

  /// Reads what stands under `frame`; nil where it is no such frame, or its numbers do not fit
  /// together.
  static func decode(_ content: [UInt8], _ kind: ProbeFrame.Kind) -> ProbeFrame? {
    guard let type = kind.content as? any (ProbeContent & Codable).Type else { return nil }
    return decode(content, type)
  }

  private static func decode<Content: ProbeContent & Codable>(
    _ bytes: [UInt8], _: Content.Type
  ) -> ProbeFrame? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: notFinite.positive, negativeInfinity: notFinite.negative,
      nan: notFinite.nan)
    guard let content = try? decoder.decode(Content.self, from: Data(bytes)) else { return nil }
    if let task = content as? TaskFrame, !task.isConsistent { return nil }
    return content.frame
  }
}
