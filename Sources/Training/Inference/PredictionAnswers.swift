import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// What a person is told of a network's outputs, be the input alone or one of a batch.
extension Prediction {
  /// Room for what is written after something short, such as one vector.
  private static let shortestRoom = 12

  /// Symbols after which what answers an input of so many steps is cut.
  static func room(afterInput steps: Int) -> Int { max(shortestRoom, 2 * steps + 10) }

  /// What was written, the best hypothesis first; a search has rivals to show.
  mutating func take(written hypotheses: [DecodedSequence], beamWidth: Int, of task: TaskData) {
    guard let written = hypotheses.first?.symbols else { return }
    labels = written.map { task.outputName($0) }
    answer = task.outputVocabulary?.text(written) ?? ""
    guard beamWidth > 1 else { return }
    alternatives = hypotheses.map {
      Alternative(
        label: task.outputVocabulary?.text($0.symbols) ?? "", probability: exp($0.logProbability))
    }
  }

  /// The likeliest label at each of the rows, a row a step.
  mutating func take(
    labelsOf outputs: Matrix<Float>, rows: some Sequence<Int>, of task: TaskData
  ) {
    labels = rows.map {
      task.outputName(Int32(outputs.row($0).indexOfLargest(count: outputs.columns)))
    }
    answer = labels.joined(separator: " ")
  }

  /// Classes, or symbols that may come next, by the probabilities in a row.
  mutating func take(probabilitiesOf outputs: Matrix<Float>, row: Int, of task: TaskData) {
    let row = outputs.row(row)
    let ranked = (0..<outputs.columns).sorted { row[$0] > row[$1] }.prefix(8)
    alternatives = ranked.map {
      Alternative(label: task.outputName(Int32($0)), probability: Double(row[$0]))
    }
    answer = alternatives.first?.label ?? ""
    isClass = task.kind != .languageModel
  }
}

extension TaskData {
  /// What stands for an output symbol or class in a terminal.
  func outputName(_ symbol: Int32) -> String {
    symbol < 0 ? "–" : outputVocabulary?.name(of: symbol) ?? "\(symbol)"
  }
}
