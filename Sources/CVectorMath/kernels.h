// One set of kernels for one scalar type and one instruction set. vector_math.c includes this file
// several times with SCALAR, PRECISION, VECTOR_BYTES and SUFFIX defined; there is no include guard on purpose.

#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define FN(name) JOIN(name, SUFFIX)
// Rows never overlap, which the compiler cannot see through this many pointers.
#if PRECISION == 32
#define EACH_LANE _Pragma("clang loop vectorize(assume_safety)")
#else
#define EACH_LANE
#endif
#define INLINE static inline __attribute__((always_inline))

// ---- Small matrix products -------------------------------------------------------------------

typedef SCALAR FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(SCALAR))));

// A panel is as wide for every instruction set, so that what one packs another could read: `split`
// vectors of one set.
enum {
  FN(lanes) = VECTOR_BYTES / sizeof(SCALAR),
  FN(panel) = 64 / sizeof(SCALAR),
  FN(split) = 64 / VECTOR_BYTES
};

void FN(pack)(long depth, long columns, const SCALAR *b, long row, long column, SCALAR *packed) {
  for (long first = 0; first < columns; first += FN(panel)) {
    long width = columns - first < FN(panel) ? columns - first : FN(panel);
    for (long k = 0; k < depth; k++) {
      const SCALAR *source = b + k * row + first * column;
      for (long j = 0; j < width; j++) packed[j] = source[j * column];
      for (long j = width; j < FN(panel); j++) packed[j] = 0;
      packed += FN(panel);
    }
  }
}

// Rows of a tile at most: with more registers, a panel is passed over less often.
enum { FN(tallest) = VECTOR_BYTES == 64 ? 8 : 6 };

// C (R × N vectors) (+)= A (R × depth) · packed panels. R and N are constants after inlining, so
// that the accumulators live in registers: R · N of them. Each sum runs over the depth in its order,
// whatever the vectors' width, so that the bytes are those of any other width.
INLINE void FN(tile)(const int R, const int N, long depth, const SCALAR *a, long a_stride,
                     const SCALAR *b, long panel_stride, SCALAR *c, long c_stride, long width,
                     int accumulate, const SCALAR *ahead) {
  FN(vec) sum[2 * FN(tallest)];
#pragma clang loop unroll(full)
  for (int i = 0; i < R * N; i++) sum[i] = (FN(vec)){0};
  for (long k = 0; k < depth; k++) {
    // Large weights lie far away: what is needed next comes while this is computed. One row alone
    // computes too little to wait for; behind the last panel the hint leads nowhere, and does nothing.
    if (R > 1) __builtin_prefetch(ahead + k * FN(panel), 0, 2);
    // What is fewer, rows or vectors of a panel, is held in registers beside the sums; the other is
    // loaded one by one.
    if (R < N) {
      SCALAR value[FN(tallest)];
#pragma clang loop unroll(full)
      for (int i = 0; i < R; i++) value[i] = a[i * a_stride + k];
#pragma clang loop unroll(full)
      for (int j = 0; j < N; j++) {
        FN(vec) column = *(const FN(vec) *)(b + (j / FN(split)) * panel_stride + k * FN(panel) +
                                            (j % FN(split)) * FN(lanes));
#pragma clang loop unroll(full)
        for (int i = 0; i < R; i++) sum[i * N + j] += value[i] * column;
      }
      continue;
    }
    FN(vec) column[8];
#pragma clang loop unroll(full)
    for (int j = 0; j < N; j++)
      column[j] = *(const FN(vec) *)(b + (j / FN(split)) * panel_stride + k * FN(panel) +
                                     (j % FN(split)) * FN(lanes));
#pragma clang loop unroll(full)
    for (int i = 0; i < R; i++) {
      SCALAR value = a[i * a_stride + k];
#pragma clang loop unroll(full)
      for (int j = 0; j < N; j++) sum[i * N + j] += value * column[j];
    }
  }
  if (width == N * FN(lanes)) {
#pragma clang loop unroll(full)
    for (int i = 0; i < R; i++) {
#pragma clang loop unroll(full)
      for (int j = 0; j < N; j++) {
        FN(vec) *target = (FN(vec) *)(c + i * c_stride + j * FN(lanes));
        *target = accumulate ? *target + sum[i * N + j] : sum[i * N + j];
      }
    }
    return;
  }
  for (int i = 0; i < R; i++) {
    SCALAR row[8 * FN(lanes)];
    for (int j = 0; j < N; j++) *(FN(vec) *)(row + j * FN(lanes)) = sum[i * N + j];
    SCALAR *target = c + i * c_stride;
    for (long j = 0; j < width; j++) target[j] = accumulate ? target[j] + row[j] : row[j];
  }
}

// Depth is cut so that a panel stays in the first-level cache while all rows pass over it.
enum { FN(depth_block) = 256, FN(row_block) = 96 };

static void FN(multiply_rows)(long rows, long columns, long depth, const SCALAR *a, long a_stride,
                              const SCALAR *packed, SCALAR *c, long c_stride, int accumulate) {
  long panel_stride = depth * FN(panel);
  for (long start = 0; start < depth; start += FN(depth_block)) {
    long block = depth - start < FN(depth_block) ? depth - start : FN(depth_block);
    int add = accumulate || start > 0;
    const SCALAR *base = packed + start * FN(panel);
    // One row alone needs several panels at once to hide the latency of its sums.
    long wide = rows == 1 ? 8 : rows <= 3 ? 4 : 2;
    for (long first = 0; first < columns;) {
      long panels_left = (columns - first + FN(panel) - 1) / FN(panel);
      long vectors = wide;
      while (vectors > FN(split) && vectors > panels_left * FN(split)) vectors /= 2;
      long panels = vectors / FN(split);
      long width = columns - first < panels * FN(panel) ? columns - first : panels * FN(panel);
      const SCALAR *b = base + (first / FN(panel)) * panel_stride;
      long row = 0;
      while (row < rows) {
        long left = rows - row;
        // Balanced blocks: 10 rows are 5 + 5, and not as many as there can be and a few.
        long blocks = (left + FN(tallest) - 1) / FN(tallest);
        int height = (int)((left + blocks - 1) / blocks);
        const SCALAR *ar = a + row * a_stride + start;
        SCALAR *cr = c + row * c_stride + first;
        const SCALAR *ahead = b + (panels + (row / FN(tallest)) % panels) * panel_stride;
#define TILE(R, N)                                                                                 \
  FN(tile)(R, N, block, ar, a_stride, b, panel_stride, cr, c_stride, width, add, ahead)
#if VECTOR_BYTES == 64
#define TILES(R, N) (vectors == 1 ? TILE(R, 1) : N(R))
#else
#define TILES(R, N) N(R)
#endif
#define UP_TO_8(R) (vectors == 8 ? TILE(R, 8) : UP_TO_4(R))
#define UP_TO_4(R) (vectors == 4 ? TILE(R, 4) : TILE(R, 2))
#define UP_TO_2(R) TILE(R, 2)
        switch (height) {
        case 1: TILES(1, UP_TO_8); break;
        case 2: TILES(2, UP_TO_4); break;
        case 3: TILES(3, UP_TO_4); break;
        case 4: TILES(4, UP_TO_2); break;
        case 5: TILES(5, UP_TO_2); break;
        case 6: TILES(6, UP_TO_2); break;
#if VECTOR_BYTES == 64
        case 7: TILES(7, UP_TO_2); break;
        default: TILES(8, UP_TO_2); break;
#endif
        }
#undef UP_TO_2
#undef UP_TO_4
#undef UP_TO_8
#undef TILES
#undef TILE
        row += height;
      }
      first += panels * FN(panel);
    }
  }
}

void FN(multiply_packed)(long rows, long columns, long depth, const SCALAR *a, long a_stride,
                         const SCALAR *packed, SCALAR *c, long c_stride, int accumulate) {
  for (long row = 0; row < rows; row += FN(row_block)) {
    long block = rows - row < FN(row_block) ? rows - row : FN(row_block);
    FN(multiply_rows)(block, columns, depth, a + row * a_stride, a_stride, packed,
                      c + row * c_stride, c_stride, accumulate);
  }
}

// ---- Element-wise functions ------------------------------------------------------------------

#if PRECISION == 32

// e^x = 2^n · e^r with |r| ≤ ½ ln 2; the polynomial is a minimax fit, relative error 3e-9.
INLINE float FN(exp1)(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float n = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
  float r = (x - n * 0.693145751953125f) - n * 1.42860682030941723e-6f;
  float p = 0.00138146f;
  p = p * r + 0.00836871f;
  p = p * r + 0.04166839f;
  p = p * r + 0.16666521f;
  p = p * r + 0.49999993f;
  float e = (r * r) * p + r + 1.0f;
  union {
    int32_t bits;
    float value;
  } scale = {((int32_t)n + 127) << 23};
  return e * scale.value;
}

// An odd polynomial near zero, (e^2x − 1)/(e^2x + 1) beyond; never leaves [−1, 1]. The bounds are
// written so that NaN passes through them.
INLINE float FN(tanh1)(float x) {
  float z = x * x;
  float p = -0.00571704f;
  p = p * z + 0.02065059f;
  p = p * z - 0.0537435f;
  p = p * z + 0.13331491f;
  p = p * z - 0.33333284f;
  float near = x + x * z * p;
  float bounded = x > 9.1f ? 9.1f : x < -9.1f ? -9.1f : x;
  float e = FN(exp1)(bounded + bounded);
  float far = (e - 1.0f) / (e + 1.0f);
  return z < 0.390625f ? near : far;
}

#else

INLINE double FN(exp1)(double x) { return exp(x); }
INLINE double FN(tanh1)(double x) { return tanh(x); }

#endif

// log(1 + e) for 0 ≤ e ≤ 1, which is all that is asked of it.
#if PRECISION == 32

// 2 artanh(e / (2 + e)), whose argument is at most ⅓: the first term left out is below 2e-8 of the whole.
INLINE float FN(log1p1)(float e) {
  float z = e / (2.0f + e), q = z * z;
  float p = 1.0f / 13.0f;
  p = p * q + 1.0f / 11.0f;
  p = p * q + 1.0f / 9.0f;
  p = p * q + 1.0f / 7.0f;
  p = p * q + 1.0f / 5.0f;
  p = p * q + 1.0f / 3.0f;
  return 2.0f * (z + z * q * p);
}

#else

INLINE double FN(log1p1)(double e) { return log1p(e); }

#endif

// log(1 + e^x), which is x itself far above zero.
INLINE SCALAR FN(softplus1)(SCALAR x) {
  SCALAR size = x < 0 ? -x : x;
  return (x > 0 ? x : 0) + FN(log1p1)(FN(exp1)(-size));
}

INLINE SCALAR FN(sigmoid1)(SCALAR x) { return 1 / (1 + FN(exp1)(-x)); }

// These work in place as well: an element is written after it was read, and only there.
void FN(tanh)(long count, const SCALAR *x, SCALAR *y) {
  EACH_LANE
  for (long i = 0; i < count; i++) y[i] = FN(tanh1)(x[i]);
}

void FN(sigmoid)(long count, const SCALAR *x, SCALAR *y) {
  EACH_LANE
  for (long i = 0; i < count; i++) y[i] = FN(sigmoid1)(x[i]);
}

void FN(tanh_backward)(long count, const SCALAR *s, const SCALAR *ds, SCALAR *d) {
  EACH_LANE
  for (long i = 0; i < count; i++) d[i] = (1 - s[i] * s[i]) * ds[i];
}

// Additive attention over the steps of one source: every row of keys and of sums is `size` wide.
void FN(attention_forward)(long count, long size, const SCALAR *keys, const SCALAR *query, SCALAR *sums) {
  for (long i = 0; i < count; i++) {
    const SCALAR *restrict key = keys + i * size, *restrict q = query;
    SCALAR *restrict sum = sums + i * size;
    EACH_LANE
    for (long j = 0; j < size; j++) sum[j] = FN(tanh1)(key[j] + q[j]);
  }
}

void FN(attention_backward)(long count, long size, const SCALAR *d, const SCALAR *energy,
                            const SCALAR *sums, SCALAR *d_keys, SCALAR *d_query) {
  for (long i = 0; i < count; i++) {
    const SCALAR *restrict v = energy, *restrict sum = sums + i * size;
    SCALAR *restrict dk = d_keys + i * size, *restrict dq = d_query;
    EACH_LANE
    for (long j = 0; j < size; j++) {
      SCALAR ds = d[i] * v[j];
      SCALAR g = (1 - sum[j] * sum[j]) * ds;
      dk[j] += g;
      dq[j] += g;
    }
  }
}

void FN(relu)(long count, const SCALAR *x, SCALAR *y) {
  // NaN stays NaN: a comparison with it is false.
  EACH_LANE
  for (long i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

void FN(relu_backward)(long count, const SCALAR *s, const SCALAR *ds, SCALAR *d) {
  EACH_LANE
  for (long i = 0; i < count; i++) d[i] = s[i] > 0 ? ds[i] : 0;
}

void FN(lstm_forward)(long rows, long hidden, SCALAR *gates, const SCALAR *previous_cell,
                      long previous_stride, SCALAR *cell, SCALAR *tanh_cell, SCALAR *state,
                      long state_stride) {
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict i = gates + r * 4 * hidden;
    SCALAR *restrict f = i + hidden, *restrict g = f + hidden, *restrict o = g + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    SCALAR *restrict c = cell + r * hidden, *restrict tc = tanh_cell + r * hidden;
    SCALAR *restrict h = state + r * state_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR input = FN(sigmoid1)(i[j]);
      SCALAR forget = FN(sigmoid1)(f[j]);
      SCALAR candidate = FN(tanh1)(g[j]);
      SCALAR output = FN(sigmoid1)(o[j]);
      SCALAR next = forget * before[j] + input * candidate;
      SCALAR squashed = FN(tanh1)(next);
      i[j] = input;
      f[j] = forget;
      g[j] = candidate;
      o[j] = output;
      c[j] = next;
      tc[j] = squashed;
      h[j] = output * squashed;
    }
  }
}

void FN(lstm_backward)(long rows, long hidden, const SCALAR *gates, const SCALAR *previous_cell,
                       long previous_stride, const SCALAR *tanh_cell, const SCALAR *d_state,
                       long d_state_stride, SCALAR *d_cell, SCALAR *d_gates) {
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict i = gates + r * 4 * hidden;
    const SCALAR *restrict f = i + hidden, *restrict g = f + hidden, *restrict o = g + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    const SCALAR *restrict tc = tanh_cell + r * hidden;
    const SCALAR *restrict dh = d_state + r * d_state_stride;
    SCALAR *restrict dc = d_cell + r * hidden;
    SCALAR *restrict di = d_gates + r * 4 * hidden;
    SCALAR *restrict df = di + hidden, *restrict dg = df + hidden, *restrict d_o = dg + hidden;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR inward = dc[j] + dh[j] * o[j] * (1 - tc[j] * tc[j]);
      d_o[j] = dh[j] * tc[j] * o[j] * (1 - o[j]);
      di[j] = inward * g[j] * i[j] * (1 - i[j]);
      df[j] = inward * before[j] * f[j] * (1 - f[j]);
      dg[j] = inward * i[j] * (1 - g[j] * g[j]);
      dc[j] = inward * f[j];
    }
  }
}

void FN(peephole_forward)(long rows, long hidden, const SCALAR *peepholes, SCALAR *gates,
                          const SCALAR *previous_cell, long previous_stride, SCALAR *cell,
                          SCALAR *tanh_cell, SCALAR *state, long state_stride) {
  const SCALAR *restrict pi = peepholes, *restrict pf = pi + hidden, *restrict po = pf + hidden;
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict i = gates + r * 4 * hidden;
    SCALAR *restrict f = i + hidden, *restrict g = f + hidden, *restrict o = g + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    SCALAR *restrict c = cell + r * hidden, *restrict tc = tanh_cell + r * hidden;
    SCALAR *restrict h = state + r * state_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR input = FN(sigmoid1)(i[j] + pi[j] * before[j]);
      SCALAR forget = FN(sigmoid1)(f[j] + pf[j] * before[j]);
      SCALAR candidate = FN(tanh1)(g[j]);
      SCALAR next = forget * before[j] + input * candidate;
      SCALAR output = FN(sigmoid1)(o[j] + po[j] * next);
      SCALAR squashed = FN(tanh1)(next);
      i[j] = input;
      f[j] = forget;
      g[j] = candidate;
      o[j] = output;
      c[j] = next;
      tc[j] = squashed;
      h[j] = output * squashed;
    }
  }
}

void FN(peephole_backward)(long rows, long hidden, const SCALAR *peepholes, const SCALAR *gates,
                           const SCALAR *previous_cell, long previous_stride, const SCALAR *cell,
                           const SCALAR *tanh_cell, const SCALAR *d_state, long d_state_stride,
                           SCALAR *d_cell, SCALAR *d_gates, SCALAR *d_peepholes) {
  const SCALAR *restrict pi = peepholes, *restrict pf = pi + hidden, *restrict po = pf + hidden;
  SCALAR *restrict d_pi = d_peepholes, *restrict d_pf = d_pi + hidden;
  SCALAR *restrict d_po = d_pf + hidden;
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict i = gates + r * 4 * hidden;
    const SCALAR *restrict f = i + hidden, *restrict g = f + hidden, *restrict o = g + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    const SCALAR *restrict c = cell + r * hidden, *restrict tc = tanh_cell + r * hidden;
    const SCALAR *restrict dh = d_state + r * d_state_stride;
    SCALAR *restrict dc = d_cell + r * hidden;
    SCALAR *restrict di = d_gates + r * 4 * hidden;
    SCALAR *restrict df = di + hidden, *restrict dg = df + hidden, *restrict d_o = dg + hidden;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR output = dh[j] * tc[j] * o[j] * (1 - o[j]);
      SCALAR inward = dc[j] + dh[j] * o[j] * (1 - tc[j] * tc[j]) + output * po[j];
      SCALAR input = inward * g[j] * i[j] * (1 - i[j]);
      SCALAR forget = inward * before[j] * f[j] * (1 - f[j]);
      d_o[j] = output;
      di[j] = input;
      df[j] = forget;
      dg[j] = inward * i[j] * (1 - g[j] * g[j]);
      dc[j] = inward * f[j] + input * pi[j] + forget * pf[j];
      d_pi[j] += input * before[j];
      d_pf[j] += forget * before[j];
      d_po[j] += output * c[j];
    }
  }
}

void FN(lru_forward)(long rows, long hidden, const SCALAR *factors, const SCALAR *inputs,
                     const SCALAR *previous_cell, long previous_stride, SCALAR *cell) {
  const SCALAR *restrict re = factors, *restrict im = re + hidden, *restrict scale = im + hidden;
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict ar = inputs + r * 3 * hidden, *restrict aj = ar + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    const SCALAR *restrict beside = before + hidden;
    SCALAR *restrict c = cell + r * 2 * hidden, *restrict k = c + hidden;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      c[j] = re[j] * before[j] - im[j] * beside[j] + scale[j] * ar[j];
      k[j] = im[j] * before[j] + re[j] * beside[j] + scale[j] * aj[j];
    }
  }
}

void FN(lru_backward)(long rows, long hidden, const SCALAR *factors, const SCALAR *inputs,
                      const SCALAR *previous_cell, long previous_stride, SCALAR *d_cell,
                      SCALAR *d_inputs, SCALAR *d_logarithms) {
  const SCALAR *restrict re = factors, *restrict im = re + hidden, *restrict scale = im + hidden;
  const SCALAR *restrict decay = scale + hidden, *restrict angle = decay + hidden;
  SCALAR *restrict d_nu = d_logarithms, *restrict d_theta = d_nu + hidden;
  SCALAR *restrict d_gamma = d_theta + hidden;
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict ar = inputs + r * 3 * hidden, *restrict aj = ar + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    const SCALAR *restrict beside = before + hidden;
    SCALAR *restrict dc = d_cell + r * 2 * hidden, *restrict dk = dc + hidden;
    SCALAR *restrict dr = d_inputs + r * 3 * hidden, *restrict dj = dr + hidden;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR x = dc[j], y = dk[j];
      SCALAR d_re = x * before[j] + y * beside[j], d_im = y * before[j] - x * beside[j];
      d_nu[j] += decay[j] * (re[j] * d_re + im[j] * d_im);
      d_theta[j] += angle[j] * (re[j] * d_im - im[j] * d_re);
      d_gamma[j] += scale[j] * (x * ar[j] + y * aj[j]);
      dr[j] = scale[j] * x;
      dj[j] = scale[j] * y;
      dc[j] = re[j] * x + im[j] * y;
      dk[j] = re[j] * y - im[j] * x;
    }
  }
}

void FN(gru_forward)(long rows, long hidden, SCALAR *input, const SCALAR *recurrent,
                     long recurrent_stride, SCALAR *recurrent_new, const SCALAR *previous,
                     long previous_stride, SCALAR *state, long state_stride) {
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict reset = input + r * 3 * hidden;
    SCALAR *restrict update = reset + hidden, *restrict fresh = update + hidden;
    const SCALAR *restrict ur = recurrent + r * recurrent_stride;
    const SCALAR *restrict uz = ur + hidden, *restrict un = uz + hidden;
    const SCALAR *restrict before = previous + r * previous_stride;
    SCALAR *restrict kept = recurrent_new + r * hidden, *restrict h = state + r * state_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR ar = reset[j] + ur[j], az = update[j] + uz[j];
      SCALAR rj = FN(sigmoid1)(ar);
      SCALAR zj = FN(sigmoid1)(az);
      SCALAR an = fresh[j] + rj * un[j];
      SCALAR nj = FN(tanh1)(an);
      reset[j] = rj;
      update[j] = zj;
      fresh[j] = nj;
      kept[j] = un[j];
      h[j] = (1 - zj) * nj + zj * before[j];
    }
  }
}

void FN(gru_backward)(long rows, long hidden, const SCALAR *gates, const SCALAR *recurrent_new,
                      const SCALAR *previous, long previous_stride, const SCALAR *d_state,
                      long d_state_stride, SCALAR *d_input, SCALAR *d_recurrent,
                      SCALAR *d_previous, long d_previous_stride) {
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict reset = gates + r * 3 * hidden;
    const SCALAR *restrict update = reset + hidden, *restrict fresh = update + hidden;
    const SCALAR *restrict un = recurrent_new + r * hidden;
    const SCALAR *restrict before = previous + r * previous_stride;
    const SCALAR *restrict dh = d_state + r * d_state_stride;
    SCALAR *restrict dr = d_input + r * 3 * hidden;
    SCALAR *restrict dz = dr + hidden, *restrict dn = dz + hidden;
    SCALAR *restrict er = d_recurrent + r * 3 * hidden;
    SCALAR *restrict ez = er + hidden, *restrict en = ez + hidden;
    SCALAR *restrict past = d_previous + r * d_previous_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR d_new = dh[j] * (1 - update[j]) * (1 - fresh[j] * fresh[j]);
      SCALAR d_update = dh[j] * (before[j] - fresh[j]) * update[j] * (1 - update[j]);
      SCALAR d_reset = d_new * un[j] * reset[j] * (1 - reset[j]);
      dr[j] = er[j] = d_reset;
      dz[j] = ez[j] = d_update;
      dn[j] = d_new;
      en[j] = d_new * reset[j];
      past[j] += dh[j] * update[j];
    }
  }
}

void FN(mingru_forward)(long rows, long hidden, SCALAR *gates, const SCALAR *previous,
                        long previous_stride, SCALAR *state, long state_stride) {
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict update = gates + r * 2 * hidden;
    const SCALAR *restrict fresh = update + hidden;
    const SCALAR *restrict before = previous + r * previous_stride;
    SCALAR *restrict h = state + r * state_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR zj = FN(sigmoid1)(update[j]);
      update[j] = zj;
      h[j] = (1 - zj) * before[j] + zj * fresh[j];
    }
  }
}

void FN(mingru_backward)(long rows, long hidden, const SCALAR *gates, const SCALAR *previous,
                         long previous_stride, const SCALAR *d_state, long d_state_stride,
                         SCALAR *d_gates, SCALAR *d_previous, long d_previous_stride) {
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict update = gates + r * 2 * hidden, *restrict fresh = update + hidden;
    const SCALAR *restrict before = previous + r * previous_stride;
    const SCALAR *restrict dh = d_state + r * d_state_stride;
    SCALAR *restrict dz = d_gates + r * 2 * hidden, *restrict dn = dz + hidden;
    SCALAR *restrict past = d_previous + r * d_previous_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      dz[j] = dh[j] * (fresh[j] - before[j]) * update[j] * (1 - update[j]);
      dn[j] = dh[j] * update[j];
      past[j] += dh[j] * (1 - update[j]);
    }
  }
}

// The least that a gate counts: two gates that are both shut share the state as two open ones do.
#define LEAST_GATE ((SCALAR)1e-30)

void FN(minlstm_forward)(long rows, long hidden, SCALAR *gates, const SCALAR *previous,
                         long previous_stride, SCALAR *state, long state_stride) {
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict i = gates + r * 3 * hidden;
    SCALAR *restrict f = i + hidden;
    const SCALAR *restrict g = f + hidden;
    const SCALAR *restrict before = previous + r * previous_stride;
    SCALAR *restrict h = state + r * state_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR input = FN(sigmoid1)(i[j]) + LEAST_GATE;
      SCALAR forget = FN(sigmoid1)(f[j]) + LEAST_GATE;
      i[j] = input;
      f[j] = forget;
      h[j] = (forget * before[j] + input * g[j]) / (forget + input);
    }
  }
}

void FN(minlstm_backward)(long rows, long hidden, const SCALAR *gates, const SCALAR *previous,
                          long previous_stride, const SCALAR *state, long state_stride,
                          const SCALAR *d_state, long d_state_stride, SCALAR *d_gates,
                          SCALAR *d_previous, long d_previous_stride) {
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict i = gates + r * 3 * hidden;
    const SCALAR *restrict f = i + hidden, *restrict g = f + hidden;
    const SCALAR *restrict before = previous + r * previous_stride;
    const SCALAR *restrict h = state + r * state_stride;
    const SCALAR *restrict dh = d_state + r * d_state_stride;
    SCALAR *restrict di = d_gates + r * 3 * hidden;
    SCALAR *restrict df = di + hidden, *restrict dg = df + hidden;
    SCALAR *restrict past = d_previous + r * d_previous_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR written = i[j] / (f[j] + i[j]), kept = f[j] / (f[j] + i[j]);
      di[j] = dh[j] * (g[j] - h[j]) * written * (1 - i[j]);
      df[j] = dh[j] * (before[j] - h[j]) * kept * (1 - f[j]);
      dg[j] = dh[j] * written;
      past[j] += dh[j] * kept;
    }
  }
}

void FN(slstm_forward)(long rows, long hidden, SCALAR *gates, const SCALAR *previous_cell,
                       long previous_stride, SCALAR *cell, SCALAR *state, long state_stride) {
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict i = gates + r * 4 * hidden;
    SCALAR *restrict f = i + hidden, *restrict g = f + hidden, *restrict o = g + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    const SCALAR *restrict weight_before = before + hidden;
    SCALAR *restrict c = cell + r * 2 * hidden, *restrict weight = c + hidden;
    SCALAR *restrict h = state + r * state_stride;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR kept = weight_before[j] - FN(softplus1)(-f[j]);
      SCALAR ahead = i[j] - kept;
      SCALAR input = FN(sigmoid1)(ahead);
      SCALAR candidate = FN(tanh1)(g[j]);
      SCALAR output = FN(sigmoid1)(o[j]);
      SCALAR next = (1 - input) * before[j] + input * candidate;
      weight[j] = kept + FN(softplus1)(ahead);
      i[j] = input;
      f[j] = FN(sigmoid1)(f[j]);
      g[j] = candidate;
      o[j] = output;
      c[j] = next;
      h[j] = output * next;
    }
  }
}

void FN(slstm_backward)(long rows, long hidden, const SCALAR *gates, const SCALAR *previous_cell,
                        long previous_stride, const SCALAR *cell, const SCALAR *d_state,
                        long d_state_stride, SCALAR *d_cell, SCALAR *d_gates) {
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict i = gates + r * 4 * hidden;
    const SCALAR *restrict f = i + hidden, *restrict g = f + hidden, *restrict o = g + hidden;
    const SCALAR *restrict before = previous_cell + r * previous_stride;
    const SCALAR *restrict c = cell + r * 2 * hidden;
    const SCALAR *restrict dh = d_state + r * d_state_stride;
    SCALAR *restrict dc = d_cell + r * 2 * hidden, *restrict d_weight = dc + hidden;
    SCALAR *restrict di = d_gates + r * 4 * hidden;
    SCALAR *restrict df = di + hidden, *restrict dg = df + hidden, *restrict d_o = dg + hidden;
    EACH_LANE
    for (long j = 0; j < hidden; j++) {
      SCALAR inward = dc[j] + dh[j] * o[j];
      SCALAR share = inward * (g[j] - before[j]) * i[j] * (1 - i[j]);
      SCALAR kept = (1 - i[j]) * d_weight[j] - share;
      d_o[j] = dh[j] * c[j] * o[j] * (1 - o[j]);
      di[j] = share + i[j] * d_weight[j];
      df[j] = kept * (1 - f[j]);
      dg[j] = inward * i[j] * (1 - g[j] * g[j]);
      dc[j] = inward * (1 - i[j]);
      d_weight[j] = kept;
    }
  }
}

// ---- Rows of tables --------------------------------------------------------------------------

void FN(gather)(long rows, long columns, const SCALAR *table, long table_stride,
                const int32_t *index, const SCALAR *bias, SCALAR *y, long y_stride) {
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict out = y + r * y_stride;
    const SCALAR *restrict row = table + (long)index[r] * table_stride;
    if (index[r] < 0) {
      for (long j = 0; j < columns; j++) out[j] = bias ? bias[j] : 0;
    } else if (bias) {
      for (long j = 0; j < columns; j++) out[j] = row[j] + bias[j];
    } else {
      for (long j = 0; j < columns; j++) out[j] = row[j];
    }
  }
}

void FN(scatter_add)(long rows, long columns, const SCALAR *x, long x_stride, const int32_t *index,
                     SCALAR *table, long table_stride) {
  for (long r = 0; r < rows; r++) {
    if (index[r] < 0) continue;
    const SCALAR *restrict in = x + r * x_stride;
    SCALAR *restrict row = table + (long)index[r] * table_stride;
    for (long j = 0; j < columns; j++) row[j] += in[j];
  }
}

// Sixteen columns at a time, so that the lines of x that are read across stay in the cache.
void FN(transpose)(long rows, long columns, const SCALAR *x, long x_stride, SCALAR *y,
                   long y_stride, int accumulate) {
  for (long first = 0; first < columns; first += 16) {
    long last = columns - first < 16 ? columns : first + 16;
    for (long r = 0; r < rows; r++) {
      SCALAR *restrict out = y + r * y_stride;
      const SCALAR *restrict in = x + r;
      if (accumulate) {
        for (long c = first; c < last; c++) out[c] += in[c * x_stride];
      } else {
        for (long c = first; c < last; c++) out[c] = in[c * x_stride];
      }
    }
  }
}

void FN(add_column_sums)(long rows, long columns, const SCALAR *x, long stride, SCALAR *sums) {
  for (long r = 0; r < rows; r++) {
    const SCALAR *restrict row = x + r * stride;
    SCALAR *restrict s = sums;
    for (long j = 0; j < columns; j++) s[j] += row[j];
  }
}

// ---- Softmax and losses ----------------------------------------------------------------------

double FN(softmax_cross_entropy)(long rows, long columns, SCALAR *logits, long stride,
                                 const int32_t *targets, SCALAR scale, SCALAR *losses,
                                 SCALAR *probabilities, long *correct) {
  double total = 0;
  long hits = 0;
  for (long r = 0; r < rows; r++) {
    SCALAR *restrict row = logits + r * stride;
    long target = targets[r];
    if (target < 0) {
      for (long j = 0; j < columns; j++) row[j] = 0;
      if (losses) losses[r] = 0;
      if (probabilities) probabilities[r] = 0;
      continue;
    }
    SCALAR highest = row[0];
    for (long j = 1; j < columns; j++) highest = row[j] > highest ? row[j] : highest;
    SCALAR wanted = row[target];
    SCALAR sum = 0;
    // Four running sums keep the order fixed and the pipeline full.
    SCALAR part[8] = {0};
    long j = 0;
    for (; j + 8 <= columns; j += 8)
      for (int k = 0; k < 8; k++) {
        SCALAR e = FN(exp1)(row[j + k] - highest);
        row[j + k] = e;
        part[k] += e;
      }
    for (; j < columns; j++) {
      SCALAR e = FN(exp1)(row[j] - highest);
      row[j] = e;
      sum += e;
    }
    for (int k = 0; k < 8; k++) sum += part[k];
    double loss = (double)(highest - wanted) + log((double)sum);
    total += loss;
    hits += wanted == highest;
    SCALAR factor = scale / sum;
    if (losses) losses[r] = (SCALAR)loss;
    if (probabilities) probabilities[r] = row[target] / sum;
    for (long k = 0; k < columns; k++) row[k] *= factor;
    row[target] -= scale;
  }
  if (correct) *correct += hits;
  return total;
}

void FN(softmax)(long rows, long columns, SCALAR *x, long stride) {
  for (long r = 0; r < rows; r++) {
    SCALAR *row = x + r * stride;
    SCALAR highest = row[0], sum = 0;
    for (long j = 1; j < columns; j++) highest = row[j] > highest ? row[j] : highest;
    // Apart from the sum, whose order is fixed, all columns go side by side.
    for (long j = 0; j < columns; j++) row[j] = FN(exp1)(row[j] - highest);
    for (long j = 0; j < columns; j++) sum += row[j];
    for (long j = 0; j < columns; j++) row[j] /= sum;
  }
}

void FN(log_sum_exp)(long rows, long columns, const SCALAR *x, long stride, double *y) {
  for (long r = 0; r < rows; r++) {
    const SCALAR *row = x + r * stride;
    SCALAR top[8], part[8] = {0};
    for (int k = 0; k < 8; k++) top[k] = row[0];
    long j = 0;
    for (; j + 8 <= columns; j += 8)
      for (int k = 0; k < 8; k++) top[k] = row[j + k] > top[k] ? row[j + k] : top[k];
    for (; j < columns; j++) top[0] = row[j] > top[0] ? row[j] : top[0];
    SCALAR highest = top[0];
    for (int k = 1; k < 8; k++) highest = top[k] > highest ? top[k] : highest;
    for (j = 0; j + 8 <= columns; j += 8)
      for (int k = 0; k < 8; k++) part[k] += FN(exp1)(row[j + k] - highest);
    SCALAR sum = 0;
    for (; j < columns; j++) sum += FN(exp1)(row[j] - highest);
    for (int k = 0; k < 8; k++) sum += part[k];
    y[r] = (double)highest + log((double)sum);
  }
}

// ---- Vectors ---------------------------------------------------------------------------------

void FN(add_scaled)(long count, SCALAR a, const SCALAR *x, SCALAR *y) {
  for (long i = 0; i < count; i++) y[i] += a * x[i];
}

void FN(fill)(long count, SCALAR a, SCALAR *x) {
  for (long i = 0; i < count; i++) x[i] = a;
}

void FN(scale)(long count, SCALAR a, SCALAR *x) {
  for (long i = 0; i < count; i++) x[i] *= a;
}

double FN(sum_of_squares)(long count, const SCALAR *x) {
  double total = 0;
  double part[8] = {0};
  long i = 0;
  for (; i + 8 <= count; i += 8)
    for (int k = 0; k < 8; k++) part[k] += (double)x[i + k] * (double)x[i + k];
  for (; i < count; i++) total += (double)x[i] * (double)x[i];
  for (int k = 0; k < 8; k++) total += part[k];
  return total;
}

void FN(adam)(long count, SCALAR *restrict w, const SCALAR *restrict g, SCALAR *restrict m,
              SCALAR *restrict v, SCALAR scale, SCALAR decay, SCALAR beta1, SCALAR beta2,
              SCALAR rate, SCALAR correction, SCALAR epsilon, SCALAR times) {
  for (long i = 0; i < count; i++) {
    SCALAR gradient = g[i] * scale + decay * w[i];
    SCALAR mean = beta1 * m[i] + (1 - beta1) * gradient;
    SCALAR square = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    m[i] = mean;
    v[i] = square;
    w[i] -= times * (rate * mean / (__builtin_elementwise_sqrt(square) * correction + epsilon));
  }
}

void FN(momentum)(long count, SCALAR *restrict w, const SCALAR *restrict g, SCALAR *restrict m,
                  SCALAR scale, SCALAR decay, SCALAR momentum, int nesterov, SCALAR rate,
                  SCALAR times) {
  for (long i = 0; i < count; i++) {
    SCALAR gradient = g[i] * scale + decay * w[i];
    SCALAR mean = momentum * m[i] + gradient;
    m[i] = mean;
    w[i] -= times * rate * (nesterov ? gradient + momentum * mean : mean);
  }
}

void FN(root_scaled)(long count, SCALAR *restrict w, const SCALAR *restrict g, SCALAR *restrict v,
                     SCALAR scale, SCALAR decay, SCALAR kept, SCALAR added, SCALAR rate,
                     SCALAR epsilon, SCALAR times) {
  for (long i = 0; i < count; i++) {
    SCALAR gradient = g[i] * scale + decay * w[i];
    SCALAR square = kept * v[i] + added * gradient * gradient;
    v[i] = square;
    w[i] -= times * (rate * gradient / (__builtin_elementwise_sqrt(square) + epsilon));
  }
}

void FN(clamp)(long count, SCALAR bound, SCALAR *x) {
  for (long i = 0; i < count; i++) x[i] = x[i] > bound ? bound : x[i] < -bound ? -bound : x[i];
}

#undef EACH_LANE
#undef INLINE
#undef FN
#undef JOIN
#undef JOIN2
