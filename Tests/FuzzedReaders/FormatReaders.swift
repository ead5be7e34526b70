import FileFormats
import Training

extension FuzzedReader {
  /// The readers of whole formats: bytes in, values out.
  static let formats = [
    FuzzedReader(name: "json") { input in
      guard let value = try? JSONValue(decoding: input) else { return nil }
      // A whole `1e1` comes back as 10, and stays so.
      let bytes = value.encoded()
      guard let again = try? JSONValue(decoding: bytes) else { return "its own text is refused" }
      return again.encoded() == bytes ? nil : "reads back as another value"
    },
    FuzzedReader(name: "safetensors") { input in
      let file: SafetensorsFile
      do {
        file = try SafetensorsFile(decoding: input)
      } catch {
        return complaint(about: "\(error)")
      }
      if file.tensors.reduce(0, { $0 + $1.data.count }) > input.count { return "data from nowhere" }
      for tensor in file.tensors {
        if let numbers = try? tensor.doubles(), numbers.count != tensor.elementCount {
          return "\(numbers.count) numbers for \(tensor.shape)"
        }
      }
      guard let bytes = try? file.encoded(), let again = try? SafetensorsFile(decoding: bytes)
      else { return "does not write what it read" }
      return Set(again.tensors.map(\.name)) == Set(file.tensors.map(\.name)) ? nil : "other names"
    },
    FuzzedReader(name: "torch") { input in
      do {
        let tensors = try TorchFile(decoding: input).tensors
        let size = tensors.reduce(0) { $0 + $1.data.count }
        if size > 4 * input.count + (1 << 16) { return "\(size) bytes from \(input.count)" }
        let isWhole = tensors.allSatisfy {
          $0.data.count == ($0.elementCount ?? -1) * $0.dataType.byteCount
        }
        return isWhole ? nil : "a tensor without all its numbers"
      } catch {
        return complaint(about: "\(error)")
      }
    },
    FuzzedReader(name: "tfevents") { input in
      // In pieces, as it comes from a file that grows.
      var parser = TFEventsParser()
      for start in stride(from: 0, to: input.count, by: 61) {
        do {
          _ = try parser.append(Array(input[start..<min(start + 61, input.count)]))
        } catch {
          return complaint(about: "\(error)")
        }
      }
      return nil
    },
    // Behind the checksums, which stop nearly every changed record.
    FuzzedReader(name: "tfevent") { input in
      guard let event = TFEvent(decoding: input[...]) else { return nil }
      let again = TFEvent(decoding: event.encoded()[...])
      return again?.values.map(\.tag) == event.values.map(\.tag) ? nil : "other tags"
    },
    FuzzedReader(name: "preset") { input in
      let text = String(decoding: input, as: UTF8.self)
      do throws(PresetError) {
        let preset = try Preset(yaml: text, file: "my.yaml", name: "my")
        guard let again = try? Preset(yaml: preset.resolvedText, file: "x", name: "my") else {
          return "its resolved text is refused"
        }
        return again == preset ? nil : "its resolved text is another preset"
      } catch {
        let line = error.description
        return line.hasPrefix("my.yaml") ? complaint(about: line) : "no file in: \(line)"
      }
    },
  ]
}
