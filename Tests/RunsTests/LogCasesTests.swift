import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// Logs as people have them, each with what its author meant.
@Suite struct LogCasesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    /// The training curve: how many points, its first and its last value.
    var points: Int
    var first = 2.9016483
    var last = 0.1106495
    /// The step of the last point.
    var step: Int
    var validations = 0
    var name: String? = "loss"
    /// Series that must be there, and how many values each has.
    var series: [String: Int] = [:]
    /// What must be said, and how many things are.
    var says: [String] = []
    var firstNaN: Int?

    var testDescription: String { path }
  }

  static let cases: [Case] = [
    Case(
      path: "log_broken_middle.jsonl", points: 98, step: 99, series: ["accuracy": 98],
      says: ["line 51: column 19: the text ends inside a string"]),
    Case(path: "log_crlf_bom.jsonl", points: 99, step: 99),
    Case(
      path: "log_epoch_only.jsonl", points: 30, first: 3.2, last: 0.3650697, step: 29,
      validations: 30, series: ["val_loss": 30, "accuracy": 30, "epoch": 30],
      says: ["no steps in this log: epochs are counted"]),
    Case(path: "log_gradnorm_always.jsonl", points: 99, step: 99, series: ["grad_norm": 99]),
    Case(path: "log_gradnorm_every_10.jsonl", points: 99, step: 99, series: ["grad_norm": 9]),
    Case(
      path: "log_json_numbers_as_strings.jsonl", points: 60, first: 7.868, last: 2.943, step: 6000,
      series: ["lr": 60]),
    Case(path: "log_nan_inf.jsonl", points: 99, step: 99, says: ["is not a finite number"]),
    Case(
      path: "log_nan_loss_no_gradnorm.jsonl", points: 99, last: .nan, step: 99,
      says: ["is not a finite number"], firstNaN: 50),
    Case(
      path: "log_nan_loss_with_gradnorm.jsonl", points: 99, last: .nan, step: 99,
      says: ["is not a finite number"], firstNaN: 50),
    Case(
      path: "log_nested_mixed.jsonl", points: 99, step: 990, validations: 19, name: "train/loss",
      series: ["train/acc": 99, "val/loss": 19, "lr": 99],
      says: ["“phase”", "“improved”", "“tags”"]),
    Case(
      path: "log_no_step.jsonl", points: 200, first: 3.2, last: 0.2207256, step: 200,
      series: ["progress": 200], says: ["its lines are counted"]),
    Case(path: "log_other_loss_name.jsonl", points: 99, step: 99, name: "nll", series: ["ppl": 99]),
    Case(
      path: "log_restart_steps_back.jsonl", points: 159, last: 0.0149748, step: 159,
      says: ["went back from step 99 to 60"]),
    Case(path: "log_step_float.jsonl", points: 99, step: 99),
    Case(path: "log_step_fraction.jsonl", points: 99, step: 99, says: ["the steps are fractions"]),
    Case(
      path: "log_truncated_last_line.jsonl", points: 99, step: 99, says: ["line 100"]),
    Case(
      path: "log_wide_names.jsonl", points: 99, step: 99, series: ["精度/検証": 99, "🔥temp": 99]),
    Case(
      path: "metrics_lightning.csv", points: 99, first: 2.9016, last: 0.1106, step: 990,
      validations: 10, name: "train_loss", series: ["val_loss": 10, "epoch": 99]),
    Case(path: "trainer_state.json", points: 99, step: 99, series: ["grad_norm": 99]),
    Case(path: "学習 ログ/損失🔥.jsonl", points: 99, step: 99),
    Case(
      path: "run-a1b2c3d4.wandb", points: 150, first: 3.2, last: 3.1825845, step: 149,
      name: "train/loss", series: ["train/tokens_seen": 150, "system/memory": 150]),
    Case(
      path: "tb/corrupt_middle", points: 149, first: 3.2, last: 0.4503937, step: 149,
      says: ["byte 3146: the checksum of the record's data is wrong"]),
    Case(path: "tb/dtype_double", points: 200, first: 3.2, last: 0.3088206, step: 199),
    Case(path: "tb/dtype_half", points: 200, first: 3.1992188, last: 0.3088379, step: 199),
    Case(path: "tb/empty_file", points: 0, step: 0, name: nil),
    Case(
      path: "tb/keras", points: 20, first: 3.2, last: 0.3264315, step: 19, validations: 20,
      name: "train/epoch_loss",
      series: ["train/epoch_accuracy": 20, "validation/epoch_loss": 20]),
    Case(
      path: "tb/mixed_kinds", points: 200, first: 3.2, last: 0.3088206, step: 199,
      says: ["histograms", "images", "tensors and texts"]),
    Case(
      path: "tb/nan_inf", points: 200, first: 3.2, last: 0.3088206, step: 199,
      says: ["is not a finite number"]),
    Case(
      path: "tb/no_step", points: 200, first: 3.2, last: 0.3088206, step: 199,
      says: ["all steps are the same: values are counted"]),
    Case(
      path: "tb/profile_empty", points: 20, first: 3.2, last: 2.3857207, step: 19,
      name: "train/loss", series: ["train/epoch_loss": 20]),
    Case(
      path: "tb/restart_back", points: 250, first: 3.2, last: 0.5472932, step: 249,
      says: ["began a new file at step 100"]),
    Case(
      path: "tb/step_resets_each_epoch", points: 200, first: 3.2, last: 0.3088206, step: 199,
      says: ["steps began again at 0 after 49: they go on over epochs"]),
    Case(
      path: "tb/torch_new_style", points: 200, first: 3.2, last: 0.3088206, step: 199,
      name: "train/loss"),
    Case(
      path: "tb/torch_plain", points: 200, first: 3.2, last: 0.3088206, step: 199, validations: 10,
      name: "Loss/train", series: ["lr": 200, "Loss/val": 10]),
    Case(
      path: "tb/truncated", points: 149, first: 3.2, last: 0.4546018, step: 148,
      says: ["the last record is not whole"]),
    Case(
      path: "tb/val_step_is_epoch", points: 200, first: 3.2, last: 0.3088206, step: 199,
      validations: 10, name: "train_loss"),
  ]

  static func path(_ name: String) throws -> String {
    let logs = try #require(Bundle.module.resourceURL).appendingPathComponent("Logs")
    guard name.hasPrefix("学習") else { return logs.path + "/" + name }
    // The repository keeps to names that every tool lists as they are; this one gets its own here.
    let copy = FileManager.default.temporaryDirectory
      .appendingPathComponent(UUID().uuidString).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: logs.appendingPathComponent("name_not_ascii/loss.jsonl"), to: copy)
    return copy.path
  }

  @Test(arguments: cases) func isReadAsItsAuthorMeant(_ log: Case) throws {
    let run = try RecordedRun.read(Self.path(log.path))
    let history = run.history
    #expect(history.count == log.points)
    #expect(history.steps.last ?? 0 == log.step)
    if log.points > 0 {
      #expect(abs(Double(history.loss[0]) - log.first) < 1e-6)
      let last = Double(history.loss[history.count - 1])
      #expect(log.last.isNaN ? last.isNaN : abs(last - log.last) < 1e-6)
    }
    #expect(history.validations.count == log.validations)
    #expect(run.description?.lossName == log.name)
    for (name, count) in log.series {
      #expect(history.extra.first { $0.name == name }?.values.count == count, "\(name)")
    }
    for text in log.says {
      #expect(run.notes.contains { $0.contains(text) }, "\(text) in \(run.notes)")
    }
    #expect(run.notes.count == log.says.count, "\(run.notes)")
    // A log tells nothing of a network, and nobody invents one.
    #expect(run.description?.architecture == nil)
    #expect(run.description?.lossUnit != .natsPerTarget)
    let nan = (0..<history.count).first { history.loss[$0].isNaN }
    if let first = log.firstNaN { #expect(nan.flatMap { history.steps.step(at: $0) } == first) }
  }

  /// Alerts that a log raises: none but that of a loss which is not finite, at its step, once.
  @Test(arguments: cases) func raisesNoAlertButForNaN(_ log: Case) throws {
    var follower = try RunFollower(Self.path(log.path))
    var watch = AlertWatch()
    let warnings = try follower.poll().flatMap { watch.observe($0) }.compactMap { event in
      if case .warning(let record) = event, record.kind == Alert.notFinite.rawValue {
        record
      } else {
        nil
      }
    }
    switch log.firstNaN {
    case let first?: #expect(warnings.map(\.step) == [first])
    // One NaN and one infinity among the others, which are told, too.
    case nil where log.path.contains("nan_inf"): #expect(warnings.count == 1)
    case nil: #expect(warnings.isEmpty)
    }
  }

  /// What goes out reads back as the same curves.
  @Test(arguments: [
    "log_nested_mixed.jsonl", "metrics_lightning.csv", "tb/keras", "tb/torch_plain",
  ])
  func exportsReadBack(_ name: String) throws {
    let temporary = try TemporaryDirectory()
    let before = try RecordedRun.read(Self.path(name))
    for (format, file) in [
      (ExportFormat.csv, "metrics.csv"), (.jsonl, "metrics.jsonl"), (.tensorboard, nil),
    ] {
      let files = try RunExporter.export(Self.path(name), format: format, to: temporary.path)
      let after = try RecordedRun.read(files[0])
      #expect(file.map { files[0].hasSuffix($0) } ?? true)
      #expect(after.history.count == before.history.count)
      #expect(after.history.loss.last == before.history.loss.last)
      for series in before.history.extra where series.name != "epoch" {
        let again = try #require(after.history.extra.first { $0.name == series.name })
        #expect(again.values.count == series.values.count && again.last == series.last)
      }
    }
  }

  @Test func logsAreComparedAndListed() throws {
    let table = try RunComparison([Self.path("tb/keras"), Self.path("trainer_state.json")]).table
    #expect(table.contains("training loss") && table.contains("0.32643"))
    #expect(table.contains("0.42643 at step 19"))
    #expect(table.contains("train/epoch_accuracy"))
    let (runs, problems) = try RunSummary.list(in: Self.path("tb"), withLogs: true)
    #expect(problems.isEmpty && runs.contains { $0.name == "keras" && $0.step == 19 })
    #expect(runs.count == 15)
    let one = try RunSummary.list(in: Self.path("tb/keras"), withLogs: true).runs
    #expect(one.count == 1)
  }
}
