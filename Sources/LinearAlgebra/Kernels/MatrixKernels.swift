import COpenBLAS
import CVectorMath

/// Products of matrices, and what moves rows and columns about.
public protocol MatrixKernels: BinaryFloatingPoint {
  /// Columns of one panel of a packed matrix.
  static var panelWidth: Int { get }
  /// C ← α op(A) op(B) + β C, with C of rows × columns and the given depth (BLAS gemm).
  static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Self,
    a: UnsafePointer<Self>, aStride: Int, b: UnsafePointer<Self>, bStride: Int, beta: Self,
    c: UnsafeMutablePointer<Self>, cStride: Int)
  /// Packs B (depth × columns) with element (k, j) at `b[k * row + j * column]` into panels.
  static func pack(
    depth: Int, columns: Int, b: UnsafePointer<Self>, row: Int, column: Int,
    into packed: UnsafeMutablePointer<Self>)
  /// C ← A · B, or C ← C + A · B, with B packed.
  static func multiplyPacked(
    rows: Int, columns: Int, depth: Int, a: UnsafePointer<Self>, aStride: Int,
    packed: UnsafePointer<Self>, c: UnsafeMutablePointer<Self>, cStride: Int, accumulate: Bool)
  /// Row r of y ← row `index[r]` of the table (zero when negative), plus the bias if there is one.
  static func gather(
    rows: Int, columns: Int, table: UnsafePointer<Self>, tableStride: Int,
    index: UnsafePointer<Int32>, bias: UnsafePointer<Self>?, y: UnsafeMutablePointer<Self>,
    yStride: Int)
  /// Row `index[r]` of the table += row r of x; negative indices are passed over.
  static func scatterAdd(
    rows: Int, columns: Int, x: UnsafePointer<Self>, xStride: Int, index: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Self>, tableStride: Int)
  /// y (rows × columns) ← transpose of x, or y ← y + transpose of x.
  static func transpose(
    rows: Int, columns: Int, x: UnsafePointer<Self>, xStride: Int, y: UnsafeMutablePointer<Self>,
    yStride: Int, accumulate: Bool)
  /// sums[j] += Σ over rows of x[r][j].
  static func addColumnSums(
    rows: Int, columns: Int, x: UnsafePointer<Self>, stride: Int,
    sums: UnsafeMutablePointer<Self>)
}

extension Float: MatrixKernels {
  public static var panelWidth: Int { Int(VECTOR_MATH_PANEL_F32) }

  public static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Float,
    a: UnsafePointer<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, cStride: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(depth),
      alpha, a, blasint(aStride), b, blasint(bStride), beta, c, blasint(cStride))
  }

  public static func pack(
    depth: Int, columns: Int, b: UnsafePointer<Float>, row: Int, column: Int,
    into packed: UnsafeMutablePointer<Float>
  ) {
    vector_math_pack_f32(depth, columns, b, row, column, packed)
  }

  public static func multiplyPacked(
    rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aStride: Int,
    packed: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>, cStride: Int, accumulate: Bool
  ) {
    vector_math_multiply_packed_f32(
      rows, columns, depth, a, aStride, packed, c, cStride, accumulate ? 1 : 0)
  }

  public static func gather(
    rows: Int, columns: Int, table: UnsafePointer<Float>, tableStride: Int,
    index: UnsafePointer<Int32>, bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    yStride: Int
  ) {
    vector_math_gather_f32(rows, columns, table, tableStride, index, bias, y, yStride)
  }

  public static func scatterAdd(
    rows: Int, columns: Int, x: UnsafePointer<Float>, xStride: Int, index: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Float>, tableStride: Int
  ) {
    vector_math_scatter_add_f32(rows, columns, x, xStride, index, table, tableStride)
  }

  public static func transpose(
    rows: Int, columns: Int, x: UnsafePointer<Float>, xStride: Int, y: UnsafeMutablePointer<Float>,
    yStride: Int, accumulate: Bool
  ) {
    vector_math_transpose_f32(rows, columns, x, xStride, y, yStride, accumulate ? 1 : 0)
  }

  public static func addColumnSums(
    rows: Int, columns: Int, x: UnsafePointer<Float>, stride: Int,
    sums: UnsafeMutablePointer<Float>
  ) {
    vector_math_add_column_sums_f32(rows, columns, x, stride, sums)
  }
}
