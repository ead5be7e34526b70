#if MPI
  import CMPI
  import Foundation
  import Glibc
  import Training

  /// The ranks of an MPI job.
  ///
  /// MPI is told that one thread alone calls it (`MPI_THREAD_FUNNELED`), and that is so: whatever
  /// touches `requests` or calls MPI runs on `thread`. That is why it is safe to share.
  final class MPICommunicator: Communicator, @unchecked Sendable {
    let rank: Int
    let size: Int
    let neighbours: Int
    let thread: ThreadExecutor
    /// Grows to the largest exchange, which is a step's.
    private var requests: [MPI_Request?] = []

    /// Largest message of one call, whose count is a C int.
    private static let most = 1 << 30
    /// Looks for messages before the core is left to others between two looks: many where each rank
    /// has a core, next to none where others of this machine's ranks wait for one.
    private let eagerness: Int
    /// Seconds of waiting before anybody asks whether a rank is lost.
    private static let patience = 0.005

    private init(rank: Int, size: Int, neighbours: Int, thread: ThreadExecutor) {
      (self.rank, self.size, self.neighbours, self.thread) = (rank, size, neighbours, thread)
      eagerness = neighbours > ProcessInfo.processInfo.activeProcessorCount ? 20 : 2_000
    }

    /// Joins the job that this process was started in.
    static func join() -> MPICommunicator? {
      let thread = ThreadExecutor(label: "unfold training")
      let place = thread.sync { () -> (rank: Int, size: Int, neighbours: Int)? in
        var (provided, rank, size) = (Int32(0), Int32(0), Int32(0))
        // MPI itself would call sched_yield with every look where ranks share cores.
        setenv("OMPI_MCA_mpi_yield_when_idle", "0", 0)
        unfold_mpi_sleep_briefly()
        guard MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided) == MPI_SUCCESS,
          unfold_mpi_return_errors() == MPI_SUCCESS,
          MPI_Comm_rank(unfold_mpi_world(), &rank) == MPI_SUCCESS,
          MPI_Comm_size(unfold_mpi_world(), &size) == MPI_SUCCESS
        else { return nil }
        return (Int(rank), Int(size), Int(unfold_mpi_neighbours()))
      }
      return place.map {
        MPICommunicator(
          rank: $0.rank, size: $0.size, neighbours: max(1, $0.neighbours), thread: thread)
      }
    }

    /// Leaves the job in good order, together with all others.
    func leave() { _ = thread.sync { MPI_Finalize() } }

    func exchange(
      sending: [RankMessage], receiving: [RankMessage], isLost: (Double) -> RankFailure?
    ) throws(RankFailure) {
      requests.removeAll(keepingCapacity: true)
      for message in receiving {
        try start(message) { MPI_Irecv($0, $1, unfold_mpi_byte(), $2, 0, unfold_mpi_world(), $3) }
      }
      for message in sending {
        try start(message) { MPI_Isend($0, $1, unfold_mpi_byte(), $2, 0, unfold_mpi_world(), $3) }
      }
      try waitForAll(isLost)
    }

    /// Starts one message, in several pieces where it is too large for one call.
    private func start(
      _ message: RankMessage,
      _ call: (UnsafeMutableRawPointer, Int32, Int32, UnsafeMutablePointer<MPI_Request?>) -> Int32
    ) throws(RankFailure) {
      var done = 0
      while done < message.bytes {
        let count = min(Self.most, message.bytes - done)
        var request = unfold_mpi_no_request()
        let code = call(message.base + done, Int32(count), Int32(message.peer), &request)
        guard code == MPI_SUCCESS else {
          throw RankFailure(rank: message.peer, reason: Self.words(code))
        }
        requests.append(request)
        done += count
      }
    }

    private func waitForAll(_ isLost: (Double) -> RankFailure?) throws(RankFailure) {
      var (done, looks) = (Int32(0), 0)
      var began: Double?
      // By the clock, not by a number of looks, each of which may take long on a busy machine: who
      // looks too late after a lost rank is ended by the launcher before it could say so.
      var nextQuestion = Self.patience
      while true {
        let code = requests.withUnsafeMutableBufferPointer {
          unfold_mpi_test_all(Int32($0.count), $0.baseAddress, &done)
        }
        guard code == MPI_SUCCESS else { throw RankFailure(reason: Self.words(code)) }
        if done != 0 { return }
        looks += 1
        guard looks > eagerness else { continue }
        let now = Self.now
        let waited = now - (began ?? now)
        began = began ?? now
        if waited >= nextQuestion {
          if let failure = isLost(waited) { throw failure }
          nextQuestion = waited + min(0.2, max(0.01, waited / 10))
        }
        // For an eighth of what it has taken so far, so that who waits long wakes seldom and who waits
        // briefly is hardly late: each waking takes the core from a rank that computes. Never by
        // sched_yield, with which a thread gives its turn up for good while others want the core: some
        // thousand calls cost it seconds.
        usleep(UInt32(min(2_000, max(20, waited * 1e6 / 8))))
      }
    }

    private static var now: Double {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func words(_ code: Int32) -> String {
      var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING) + 1)
      var length: Int32 = 0
      guard MPI_Error_string(code, &text, &length) == MPI_SUCCESS else {
        return "MPI error \(code)"
      }
      return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
#endif
