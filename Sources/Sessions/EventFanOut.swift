import Runs
import Training
import TrainingEvents

/// Where every event of a run that trains here goes, whether anybody watches or not: into its record, to
/// the dashboards that are attached, and behind it what the run's alerts say of it.
struct EventFanOut: Sendable {
  let recorder: RunRecorder
  private let setup: RunSetup
  /// Where dashboards attach; nil until it is opened, and where the system gives no socket.
  private var server: RunServer?
  private var watch = AlertWatch()
  private var description: RunDescription?
  private var markers: [CommandRecord] = []

  /// - Parameter warn: is told, on any thread, what the record could not keep
  init(_ setup: RunSetup, warn: @escaping @Sendable (WarningRecord) -> Void) {
    self.setup = setup
    recorder = RunRecorder(
      setup.directory, frameMegabytes: setup.preset.training.frameMegabytes, report: warn)
  }

  /// Lets dashboards of other processes attach.
  ///
  /// - Parameter perform: does what they ask for, on any thread
  /// - Throws: why the system gives no socket.
  mutating func serve(perform: @escaping @Sendable (TrainingCommand) -> Void) throws {
    server = try RunServer(setup.directory, heard: perform)
  }

  /// What the run's alerts say of an event; it travels behind that event.
  mutating func alerts(after event: TrainingEvent) -> [TrainingEvent] { watch.observe(event) }

  /// Records an event and passes it on.
  /// - Returns: the event with what only the run's setting up knows.
  mutating func send(_ event: TrainingEvent) -> TrainingEvent {
    var event = event
    switch event {
    case .started(let run):
      let run = setup.completed(run)
      description = run
      event = .started(run)
    case .command(let record): markers.append(record)
    default: break
    }
    recorder.record(event)
    if let server {
      if case .started(let run) = event { server.tell(.hello(.engine(run.hyperparameters))) }
      server.tell(.event(event))
    }
    return event
  }

  /// What goes into the snapshot of a checkpoint; nil for one that another process keeps.
  ///
  /// - Parameter history: every step's numbers so far
  func contents(of record: CheckpointRecord, history: RunHistory) -> SnapshotContents? {
    guard let checkpoint = record.state as? Checkpoint else { return nil }
    var contents = SnapshotContents(checkpoint: checkpoint, history: history, run: description)
    contents.markers = markers
    return contents
  }

  /// What attached dashboards want to see beside the own one.
  func wanted(beside own: ProbeRequest) -> ProbeRequest { server?.merged(with: own) ?? own }

  /// Sees to it that everything recorded is on disk.
  /// - Returns: whether it is
  func finishRecord() async -> Bool { await DiskWait.run { [recorder] in recorder.close() } }

  /// Lets the attached dashboards go, once they have had everything.
  func stopServing() async { await DiskWait.run { [server] in server?.close() } }
}
