import Glibc

/// Where data lies that comes with the program or was fetched.
package enum DataDirectories {
  /// In the order in which they are looked through: what `UNFOLD_DATA` names, beside the program, the
  /// prefix that it was installed under, the checkout that it was built in, the working directory.
  package static var all: [String] {
    var places: [String] = []
    if let chosen = getenv("UNFOLD_DATA").map({ String(cString: $0) }), !chosen.isEmpty {
      places += chosen.split(separator: ":").map(String.init)
    }
    var directory = programDirectory
    places.append(directory + "/unfold_Presets.resources/data")
    let installed = parent(of: directory) + "/share/unfold/presets"
    places += [installed + "/fetched", installed + "/data"]
    // .build/release/unfold stands three levels below the checkout.
    for _ in 0..<4 {
      places += [directory + "/presets/fetched", directory + "/presets/data"]
      directory = parent(of: directory)
    }
    return places + ["presets/fetched", "presets/data"]
  }

  private static var programDirectory: String { parent(of: programPath ?? "./unfold") }

  /// The running program's own file; nil where the system does not say.
  package static var programPath: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
