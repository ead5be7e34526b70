import Foundation

/// Words that once stood on the screen and that a reader of PyTorch's documentation would not find
/// there, each with the field's word that stands in its place.
public enum OldWords {
  public static let all: [(word: String, instead: String)] = [
    ("knob", "hyperparameter"), ("turn it up", "raise it"), ("turn it down", "lower it"),
    ("turned ", "changed"), ("reach over training", "gradient by lag over training"),
    ("at an end", "saturated"), ("shut or open", "saturated"), ("never move", "constant"),
    ("moves with", "correlated with"), ("moves against", "anticorrelated with"),
    ("that follow a pattern", "correlated with"), ("most on", "highest activation"),
    ("least on", "lowest activation"), ("reading with unit", "activation of unit"),
    ("answers to", "responds to"), ("from the future", "from t+1"), ("from the past", "recurrent"),
    ("from here", "from o(t)"), ("goes on by itself", "free-running forecast"),
    ("off by", "mean absolute error"),
    ("root mean square", "mean absolute error"), ("every step is done", "completed"),
    ("written yet", "none yet"), ("bolder", "less conservative"), ("surer", "more conservative"),
    ("learner", "trainer"), ("trainee", "trainer"), ("looker", "probe"), ("deed", "action"),
    ("alert stands", "alert is active"), ("that stands", "active"), ("told of", "announced"),
    ("episode", "once until it is over"), ("passed over", "skipped"), ("passes over", "ignores"),
    ("written anew", "rewritten"), ("began anew", "was begun again"), ("stands here", "is given"),
    ("deepest", "greatest depth"),
  ]

  /// Steps that could be of training or through time: these phrases say of which.
  private static let steps = [
    "every step", "each step", "from all steps", "steps back", "per step", "source step",
    "step by step", "step to step",
  ]

  /// Phrases of a text that do not say which kind of step they mean. Where both kinds could be meant,
  /// a *time step* is a place in a sequence, a *training step* an update of the weights; a number
  /// behind `step` alone counts updates.
  public static func unclearSteps(in text: String) -> [String] {
    let text = text.lowercased().replacingOccurrences(of: "time step", with: "moment")
      .replacingOccurrences(of: "training step", with: "update")
    return steps.filter { text.contains($0) }
  }

  /// Those that a text says. A word inside a longer one, as in “returned”, is none of them.
  public static func found(in text: String) -> [(word: String, instead: String)] {
    let text = text.lowercased()
    return all.filter { entry in
      var rest = text.startIndex..<text.endIndex
      while let place = text.range(of: entry.word, options: .literal, range: rest) {
        if place.lowerBound == text.startIndex
          || !text[text.index(before: place.lowerBound)].isLetter
        {
          return true
        }
        rest = place.upperBound..<text.endIndex
      }
      return false
    }
  }
}
