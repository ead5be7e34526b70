import Glibc

/// Standard input, output and error of a program that may have been started without them.
package enum StandardDescriptors {
  /// Occupies those that are closed (`>&-`) in a way that still refuses to be used. Otherwise the
  /// next file that is opened would be standard output, and a run's lines would go into its record.
  package static func occupyClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is the one that is missing.
      let opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
      if opened > STDERR_FILENO { close(opened) }
    }
  }
}
