import FileFormats

extension LandscapeFrame {
  /// A learning-rate range test: what a copy of the network lost while its rate grew.
  public struct RateTest: Sendable, Equatable {
    /// The step of training whose weights the copy began with.
    public var step: Int
    /// The run's own rate then, before its schedule.
    public var ownRate: Double
    /// The rate of each of the copy's steps, growing.
    public var rates: [Double] = []
    /// The copy's training loss up to each of them, smoothed.
    public var losses: [Double] = []
    /// Where the loss falls fastest over the logarithm of the rate; nil where no fall stands out of the
    /// noise of its first steps.
    public var suggestedRate: Double?
    /// The rate at which the loss had doubled or was no number any more; nil where that was not reached.
    public var divergesAt: Double?

    /// - Parameters:
    ///   - step: whose weights the copy begins with
    ///   - ownRate: the run's own rate then
    public init(step: Int, ownRate: Double) { (self.step, self.ownRate) = (step, ownRate) }

    var json: JSONObject {
      var object: JSONObject = [
        "step": .integer(step), "ownRate": .real(ownRate),
        "rates": .array(rates.map { .real($0) }), "losses": .array(losses.map { .real($0) }),
      ]
      object["suggestedRate"] = suggestedRate.map { .real($0) }
      object["divergesAt"] = divergesAt.map { .real($0) }
      return object
    }

    init?(_ value: JSONValue?) {
      guard let value, let step = value["step"]?.int, let own = value["ownRate"]?.double,
        own.isFinite
      else { return nil }
      self.init(step: step, ownRate: own)
      func numbers(_ key: String) -> [Double] { (value[key]?.array ?? []).compactMap(\.double) }
      let (rates, losses) = (numbers("rates"), numbers("losses"))
      guard rates.count == losses.count, rates.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        return nil
      }
      (self.rates, self.losses) = (rates, losses)
      (suggestedRate, divergesAt) = (
        value["suggestedRate"]?.double, value["divergesAt"]?.double
      )
    }
  }
}
