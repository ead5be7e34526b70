import Glibc

/// What a name in a file system leads to, in words for messages.
enum FileKind: String {
  case regular = "a regular file"
  case directory = "a directory"
  case symbolicLink = "a symbolic link"
  case pipe = "a named pipe"
  case socket = "a socket"
  case characterDevice = "a character device"
  case blockDevice = "a block device"
  case other = "a file of an unknown kind"

  init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      default: .other
      }
  }
}

/// What the system says about a file.
struct FileStatus: Equatable {
  var size: Int
  var kind: FileKind
  /// Device and inode, which together are the file's identity.
  var device: UInt64
  var inode: UInt64
  /// Names that lead to the file; 0 once it was deleted.
  var links: Int
  /// The user that it belongs to.
  var owner: uid_t
  /// Seconds since 1970.
  var modified: Double

  var isDirectory: Bool { kind == .directory }
  var isRegular: Bool { kind == .regular }

  func isSameFile(as other: FileStatus) -> Bool {
    inode == other.inode && device == other.device
  }

  init(_ information: stat) {
    size = Int(information.st_size)
    kind = FileKind(mode: information.st_mode)
    device = UInt64(truncatingIfNeeded: information.st_dev)
    inode = UInt64(truncatingIfNeeded: information.st_ino)
    links = Int(information.st_nlink)
    owner = information.st_uid
    let time = information.st_mtim
    modified = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
