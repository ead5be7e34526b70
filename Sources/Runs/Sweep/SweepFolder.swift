import FileFormats
import Glibc
import Training

/// The directory of a sweep: what it goes over, and one run for each combination.
///
/// The directory is locked as long as this object lives.
public final class SweepFolder: Sendable {
  private static let fileName = "sweep.json"

  /// As it was given or made.
  public let path: String
  /// What is gone over.
  public let plan: SweepPlan
  /// All combinations, in the order in which they are trained.
  public let members: [SweepPlan.Member]
  private let lock: RunLock

  /// Whether a path leads to a sweep.
  public static func isSweep(_ path: String) -> Bool {
    FileTree.status(path + "/" + fileName)?.isRegular == true
  }

  /// Whether some process trains it now.
  public static func isHeld(_ path: String) -> Bool { RunLock.isHeld(directory: path) }

  /// Asks the process that trains a sweep to save every run and to end, and waits until it has.
  /// - Throws: `RunError` when no process trains it.
  public static func stop(_ path: String) throws(RunError) {
    guard isSweep(path) else { throw .unreadable(path: path, message: "holds no sweep") }
    guard let process = RunLock.holder(directory: path), process > 1 else {
      throw .unreadable(path: path, message: "no process trains this sweep")
    }
    guard kill(process, SIGTERM) == 0 else { throw .last("stop", path) }
    while isHeld(path) { usleep(20_000) }
  }

  /// Begins a sweep, or goes on with one.
  ///
  /// - Parameters:
  ///   - path: where it stands, made if missing; nil for the first free `runs/PRESET-sweep-N`
  ///   - plan: what is gone over; nil for what the directory says
  /// - Throws: `RunError` when another process has it, or it holds runs with other settings;
  ///   `PresetError` for a plan that no preset can follow.
  public init(_ path: String?, plan: SweepPlan?) throws {
    let plan = try plan ?? Self.plan(of: path ?? "")
    // A mistake leaves nothing behind.
    members = try plan.members()
    self.plan = plan
    let place = try path ?? Self.firstFree(for: PresetLibrary.preset(plan.preset).name)
    try FileTree.makeDirectories(place)
    self.path = place
    lock = try RunLock(OpenDirectory(place))
    try checkRuns()
    try AtomicFile.write(Self.text(of: plan), to: place + "/" + Self.fileName)
  }

  /// Where the run of a combination is recorded.
  public func path(of member: SweepPlan.Member) -> String { path + "/" + member.name }

  /// The names of a sweep's runs, in the order in which they are trained.
  /// - Throws: `RunError` where no sweep stands, `PresetError` for one that no preset can follow.
  public static func names(of path: String) throws -> [String] {
    try plan(of: path).members().map(\.name)
  }

  private static func firstFree(for name: String) throws(RunError) -> String {
    for number in 1... {
      let path = "runs/\(name)-sweep-\(number)"
      if FileTree.status(path, followingLinks: false) == nil { return path }
    }
    return "runs/\(name)-sweep"
  }

  /// Runs that stand there already are those of this plan.
  private func checkRuns() throws(RunError) {
    let keys = Set((plan.settings + plan.axes.map { $0.key + "=" }).map { $0.prefix { $0 != "=" } })
    for member in members {
      let run = path(of: member)
      guard FileTree.isDirectory(run), let text = try? RunDirectory.preset(of: run),
        let trained = try? Preset(yaml: text, file: run + "/preset.yaml", name: "run")
      else { continue }
      let others = member.preset.differences(from: trained).filter {
        keys.contains(Substring($0.key)) || $0.key == "training.steps"
      }
      guard let other = others.first else { continue }
      throw .unreadable(
        path: run,
        message: "a run with other settings: found \(other.key) \(other.theirs), "
          + "expected \(other.mine)")
    }
  }

  // MARK: The file

  private static func text(of plan: SweepPlan) -> String {
    var object: JSONObject = ["sweep": 1]
    object["preset"] = .string(absolute(plan.preset))
    object["settings"] = .array(plan.settings.map(JSONValue.string))
    object["over"] = .array(
      plan.axes.map { axis in
        .object([
          "key": .string(axis.key), "values": .array(axis.values.map(JSONValue.string)),
        ])
      })
    object["steps"] = plan.steps.map(JSONValue.integer)
    return String(decoding: JSONValue.object(object).encoded(), as: UTF8.self) + "\n"
  }

  /// A preset's file is found again from any working directory.
  private static func absolute(_ preset: String) -> String {
    guard PresetLibrary.text(of: preset) == nil, let resolved = realpath(preset, nil) else {
      return preset
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func plan(of path: String) throws(RunError) -> SweepPlan {
    let file = path + "/" + fileName
    guard FileTree.status(file) != nil else {
      throw .unreadable(
        path: path, message: "holds no sweep: expected --over path=value,value to begin one")
    }
    let bytes = try FileDescriptor.regular(file).read(upTo: 1 << 22)
    let text = String(decoding: bytes, as: UTF8.self)
    guard let object = (try? JSONValue(decoding: text))?.object,
      let preset = object["preset"]?.string,
      let axes = object["over"]?.array?.map({ axis in
        SweepAxis(
          key: axis["key"]?.string ?? "", values: axis["values"]?.array?.compactMap(\.string) ?? [])
      })
    else {
      throw .unreadable(path: file, message: "expected an object with `preset` and `over`")
    }
    return SweepPlan(
      preset: preset, settings: object["settings"]?.array?.compactMap(\.string) ?? [], axes: axes,
      steps: object["steps"]?.int)
  }
}
