/// What a person asks of a running engine. Each takes effect between two steps and is answered
/// by an event.
public enum TrainingCommand: Sendable, Equatable {
  /// Stops between two steps and waits.
  case pause
  /// Goes on after a pause.
  case resume
  /// Runs this many steps, then pauses.
  case step(count: Int)
  /// Trains until a limit is reached, then pauses.
  case run(until: RunLimit)
  /// Multiplies the learning rate.
  case scaleLearningRate(by: Double)
  /// Sets a key that can change while training, such as `training.clip-norm`, to a value written
  /// as in a preset.
  case set(key: String, value: String)
  /// Saves the state as it is now.
  case snapshot
  /// Goes back to the newest snapshot of this session.
  case undo
  /// Goes back to the weights of the best validation so far.
  case goBackToBest
  /// Begins the same run again from its first step.
  case restart
  /// Says what is on screen; work for anything else is not done.
  case watch(ProbeRequest)
  /// Steps a second at most, for somebody who looks on; nil trains as fast as it can. It changes no
  /// result.
  case pace(Double?)
  /// Reads a text that a person typed and answers with prediction and hidden states.
  case read(text: String)
  /// Tries learning rates from small to large on a copy of the network; the run is left as it is.
  case testRates
  /// Follows a set of units from now on, in place of one of the same name.
  case keep(KeptUnits)
  /// Follows the set of a name no longer.
  case drop(name: String)
  /// Goes back through a record as time passes, until it is paused or at its beginning. What trains
  /// refuses it.
  case rewind
  /// Ends the run at the next step boundary, with a snapshot.
  case stop
}

/// Where a run pauses by itself.
public enum RunLimit: Sendable, Equatable {
  /// After this step, counted from 1 over the whole run.
  case step(Int)
  /// After so many passes over the training data.
  case epoch(Double)
  /// Stops when the smoothed training loss falls to this value.
  case loss(Double)
}

/// What the reader wants to see besides scalars.
public struct ProbeRequest: Sendable, Equatable {
  /// Kinds of frames to make. A trace is made of a paused network alone.
  public typealias Interests = Set<ProbeFrame.Kind>

  /// What is to be looked at.
  public var interests: Interests
  /// Columns of hidden states that fit on screen.
  public var columns: Int
  /// Which example of the probe's batch to look at, counted from 0; wraps around.
  public var sequence: Int
  /// Sampling temperature T: 1 samples the network's own distribution, lower is more conservative, 0 is greedy.
  public var temperature: Double
  /// Frames a second at most.
  public var rate: Double
  /// Which map of hidden states a passage is read with, counted from 0; wraps around.
  public var map: Int
  /// The position of the example that is looked at, counted from 0, whose input and Jacobian are of
  /// interest; nil while none is.
  public var position: Int?
  /// Whether arrows are wanted that say where states go.
  public var wantsField = false
  /// The plane in which they are wanted.
  public var fieldAxes = DynamicsFrame.PlaneAxes()
  /// What is looked for in all training data; nil while nothing is.
  public var alike: AlikeQuery?
  /// A past step that is looked at: what is recorded of it is wanted as well, once for each step that
  /// is asked for. Nil while nothing but the newest step is of interest.
  public var pastStep: Int?

  public init(
    interests: Interests = [], columns: Int = 40, sequence: Int = 0, temperature: Double = 0.8,
    rate: Double = 1, map: Int = 0, pastStep: Int? = nil
  ) {
    self.map = map
    self.pastStep = pastStep
    self.interests = interests
    self.columns = columns
    self.sequence = sequence
    self.temperature = temperature
    self.rate = rate
  }

  /// What has to be measured: a past step is read, and measured no more.
  public var present: ProbeRequest {
    var request = self
    request.pastStep = nil
    return request
  }

  /// What a snapshot shows whether or not somebody watched.
  public static let forSnapshots = ProbeRequest(
    interests: [.hiddenStates, .gradientByLag, .samples], columns: 120)
}
