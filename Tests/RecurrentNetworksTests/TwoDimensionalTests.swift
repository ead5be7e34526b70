import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// The two-dimensional recurrence against its definition, cell by cell.
@Suite struct TwoDimensionalTests {
  typealias Image = [[Double]]

  func configuration(block: Int = 1, corners: Int = 4) -> NetworkConfiguration {
    var result = NetworkConfiguration()
    result.hidden = 3
    result.imageReading = .twoDimensional
    result.imageBlock = block
    result.imageCorners = corners
    return result
  }

  func image(_ rows: Int, _ columns: Int, seed: UInt64) -> Image {
    var random = SeededRandom(seed: seed)
    return (0..<rows).map { _ in (0..<columns).map { _ in random.normal() } }
  }

  // MARK: The definition

  @Test(arguments: NetworkConfiguration.CornerCombination.allCases, [1, 2])
  func followsItsEquations(
    _ combination: NetworkConfiguration.CornerCombination, _ block: Int
  ) throws {
    var configuration = configuration(block: block)
    configuration.cornerCombination = combination
    let images = [image(2, 3, seed: 1), image(5, 3, seed: 2), image(1, 3, seed: 3)]
    let (outputs, parameters) = try run(images, configuration)
    for (n, image) in images.enumerated() {
      let expected = try definition(
        image, parameters, block: block, isSum: combination == .sum)
      #expect(relativeError(outputs[n], expected) < 1e-13)
    }
  }

  /// o = c + V C, by the equations of one cell at a time.
  private func definition(
    _ image: Image, _ parameters: ParameterVector<Double>, block: Int, isSum: Bool
  ) throws -> [Double] {
    let tensors = Dictionary(
      uniqueKeysWithValues: parameters.namedTensors().map { ($0.name, $0.values) })
    let (height, width) = (image.count, image[0].count)
    let rows = (height + block - 1) / block
    let columns = (width + block - 1) / block
    var context: [Double] = isSum ? [0, 0, 0] : []
    for (name, isBottom, isRight) in [
      ("top_left", false, false), ("bottom_right", true, true), ("top_right", false, true),
      ("bottom_left", true, false),
    ] {
      func tensor(_ part: String) throws -> [Double] {
        try #require(tensors["encoder.\(part)_\(name)"])
      }
      let (u, v) = (try tensor("weight_ih"), try tensor("weight_vertical"))
      let (h, b) = (try tensor("weight_horizontal"), try tensor("bias"))
      var states = [[[Double]]](
        repeating: [[Double]](repeating: [0, 0, 0], count: columns + 1), count: rows + 1)
      for i in 0..<rows {
        for j in 0..<columns {
          let top = (isBottom ? rows - 1 - i : i) * block
          let left = (isRight ? columns - 1 - j : j) * block
          var a = b
          for unit in 0..<3 {
            for y in 0..<block {
              for x in 0..<block where top + y < height && left + x < width {
                a[unit] +=
                  u[unit * block * block + y * block + x] * image[top + y][left + x]
              }
            }
            for other in 0..<3 {
              a[unit] += v[unit * 3 + other] * states[i][j + 1][other]
              a[unit] += h[unit * 3 + other] * states[i + 1][j][other]
            }
          }
          states[i + 1][j + 1] = a.map { tanh($0) }
        }
      }
      let last = states[rows][columns]
      context = isSum ? zip(context, last).map { $0 + $1 } : context + last
    }
    let (v, c) = (try #require(tensors["head.weight"]), try #require(tensors["head.bias"]))
    return c.indices.map { k in
      context.indices.reduce(c[k]) { $0 + v[k * context.count + $1] * context[$1] }
    }
  }

  // MARK: Lines of pixels

  /// An image of one row is a sequence from left to right, one of one column from top to bottom.
  @Test(arguments: [true, false]) func aLineOfPixelsIsASequence(_ isRow: Bool) throws {
    let pixels = image(1, 6, seed: 4)[0]
    let line = isRow ? [pixels] : pixels.map { [$0] }
    let (outputs, parameters) = try run([line], configuration(corners: 1))
    var plain = configuration()
    plain.imageReading = .rows
    let model = FinalOutput<Double>(plain, sizes: ModelSizes(width: 1, outputs: 4))
    let weights = ParameterVector<Double>(model.layout)
    let recurrent = isRow ? "horizontal" : "vertical"
    let names = [
      "rnn.weight_ih_l0": "encoder.weight_ih_top_left",
      "rnn.weight_hh_l0": "encoder.weight_\(recurrent)_top_left",
      "rnn.bias_ih_l0": "encoder.bias_top_left", "head.weight": "head.weight",
      "head.bias": "head.bias",
    ]
    for parameter in model.layout.parameters {
      let source = try #require(
        parameters.layout.parameters.first { $0.name == names[parameter.name] })
      weights.matrix(parameter).copy(parameters.matrix(source))
    }
    let batch = SequenceBatch<Double>()
    batch.steps.assign(lengths: [6])
    batch.width = 1
    batch.vectors.assign(pixels)
    let arena = Arena<Double>()
    let expected = model.outputs(batch, Pass(parameters: weights, arena: arena)).elements
    withExtendedLifetime(arena) {}
    #expect(relativeError(outputs[0], expected) < 1e-14)
  }

  // MARK: Batches

  /// In a batch of any heights, each image's output is the one it has alone, to the last bit.
  @Test func aBatchEqualsItsImages() throws {
    let images = [image(3, 4, seed: 5), image(6, 4, seed: 6), image(4, 4, seed: 7)]
    for block in [1, 2, 3] {
      let together = try run(images, configuration(block: block)).outputs
      for (n, image) in images.enumerated() {
        let alone = try run([image], configuration(block: block)).outputs[0]
        #expect(together[n] == alone)
      }
    }
  }

  /// The bound is that of the hidden size for every weight, as in PyTorch's cells.
  @Test func startsWithinTheBoundOfItsHiddenSize() throws {
    let (_, parameters) = try run([image(2, 3, seed: 1)], configuration())
    for parameter in parameters.layout.parameters where parameter.name.contains("weight_ih") {
      let largest = parameters.matrix(parameter).elements.map(abs).max() ?? 0
      #expect(largest <= 1 / 3.0.squareRoot() && largest > 0.3, "\(parameter.name)")
    }
  }

  /// Each image's outputs and the weights, which are the same for every call.
  private func run(
    _ images: [Image], _ configuration: NetworkConfiguration
  ) throws -> (outputs: [[Double]], ParameterVector<Double>) {
    let width = images[0][0].count
    let model = ImageFinalOutput<Double>(
      configuration, sizes: ModelSizes(width: width, outputs: 4))
    let parameters = ParameterVector<Double>(model.layout)
    var random = SeededRandom(seed: 9)
    parameters.initialise(using: &random)
    let batch = SequenceBatch<Double>()
    batch.steps.assign(lengths: images.map(\.count))
    batch.width = width
    batch.vectors.assign(batch.packed(batch.steps) { images[$0][$1] }.flatMap { $0 })
    let arena = Arena<Double>()
    let outputs = model.outputs(batch, Pass(parameters: parameters, arena: arena))
    let rows = batch.steps.order.indices.map { outputs.rows($0, 1).elements }
    return (images.indices.map { rows[batch.steps.places[$0]] }, parameters)
  }
}
