/// What other programs call the numbers that have a place of their own here.
enum ForeignNames {
  enum Role: Sendable {
    case step, epoch, loss, validationLoss, gradientNorm, learningRate, tokens, tokensPerSecond
    case elapsed, wallTime
  }

  /// The role of a name; upper and lower case and everything between letters are the same, so that
  /// `train/loss`, `train_loss` and `trainLoss` are one name.
  static func role(of name: String) -> Role? {
    let bytes = name.utf8.lazy.map { $0 | 0x20 }.filter {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
    }
    return roles[String(decoding: Array(bytes.prefix(40)), as: UTF8.self)]
  }

  private static let roles: [String: Role] = {
    let names: [(Role, [String])] = [
      (.step, ["step", "globalstep", "iteration", "iter", "steps", "trainerglobalstep"]),
      (.epoch, ["epoch", "trainepoch", "epochs"]),
      (.loss, ["loss", "trainloss", "trainingloss", "losstrain", "batchloss", "trainlossstep"]),
      (
        .validationLoss,
        [
          "valloss", "validationloss", "evalloss", "lossval", "validloss", "devloss", "testloss",
          "lossvalidation", "losseval",
        ]
      ),
      (
        .gradientNorm,
        [
          "gradientnorm", "gradnorm", "traingradnorm", "traingradientnorm", "grad2normtotal",
          "totalnorm", "gradl2norm",
        ]
      ),
      (.learningRate, ["learningrate", "lr", "trainlr", "trainlearningrate", "lradam", "lrsgd"]),
      (.tokens, ["tokens", "numtokens", "batchtokens"]),
      (.tokensPerSecond, ["tokenspersecond", "tokenspersec", "tps"]),
      (.elapsed, ["elapsed", "elapsedseconds", "runtime", "seconds"]),
      (.wallTime, ["time", "walltime", "timestamp"]),
    ]
    return Dictionary(
      names.flatMap { role, names in names.map { ($0, role) } },
      uniquingKeysWith: { first, _ in first })
  }()
}
