import Dispatch

/// Calls back when a descriptor can be read.
///
/// `@unchecked Sendable`: the stored properties never change, and Dispatch's queues and sources may
/// be used from any thread; only the source's import lacks the annotation.
final class DescriptorWatch: @unchecked Sendable {
  private let source: any DispatchSourceRead
  private let queue: DispatchQueue

  /// - Parameters:
  ///   - readable: called on a queue of the watch's own, with the watch and whether the
  ///     descriptor's end is reached
  ///   - cancelled: called once nothing is watched any more
  init(
    _ descriptor: Int32, label: String,
    readable: @escaping @Sendable (DescriptorWatch, _ isAtEnd: Bool) -> Void,
    cancelled: @escaping @Sendable () -> Void = {}
  ) {
    queue = DispatchQueue(label: label)
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
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

  /// Returns when no call is under way.
  func wait() { queue.sync {} }
}
