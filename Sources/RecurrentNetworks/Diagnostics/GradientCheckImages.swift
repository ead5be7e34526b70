/// Images: read in two dimensions or row by row, to a class or to a caption.
extension GradientCheckCase {
  static var imageCases: [GradientCheckCase] {
    shapeCases + captionCases
  }

  /// Images from one row to one column, of different heights, in blocks that do not fit.
  private static var shapeCases: [GradientCheckCase] {
    [
      ("1×5", [1, 1], 5, 1), ("4×1", [4, 4, 4], 1, 1), ("1×1", [1], 1, 1),
      ("3×4", [3, 3], 4, 1), ("different heights", [2, 5, 3, 1], 3, 1),
      ("blocks of 2, different heights", [5, 2, 3], 3, 2),
    ].flatMap { (title: String, heights: [Int], width: Int, block: Int) in
      Configuration.CornerCombination.allCases.map { combination in
        GradientCheckCase(
          "two-dimensional, \(title), 4 corners, \(combination.rawValue), output final"
        ) {
          var configuration = imageConfiguration(.tanh, block: block)
          configuration.cornerCombination = combination
          var checked = CheckedBatch(heights)
          checked.vectors(width: width)
          checked.classes(4, rows: checked.batch.sequenceCount)
          return GradientCheck.Subject(
            ImageFinalOutput<Double>(
              configuration, sizes: ModelSizes(width: width, outputs: 4)),
            objective: .crossEntropy, batch: checked.batch)
        }
      }
    }
  }

  private static var captionCases: [GradientCheckCase] {
    CellKind.allCases.flatMap { cell in
      [1, 2, 4].map { corners in
        GradientCheckCase("\(cell), caption of a two-dimensional image, \(corners) corners") {
          var configuration = imageConfiguration(cell, block: 2)
          configuration.imageCorners = corners
          return captionSubject(configuration)
        }
      } + [
        GradientCheckCase("\(cell), caption of an image read row by row, bidirectional") {
          captionSubject(.checked(cell, .bidirectional))
        }
      ]
    }
  }

  private static func captionSubject(_ configuration: Configuration) -> GradientCheck.Subject {
    var checked = CheckedBatch([4, 3, 4])
    checked.vectors(width: 5)
    checked.targetSequences(lengths: [2, 4, 1], symbols: 4)
    return GradientCheck.Subject(
      EncoderDecoder<Double>(configuration, sizes: ModelSizes(width: 5, outputs: 4)),
      objective: .crossEntropy, batch: checked.batch)
  }

  private static func imageConfiguration(_ cell: CellKind, block: Int) -> Configuration {
    var result = Configuration.checked(cell)
    result.hidden = 2
    result.imageReading = .twoDimensional
    result.imageBlock = block
    return result
  }
}
