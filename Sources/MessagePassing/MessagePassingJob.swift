import Training

/// Several processes that were started together, as `mpirun` and `srun` do.
public struct MessagePassingJob: Sendable, Equatable {
  /// Who started them.
  public var launcher: String
  /// How many there are.
  public var size: Int
  /// This one's number.
  public var rank: Int

  /// What launchers say of a process in its environment. A batch script of SLURM is one process
  /// however many tasks its allocation has room for: only a step's own variables count.
  private static let launchers: [(name: String, size: String, rank: String)] = [
    ("mpirun", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
    ("mpiexec", "PMI_SIZE", "PMI_RANK"),
    ("srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
  ]

  /// The job that a process with this environment belongs to; nil for one that was started alone.
  public init?(environment: [String: String]) {
    for launcher in Self.launchers {
      guard let size = environment[launcher.size].flatMap({ Int($0) }), size > 1,
        let rank = environment[launcher.rank].flatMap({ Int($0) }), (0..<size).contains(rank)
      else { continue }
      (self.launcher, self.size, self.rank) = (launcher.name, size, rank)
      return
    }
    return nil
  }

  /// Whether this program was built with MPI.
  public static var isAvailable: Bool {
    #if MPI
      true
    #else
      false
    #endif
  }

  /// What to do about a program that was built without MPI, in a line.
  public var buildAdvice: String {
    "\(launcher) started \(size) processes, and this unfold was built without MPI: "
      + "`swift build -c release --traits MPI` (Debian: libopenmpi-dev) builds one that trains on all "
      + "of them together"
  }

  /// Joins the other processes; nil where MPI does not start, or was not built in.
  public func join() -> (any Communicator)? {
    #if MPI
      MPICommunicator.join()
    #else
      nil
    #endif
  }

  /// Leaves a job in good order, together with all others.
  public static func leave(_ communicator: any Communicator) {
    #if MPI
      (communicator as? MPICommunicator)?.leave()
    #endif
  }
}
