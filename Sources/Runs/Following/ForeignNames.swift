/// What other programs call the numbers that have a place of their own here.
enum ForeignNames {
  enum Role: Int, Sendable, CaseIterable {
    case step, epoch, loss, validationLoss, gradientNorm, learningRate, tokens, tokensPerSecond
    case elapsed, wallTime
  }

  /// A role, and how surely the name means it: of several names, the lowest rank has it.
  struct Ranked: Sendable, Equatable {
    var role: Role
    var rank: Int
  }

  static func role(of name: String) -> Role? { rank(name)?.role }

  /// The role of a name; upper and lower case and everything between letters are the same, so that
  /// `train/loss`, `train_loss` and `trainLoss` are one name.
  static func rank(_ name: String) -> Ranked? {
    let words = words(of: name)
    let folded = words.joined()
    if let known = exact[folded] { return known }
    guard words.count <= 8 else { return nil }
    let set = Set(words)
    if let rate = learningRate(set) { return rate }
    if let norm = gradientNorm(set, folded) { return norm }
    return loss(words, set)
  }

  /// Small words of a name: cut where something other than letters and digits stands, and before
  /// capitals.
  static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for scalar in name.unicodeScalars.prefix(120) {
      let isUpper = ("A"..."Z").contains(scalar)
      let isLetter = isUpper || ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      if !isLetter || (isUpper && wasLower), !word.isEmpty {
        words.append(word)
        word = ""
      }
      // Names in other scripts are words, too, but have no role.
      if isLetter || scalar.value >= 0x80 { word.unicodeScalars.append(scalar) }
      wasLower = isLetter && !isUpper
    }
    if !word.isEmpty { words.append(word) }
    return words.map { $0.lowercased() }
  }

  private static let exact: [String: Ranked] = {
    let names: [(Role, [String])] = [
      // In the order in which they are believed where a line has several.
      (.step, ["globalstep", "trainerglobalstep", "step", "steps", "trainstep"]),
      (.step, ["iteration", "iterations", "iter", "iters", "trainiter", "batch", "batchidx"]),
      (.epoch, ["epoch", "trainepoch", "epochs", "currentepoch"]),
      (
        .gradientNorm,
        [
          "gradnorm", "gradientnorm", "traingradnorm", "traingradientnorm", "gnorm", "totalnorm",
          "gradsnorm", "gradientsnorm", "grad20normtotal", "grad2normtotal", "gradl2norm",
          "l2gradnorm", "globalgradnorm", "totalgradnorm", "gradnormtotal", "trainglobalgradnorm",
          "normgrad",
        ]
      ),
      (.learningRate, ["lr", "learningrate", "trainlr", "trainlearningrate"]),
      (.tokens, ["tokens", "numtokens", "batchtokens"]),
      (.tokensPerSecond, ["tokenspersecond", "tokenspersec", "tps"]),
      (.elapsed, ["elapsed", "elapsedseconds", "elapsedtime", "runtime", "seconds"]),
      (.wallTime, ["time", "walltime", "timestamp"]),
    ]
    var roles: [String: Ranked] = [:]
    for (role, names) in names {
      for (index, name) in names.enumerated() {
        roles[name] = roles[name] ?? Ranked(role: role, rank: roles.count + index)
      }
    }
    return roles
  }()

  private static let trainingWords: Set = ["train", "training", "tr"]
  private static let validationWords: Set = [
    "val", "valid", "validation", "eval", "evaluation", "dev", "test", "testing", "holdout",
  ]
  /// Words that say how a loss was averaged, and nothing else about it.
  private static let averagingWords: Set = [
    "epoch", "step", "batch", "iter", "avg", "average", "mean", "running", "smooth", "smoothed",
    "ema", "total", "0", "dataloader", "idx", "log", "metrics", "metric", "history", "scalars",
  ]
  private static let lossWords: Set = ["loss", "losses"]
  /// Losses by names of their own.
  private static let otherLossWords: Set = [
    "nll", "xent", "crossentropy", "ce", "bce", "objective", "cost", "mse", "mae", "rmse", "elbo",
    "ppl", "perplexity", "bpc", "bpd",
  ]
  /// Words that make a number beside a loss of it.
  private static let besideLoss: Set = [
    "scale", "scaler", "scaling", "weight", "weights", "coef", "coefficient", "lr", "best", "count",
    "time", "grad", "norm", "ratio", "std", "var", "ppl", "acc", "accuracy", "vs",
  ]

  /// What a loss measures, whatever it was measured on and however it was averaged.
  static func kind(of name: String) -> Set<String> {
    Set(words(of: name)).subtracting(trainingWords).subtracting(validationWords)
      .subtracting(averagingWords)
  }

  static func isValidation(_ words: some Sequence<String>) -> Bool {
    words.contains { validationWords.contains($0) }
  }

  static func isTraining(_ words: some Sequence<String>) -> Bool {
    words.contains { trainingWords.contains($0) }
  }

  private static func loss(_ words: [String], _ set: Set<String>) -> Ranked? {
    let isNamed = !set.isDisjoint(with: lossWords)
    let crossEntropy = set.contains("cross") && set.contains("entropy")
    guard isNamed || crossEntropy || !set.isDisjoint(with: otherLossWords) else { return nil }
    let rest = set.subtracting(lossWords).subtracting(trainingWords).subtracting(validationWords)
    let strange = rest.subtracting(averagingWords).subtracting(otherLossWords)
    guard strange.isDisjoint(with: besideLoss) else { return nil }
    // A plain loss before the loss of an epoch, that before a part of it, that before other names.
    var rank = isNamed ? 0 : 40
    if isNamed, !set.isDisjoint(with: otherLossWords) { rank += 8 }
    if !isNamed, set.contains("ppl") || set.contains("perplexity") { rank += 20 }
    rank += min(4, rest.intersection(averagingWords).subtracting(["total"]).count)
    rank += 10 * min(2, strange.count)
    if !set.isDisjoint(with: ["test", "testing"]) { rank += 5 }
    let isValidation = isValidation(words)
    return Ranked(role: isValidation ? .validationLoss : .loss, rank: rank)
  }

  private static func learningRate(_ set: Set<String>) -> Ranked? {
    guard
      set.contains("lr") || set.contains("learningrate")
        || set.contains("learning") && set.contains("rate")
    else { return nil }
    return set.count <= 5 ? Ranked(role: .learningRate, rank: 200 + set.count) : nil
  }

  /// Only names of the norm of the whole gradient; one layer's is none.
  private static func gradientNorm(_ set: Set<String>, _ folded: String) -> Ranked? {
    guard folded.contains("grad"), folded.contains("norm") else { return nil }
    let known: Set = [
      "grad", "gradient", "grads", "gradients", "norm", "norms", "gradnorm", "total", "global",
      "train", "training", "l2", "2", "0", "raw", "overall", "all", "model", "before", "unclipped",
      "preclip", "pre", "clip", "clipping", "avg", "mean", "step", "epoch", "optim", "debug",
    ]
    guard set.isSubset(of: known) else { return nil }
    return Ranked(role: .gradientNorm, rank: 100 + set.count)
  }
}
