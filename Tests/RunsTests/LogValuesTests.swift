import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// Every series of the logs that people have, as readers that are not ours read them (Python's json
/// and csv, TensorBoard's own protocol buffers): how many values, the sum of those that are finite,
/// and how many are not.
@Suite struct LogValuesTests {
  private typealias Values = (name: String, count: Int, sum: Double, notFinite: Int)

  private static let expected: [String: [Values]] = [
    "log_broken_middle.jsonl": [
      ("accuracy", 98, 48.99, 0), ("grad_norm", 98, 98, 0), ("loss", 98, 84.69582, 0),
    ],
    "log_crlf_bom.jsonl": [("loss", 99, 85.24387, 0)],
    "log_epoch_only.jsonl": [
      ("accuracy", 30, 20.01485, 0), ("epoch", 30, 435, 0), ("loss", 30, 35.95546, 0),
      ("val_loss", 30, 43.44093, 0),
    ],
    "log_gradnorm_always.jsonl": [
      ("accuracy", 99, 49.5, 0), ("grad_norm", 99, 99, 0), ("loss", 99, 85.24387, 0),
    ],
    "log_gradnorm_every_10.jsonl": [("grad_norm", 9, 9, 0), ("loss", 99, 85.24387, 0)],
    "log_json_numbers_as_strings.jsonl": [
      ("epoch", 60, 60, 0), ("loss", 60, 300.897, 0), ("lr", 60, 0.03, 0),
    ],
    "log_nan_inf.jsonl": [("loss", 99, 81.11022, 3)],
    "log_nan_loss_no_gradnorm.jsonl": [("loss", 99, 71.22464, 50)],
    "log_nan_loss_with_gradnorm.jsonl": [
      ("grad_norm", 99, 99, 0), ("loss", 99, 71.22464, 50), ("lr", 99, 9.9, 0),
    ],
    "log_nested_mixed.jsonl": [
      ("lr", 99, 0.099, 0), ("train/acc", 99, 49.5, 0), ("train/loss", 99, 85.24387, 0),
      ("val/loss", 19, 18.24142, 0),
    ],
    "log_no_step.jsonl": [
      ("loss", 200, 160.6875, 0), ("lr", 200, 10, 0), ("progress", 200, 1990, 0),
    ],
    "log_other_loss_name.jsonl": [("nll", 99, 85.24387, 0), ("ppl", 99, 1485, 0)],
    "log_restart_steps_back.jsonl": [("loss", 159, 88.06654, 0)],
    "log_step_float.jsonl": [("loss", 99, 85.24387, 0)],
    "log_step_fraction.jsonl": [("loss", 99, 85.24387, 0)],
    "log_truncated_last_line.jsonl": [("loss", 99, 85.24387, 0)],
    "log_wide_names.jsonl": [
      ("a very long metric name that goes on and on/with parts/and more parts", 99, 99, 0),
      ("loss", 99, 85.24387, 0), ("精度/検証", 99, 49.5, 0), ("🔥temp", 99, 198, 0),
    ],
    "metrics_lightning.csv": [
      ("epoch", 99, 450, 0), ("train_loss", 99, 85.244, 0), ("val_loss", 10, 6.2325, 0),
    ],
    "tb/dtype_double": [("loss", 200, 215.0292, 0)],
    "tb/dtype_half": [("loss", 200, 215.0273, 0)],
    "tb/keras": [
      ("train/epoch_accuracy", 20, 14.28887, 0), ("train/epoch_learning_rate", 20, 0.02, 0),
      ("train/epoch_loss", 20, 22.84452, 0), ("validation/epoch_loss", 20, 24.84452, 0),
      ("validation/evaluation_loss_vs_iterations", 20, 24.84452, 0),
    ],
    "tb/mixed_kinds": [("loss", 200, 215.0292, 0)],
    "tb/nan_inf": [("loss", 200, 210.8419, 6)],
    "tb/profile_empty": [("train/epoch_loss", 20, 55.45075, 0), ("train/loss", 20, 55.45075, 0)],
    "tb/restart_back": [("loss", 250, 273.6902, 0)],
    "tb/torch_new_style": [("train/loss", 200, 215.0292, 0)],
    "tb/torch_plain": [
      ("Loss/train", 200, 215.0292, 0), ("Loss/val", 10, 13.20564, 0), ("lr", 200, 0.2, 0),
    ],
    "tb/truncated": [("loss", 149, 196.155, 0)],
    "tb/val_step_is_epoch": [("train_loss", 200, 215.0292, 0), ("val_loss", 10, 12.20564, 0)],
    "trainer_state.json": [
      ("epoch", 99, 247.5, 0), ("grad_norm", 99, 99, 0), ("learning_rate", 99, 0.00495, 0),
      ("loss", 99, 85.24387, 0),
    ],
    "学習 ログ/損失🔥.jsonl": [
      ("accuracy", 99, 49.5, 0), ("grad_norm", 99, 99, 0), ("loss", 99, 85.24387, 0),
    ],
  ]

  @Test(arguments: expected.keys.sorted()) func allSeriesHoldTheSameNumbers(_ path: String) throws {
    let run = try RecordedRun.read(LogCasesTests.path(path))
    for values in try #require(Self.expected[path]) {
      let series = run.history.extra.first { $0.name == values.name }
      let curve = run.description?.lossName == values.name ? run.history.loss : nil
      let pyramid = try #require(series?.values ?? curve, "\(values.name)")
      let numbers = (0..<pyramid.count).map { Double(pyramid[$0]) }
      let finite = numbers.filter(\.isFinite)
      #expect(numbers.count == values.count, "\(values.name)")
      #expect(numbers.count - finite.count == values.notFinite, "\(values.name)")
      let sum = finite.reduce(0, +)
      #expect(abs(sum - values.sum) < 1e-5 * max(1, abs(values.sum)), "\(values.name): \(sum)")
    }
  }
}
