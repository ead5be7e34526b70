import Foundation
import Testing

/// What `mpirun` and `srun` start several times at once trains together or not at all.
@Suite struct LaunchedTogetherTests {
  private static let training = ["train", "tiny", "--headless", "--steps", "2", "--out", "run"]

  @Test(arguments: [
    ["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"],
    ["PMI_SIZE": "3", "PMI_RANK": "0"],
    ["SLURM_JOB_ID": "7", "SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"],
  ])
  func theFirstSaysHowToBuildWithMPI(_ environment: [String: String]) throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run(Self.training, environment: environment)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.errors.contains("swift build -c release --traits MPI"))
    let left = try FileManager.default.contentsOfDirectory(atPath: program.directory.path)
    #expect(!left.contains("run"))
  }

  @Test func theOthersSayNothing() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run(
      Self.training, environment: ["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1"])
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
  }

  /// A batch script is one process, however many tasks its allocation has room for.
  @Test(arguments: [
    ["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"],
    ["SLURM_JOB_ID": "7", "SLURM_NTASKS": "8", "SLURM_PROCID": "0"],
    ["SLURM_JOB_ID": "7", "SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"],
  ])
  func oneProcessTrainsAsEver(_ environment: [String: String]) throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run(Self.training, environment: environment)
    #expect(outcome.status == 0)
    #expect(outcome.lines.last?.contains(#""reason":"completed""#) == true)
  }
}
