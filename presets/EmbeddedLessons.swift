/// The lessons, embedded in the program, in the order of the lecture.
public enum EmbeddedLessons {
  public static var files: [(name: String, bytes: [UInt8])] {
    [
      ("sequences", PackageResources.sequences_md),
      ("systems", PackageResources.systems_md),
      ("driven", PackageResources.driven_md),
      ("unfolding", PackageResources.unfolding_md),
      ("network", PackageResources.network_md),
      ("sharing", PackageResources.sharing_md),
      ("universality", PackageResources.universality_md),
      ("training", PackageResources.training_md),
      ("forward", PackageResources.forward_md),
      ("outputs", PackageResources.outputs_md),
      ("states", PackageResources.states_md),
      ("parameters", PackageResources.parameters_md),
      ("vanishing", PackageResources.vanishing_md),
      ("forcing", PackageResources.forcing_md),
      ("final", PackageResources.final_md),
      ("bidirectional", PackageResources.bidirectional_md),
      ("translation", PackageResources.translation_md),
      ("attention", PackageResources.attention_md),
    ]
  }
}
