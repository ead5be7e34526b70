import SequenceData
import TrainingEvents

extension FuzzedReader {
  /// The readers of what a person brings to a trained network.
  static let queries = [
    query("query-npy", "npy", .forecasting, .csv, width: 2),
    query("query-csv", "csv", .forecasting, .csv, width: 2),
    query("query-ts", "ts", .sequenceClassification, .ts, width: 2),
    query("query-image", "pgm", .sequenceClassification, .idx, width: 2),
    FuzzedReader(name: "query-line") { input in
      let reader = reader(.forecasting, .csv, width: 2)
      return queried { () throws(DataError) in
        _ = try reader.query(String(decoding: input, as: UTF8.self), from: "line 1")
      }
    },
  ]

  private static func query(
    _ name: String, _ ending: String, _ kind: TaskKind, _ format: DataSource.Format, width: Int
  ) -> FuzzedReader {
    FuzzedReader(name: name) { input in
      let path = ScratchFile.write(input, to: "query.\(ending)")
      let reader = reader(kind, format, width: width)
      return queried { () throws(DataError) in _ = try reader.queries(inFile: path) }
    }
  }

  private static func reader(
    _ kind: TaskKind, _ format: DataSource.Format, width: Int
  ) -> QueryReader {
    let task = TaskData(
      kind: kind, train: .examples([]), inputWidth: width, outputWidth: 2, targetName: "class")
    return QueryReader(
      task, source: DataSource(format: format, location: "x"), hasOneVector: false)
  }

  private static func queried(_ body: () throws(DataError) -> Void) -> String? {
    do throws(DataError) {
      try body()
      return nil
    } catch {
      return complaint(about: error.description)
    }
  }
}
