/// A number type that networks compute in: `Float` for training, `Double` for checking gradients.
///
/// Its kernels are the inner loops of training. Generic code calls one of them per matrix or time
/// step, so that nothing slow happens per element even where it is not specialised. Matrices are
/// row-major; a stride is the distance between rows in scalars.
public protocol NetworkScalar: MatrixKernels, VectorKernels, CellKernels, SoftmaxKernels,
  OptimiserKernels, BitwiseCopyable, LosslessStringConvertible, Sendable
{}

extension Float: NetworkScalar {}
extension Double: NetworkScalar {}
