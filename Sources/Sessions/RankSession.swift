import Foundation
import MessagePassing
import NcursesTerminal
import Runs
import SequenceData
import Training
import TrainingEvents

/// One process of several that `mpirun` or `srun` started to train one run together. Rank 0 has the
/// record, the socket and standard output; the others follow it and say nothing.
package enum RankSession {
  /// Trains together with the other processes and leaves the program; returns where this process was
  /// started alone.
  ///
  /// - Parameters:
  ///   - detaches: whether the background was asked for
  ///   - saysSo: whether a dashboard was asked for, which no job has on its own screen
  package static func runIfLaunched(
    _ options: TrainingOptions, detaches: Bool, saysSo: Bool
  ) async throws {
    guard let job = MessagePassingJob(environment: ProcessInfo.processInfo.environment) else {
      return
    }
    if detaches, MessagePassingJob.isAvailable {
      refuse(
        job.rank, "--detach is for one process: start \(job.launcher) itself in the background")
    }
    let communicator = try join(job)
    var options = options
    options.threads = options.threads ?? threads(of: communicator)
    if communicator.rank == 0 {
      if saysSo {
        ExitStatus.say(
          "\(job.size) ranks train without the dashboard; `unfold attach` opens it over the run")
      }
      try await lead(options, communicator)
    } else {
      try await follow(options, communicator)
    }
  }

  private static func join(_ job: MessagePassingJob) throws -> any Communicator {
    guard MessagePassingJob.isAvailable else { refuse(job.rank, job.buildAdvice) }
    guard let communicator = job.join() else {
      throw RunFailure(description: "\(job.launcher) started this process, and MPI does not start")
    }
    guard communicator.size == job.size else {
      refuse(
        job.rank,
        "\(job.launcher) started \(job.size) processes, and MPI sees \(communicator.size): "
          + "start them with the \(job.launcher) of the MPI that unfold was built with")
    }
    return communicator
  }

  /// A rank's share of its machine's cores.
  private static func threads(of communicator: any Communicator) -> Int {
    max(1, ProcessInfo.processInfo.activeProcessorCount / max(1, communicator.neighbours))
  }

  /// Judges a snapshot, together with the other processes where several were started.
  ///
  /// - Parameters:
  ///   - prepare: reads the snapshot and its data
  ///   - options: how it is judged; without a number of threads, all cores or a rank's share of them
  /// - Returns: what it scores; in a process other than rank 0 it does not return
  package static func evaluate(
    options: EvaluationOptions, threads: Int?,
    _ prepare: () throws -> (judge: SnapshotEvaluation, task: TaskData)
  ) throws -> Evaluation {
    var options = options
    guard let job = MessagePassingJob(environment: ProcessInfo.processInfo.environment) else {
      options.threads = threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount)
      let (judge, task) = try prepare()
      return try judge.run(task, options: options)
    }
    let communicator = try join(job)
    options.threads = threads ?? self.threads(of: communicator)
    let evaluation: Evaluation
    do {
      let (judge, task): (SnapshotEvaluation, TaskData)
      do {
        (judge, task) = try prepare()
      } catch {
        // The others wait for what there is to judge.
        _ = try? RankGroup.agree(communicator, on: RankIdentity(failed: "\(error)"))
        throw error
      }
      evaluation = try judge.run(task, options: options, communicator: communicator)
    } catch {
      if communicator.rank == 0 { throw error }
      refuse(communicator.rank, "")
    }
    MessagePassingJob.leave(communicator)
    guard communicator.rank == 0 else { exit(ExitStatus.done) }
    return evaluation
  }

  /// Says why nothing begins, once in a job, and ends the program.
  private static func refuse(_ rank: Int, _ text: String) -> Never {
    if rank == 0 {
      ExitStatus.say(text)
    } else {
      // Who ends first may take the others with it, before rank 0 has said why.
      usleep(500_000)
    }
    exit(ExitStatus.badInput)
  }

  private static func lead(_ options: TrainingOptions, _ communicator: any Communicator)
    async throws
  {
    let setup: RunSetup
    do {
      setup = try RunSetup(options, canGoBack: true, communicator: communicator)
      // Now that there is a place for its record, too.
      _ = try RankGroup.agree(communicator, on: RankIdentity.ready)
    } catch let problem as RankDisagreement {
      refuse(0, problem.description)
    } catch {
      // The others wait for what there is to train.
      _ = try? RankGroup.agree(communicator, on: RankIdentity(failed: "\(error)"))
      throw error
    }
    // Beforehand: whatever ends a rank may end this one before it could say a word.
    ExitStatus.say("\(communicator.size) ranks train; should one be lost, \(setup.resumption)")
    let session = HeadlessSession(setup)
    let result: Result<Int32, any Error>
    do {
      result = .success(try await session.run())
    } catch {
      result = .failure(error)
    }
    if await session.hasLostRank { linger() } else { MessagePassingJob.leave(communicator) }
    ExitStatus.leave((try result.get(), nil))
  }

  /// Stays for a moment after a rank was lost: the others, who have yet to notice, shall find nobody
  /// gone but that one.
  private static func linger() { usleep(1_000_000) }

  private static func follow(
    _ options: TrainingOptions, _ communicator: any Communicator
  ) async throws {
    let follower: RankFollower
    do {
      let request = try RunSetup.read(options)
      let group = try RankGroup.agree(communicator, on: request.preset, request.task)
      _ = try RankGroup.agree(communicator, on: RankIdentity.ready)
      follower = RankFollower(
        preset: request.preset, task: request.task, threads: options.threads ?? 1, group: group)
    } catch is RankDisagreement {
      refuse(communicator.rank, "")
    } catch {
      _ = try? RankGroup.agree(communicator, on: RankIdentity(failed: "\(error)"))
      refuse(communicator.rank, "")
    }
    // A batch system may tell any rank that time is up.
    let signals = ProcessSignals(hasScreen: false) { _ in follower.stop() }
    defer { signals?.cancel() }
    switch await DiskWait.run({ Result { try follower.run() } }) {
    case .success(.told):
      MessagePassingJob.leave(communicator)
      exit(ExitStatus.done)
    case .success(.lost(let failure, let isReporter)):
      if isReporter {
        ExitStatus.say(
          "\(failure): the run ends; its record holds the steps that were told, and it goes on from "
            + "its newest snapshot as was said at its start")
      }
      linger()
      exit(ExitStatus.failed)
    case .failure(let error): throw error
    }
  }
}

extension RunSetup {
  /// A rank that is gone, and how to go on.
  func words(for loss: WarningRecord) -> String {
    "\(loss.text): the run ends at step \(loss.step); \(resumption)"
  }

  /// How to go on with a run of several ranks.
  var resumption: String {
    let count = group?.ranks.count ?? 1
    let launcher = MessagePassingJob(environment: ProcessInfo.processInfo.environment)?.launcher
    return
      "`\(launcher ?? "mpirun") -n \(count) unfold train --headless --resume \(directory.path)` goes "
      + "on from its newest snapshot"
  }
}
