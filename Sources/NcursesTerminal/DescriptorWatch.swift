import Dispatch

/// Calls back when a descriptor can be read.
///
/// `@unchecked Sendable`: the one stored property never changes, and Dispatch's sources may be
/// suspended, resumed and cancelled from any thread; only their import lacks the annotation.
final class DescriptorWatch: @unchecked Sendable {
  private let source: any DispatchSourceRead

  /// - Parameters:
  ///   - readable: called on a queue of the watch's own, with the watch and whether the
  ///     descriptor's end is reached
  ///   - cancelled: called once nothing is watched any more
  init(
    _ descriptor: Int32, label: String,
    readable: @escaping @Sendable (DescriptorWatch, _ isAtEnd: Bool) -> Void,
    cancelled: @escaping @Sendable () -> Void = {}
  ) {
    source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: label))
    source.setEventHandler { @Sendable [weak self] in
      guard let self else { return }
      readable(self, self.source.data == 0)
    }
    source.setCancelHandler(handler: cancelled)
    source.resume()
  }

  func suspend() { source.suspend() }
  func resume() { source.resume() }
  func cancel() { source.cancel() }
}
