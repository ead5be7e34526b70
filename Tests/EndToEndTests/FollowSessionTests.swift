import Foundation
import Testing

/// Logs of other programs, followed in a real terminal.
@Suite(.serialized, .enabled(if: Terminal.isUsable)) struct FollowSessionTests {
  private static let logs = Program.root.appendingPathComponent("Tests/RunsTests/Logs")

  /// Each log, the name over its curve, and the step that the first line tells.
  static let cases: [(path: String, name: String, step: Int)] = [
    ("log_broken_middle.jsonl", "loss", 99), ("log_crlf_bom.jsonl", "loss", 99),
    ("log_epoch_only.jsonl", "loss", 29), ("log_gradnorm_always.jsonl", "loss", 99),
    ("log_gradnorm_every_10.jsonl", "loss", 99),
    ("log_json_numbers_as_strings.jsonl", "loss", 6000), ("log_nan_inf.jsonl", "loss", 99),
    ("log_nan_loss_no_gradnorm.jsonl", "loss", 99),
    ("log_nan_loss_with_gradnorm.jsonl", "loss", 99),
    ("log_nested_mixed.jsonl", "train/loss", 990), ("log_no_step.jsonl", "loss", 200),
    ("log_other_loss_name.jsonl", "nll", 99), ("log_restart_steps_back.jsonl", "loss", 159),
    ("log_step_float.jsonl", "loss", 99), ("log_step_fraction.jsonl", "loss", 99),
    ("log_truncated_last_line.jsonl", "loss", 99), ("log_wide_names.jsonl", "loss", 99),
    ("metrics_lightning.csv", "train_loss", 990), ("trainer_state.json", "loss", 99),
    ("学習 ログ/損失🔥.jsonl", "loss", 99), ("run-a1b2c3d4.wandb", "train/loss", 149),
    ("tb/corrupt_middle", "loss", 149), ("tb/dtype_double", "loss", 199),
    ("tb/dtype_half", "loss", 199), ("tb/keras", "train/epoch_loss", 19),
    ("tb/mixed_kinds", "loss", 199), ("tb/nan_inf", "loss", 199), ("tb/no_step", "loss", 199),
    ("tb/profile_empty", "train/loss", 19), ("tb/restart_back", "loss", 249),
    ("tb/step_resets_each_epoch", "loss", 199), ("tb/torch_new_style", "train/loss", 199),
    ("tb/torch_plain", "Loss/train", 199), ("tb/truncated", "loss", 148),
    ("tb/val_step_is_epoch", "train_loss", 199),
  ]

  @Test func everyLogShowsItsCurves() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    let named = program.directory.appendingPathComponent("学習 ログ")
    try FileManager.default.createDirectory(at: named, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Self.logs.appendingPathComponent("name_not_ascii/loss.jsonl"),
      to: named.appendingPathComponent("損失🔥.jsonl"))
    for (path, name, step) in Self.cases {
      let folder = path.hasPrefix("学習") ? program.directory : Self.logs
      try terminal.type(line: "\"$UNFOLD\" follow '\(folder.path)/\(path)'; echo left")
      let screen = try terminal.wait("the curve of \(path)") { text in
        // A picture that is still being drawn has rows of the one before.
        Terminal.step(in: text) == step && text.contains("━ \(name) ")
          && !text.contains("waiting for a run")
      }
      // A curve is drawn, in braille, and nothing is invented.
      #expect(screen.contains { $0 >= "\u{2801}" && $0 <= "\u{28FF}" }, "\(path)")
      for word in ["no step yet", "nats", "tanh", "character"] {
        #expect(!screen.contains(word), "\(word) in \(path)")
      }
      if path.hasPrefix("log_nan_loss") {
        #expect(screen.contains("50 ▲ the loss is not a finite number"), "\(path)")
      }
      try terminal.press("q")
      try terminal.wait("the shell behind \(path)") {
        $0.contains("left") && !$0.contains("Overview")
      }
      try terminal.type(line: "clear")
      try terminal.wait("an empty screen") { !$0.contains("left") }
    }
  }

  /// Logs of every kind in one folder are a list, and each of them is one key away.
  @Test func aFolderOfLogsIsAList() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "\"$UNFOLD\" follow '\(Self.logs.path)/tb'; echo left")
    let screen = try terminal.wait("all runs") { text in
      text.contains("15 runs") && !text.contains("reading ")
    }
    #expect(screen.contains("keras") && screen.contains("torch_plain"))
    try terminal.press("/")
    try terminal.press("k", "e", "r", "Enter", "Enter")
    try terminal.wait("the run") { Terminal.step(in: $0) == 19 && $0.contains("back to the list") }
    try terminal.press("q")
    try terminal.wait("the list") { $0.contains("1 of 15") }
    try terminal.press("q")
    try terminal.wait("the shell") { $0.contains("left") && !$0.contains("15 runs") }
  }
}
