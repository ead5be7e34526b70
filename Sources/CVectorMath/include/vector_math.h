// The inner loops of recurrent training: vectorised element-wise work and small matrix products.
//
// Every function exists in single (_f32) and double (_f64) precision. Matrices are row-major and
// described by a pointer and a stride in scalars between rows. Nothing here allocates or blocks.
#ifndef UNFOLD_VECTOR_MATH_H
#define UNFOLD_VECTOR_MATH_H

#include <stdint.h>

// Columns of a packed matrix stand in panels this wide, the last one padded with zeros.
#define VECTOR_MATH_PANEL_F32 16
#define VECTOR_MATH_PANEL_F64 8

// What the kernels are compiled for, each faster than the one before. On x86-64 the best that the
// machine has is chosen before main; elsewhere there is the baseline alone, which on AArch64 is NEON.
typedef enum {
  VECTOR_MATH_BASELINE,
  VECTOR_MATH_AVX2,
  VECTOR_MATH_AVX512,
} vector_math_instructions;

// Uses `most`, or the best that the machine has if that is less, from the next call on. Returns what
// is used. For tests: the bytes of AVX2 and AVX-512 are the same.
vector_math_instructions vector_math_use(vector_math_instructions most);

// Denormal results and operands count as zero on the calling thread from here on. Returns the
// thread's mode before, for vector_math_set_mode.
uint64_t vector_math_flush_denormals(void);
void vector_math_set_mode(uint64_t mode);

// A short pause inside a spinning loop.
void vector_math_spin_pause(void);

#define VECTOR_MATH_DECLARE(T, X)                                                                  \
  /* Packs B (depth × columns), element (k, j) at b[k * row + j * column], into panels. */        \
  void vector_math_pack_##X(long depth, long columns, const T *b, long row, long column,          \
                            T *packed);                                                           \
  /* C (rows × columns) = A (rows × depth) · B, or C += A · B. */                                 \
  void vector_math_multiply_packed_##X(long rows, long columns, long depth, const T *a,           \
                                       long a_stride, const T *packed, T *c, long c_stride,       \
                                       int accumulate);                                           \
  /* y = tanh(x), in place when y == x. */                                                        \
  void vector_math_tanh_##X(long count, const T *x, T *y);                                        \
  /* d *= 1 - s²: the way back through tanh. */                                                   \
  void vector_math_tanh_backward_##X(long count, const T *s, const T *ds, T *d);                  \
  /* sums (count × size) = tanh(keys + query): what additive attention makes of each step. */     \
  void vector_math_attention_forward_##X(long count, long size, const T *keys, const T *query,    \
                                         T *sums);                                                \
  /* Back from d (count), what is asked of energy · sums: adds what keys (count × size) and the   \
     query are asked for. */                                                                      \
  void vector_math_attention_backward_##X(long count, long size, const T *d, const T *energy,     \
                                          const T *sums, T *d_keys, T *d_query);                  \
  /* y = max(0, x), in place when y == x. */                                                      \
  void vector_math_relu_##X(long count, const T *x, T *y);                                        \
  /* d = ds where s > 0, else 0: the way back through max(0, x). */                               \
  void vector_math_relu_backward_##X(long count, const T *s, const T *ds, T *d);                  \
  /* One LSTM step. gates (rows × 4·hidden, order i f g o) holds pre-activations and is            \
     replaced by activations; cell, state and tanh_cell are rows × hidden. */                     \
  void vector_math_lstm_forward_##X(long rows, long hidden, T *gates, const T *previous_cell,     \
                                    long previous_stride, T *cell, T *tanh_cell, T *state,        \
                                    long state_stride);                                           \
  /* Back through one LSTM step. d_cell comes in from the future and leaves for the past;          \
     d_gates receives gradients of the pre-activations. */                                        \
  void vector_math_lstm_backward_##X(long rows, long hidden, const T *gates,                      \
                                     const T *previous_cell, long previous_stride,                \
                                     const T *tanh_cell, const T *d_state, long d_state_stride,   \
                                     T *d_cell, T *d_gates);                                      \
  /* One LSTM step with peepholes (3 × hidden: of i, f and o), else as above. */                  \
  void vector_math_peephole_forward_##X(long rows, long hidden, const T *peepholes, T *gates,     \
                                        const T *previous_cell, long previous_stride, T *cell,    \
                                        T *tanh_cell, T *state, long state_stride);               \
  /* Back through one; gradients of the peepholes are added to d_peepholes. */                    \
  void vector_math_peephole_backward_##X(long rows, long hidden, const T *peepholes,              \
                                         const T *gates, const T *previous_cell,                  \
                                         long previous_stride, const T *cell,                     \
                                         const T *tanh_cell, const T *d_state,                    \
                                         long d_state_stride, T *d_cell, T *d_gates,              \
                                         T *d_peepholes);                                         \
  /* One step of a linear recurrent unit. factors (at least 3 × hidden) are Re λ, Im λ and γ; inputs\
     (rows × 3·hidden) U x + b, of whose last block nothing is read; cells rows × 2·hidden. */    \
  void vector_math_lru_forward_##X(long rows, long hidden, const T *factors, const T *inputs,     \
                                   const T *previous_cell, long previous_stride, T *cell);        \
  /* Back through one. factors (5 × hidden) go on with log |λ| and arg λ; d_cell comes in as the  \
     gradient of the cell and leaves for the past; gradients of the logarithms of ν, θ and γ are  \
     added to d_logarithms. The last block of d_inputs is left as it is. */                       \
  void vector_math_lru_backward_##X(long rows, long hidden, const T *factors, const T *inputs,    \
                                    const T *previous_cell, long previous_stride, T *d_cell,      \
                                    T *d_inputs, T *d_logarithms);                                \
  /* One sLSTM step. gates as of an LSTM; previous_cell and cell are rows × 2·hidden, c before the    \
     logarithm of its weight. */                                                                  \
  void vector_math_slstm_forward_##X(long rows, long hidden, T *gates, const T *previous_cell,     \
                                     long previous_stride, T *cell, T *state, long state_stride);  \
  /* Back through one sLSTM step. d_cell (rows × 2·hidden) comes in from the future and leaves for    \
     the past. */                                                                                 \
  void vector_math_slstm_backward_##X(long rows, long hidden, const T *gates,                      \
                                      const T *previous_cell, long previous_stride, const T *cell, \
                                      const T *d_state, long d_state_stride, T *d_cell,            \
                                      T *d_gates);                                                 \
  /* One GRU step. input (rows × 3·hidden, order r z n) holds W x + b_ih and is replaced by        \
     activations; recurrent holds U h + b_hh, whose n block is needed again going back. */        \
  void vector_math_gru_forward_##X(long rows, long hidden, T *input, const T *recurrent,          \
                                   long recurrent_stride, T *recurrent_new, const T *previous,    \
                                   long previous_stride, T *state, long state_stride);            \
  /* Back through one GRU step. d_previous receives the direct path z ⊙ d_state. */               \
  void vector_math_gru_backward_##X(long rows, long hidden, const T *gates,                       \
                                    const T *recurrent_new, const T *previous,                    \
                                    long previous_stride, const T *d_state, long d_state_stride,  \
                                    T *d_input, T *d_recurrent, T *d_previous,                    \
                                    long d_previous_stride);                                      \
  /* One minGRU step. gates (rows × 2·hidden, order z n) holds U x + b, whose z is replaced by its   \
     activation. */                                                                               \
  void vector_math_mingru_forward_##X(long rows, long hidden, T *gates, const T *previous,         \
                                      long previous_stride, T *state, long state_stride);          \
  /* Back through one minGRU step. d_previous += (1 − z) ⊙ d_state. */                             \
  void vector_math_mingru_backward_##X(long rows, long hidden, const T *gates, const T *previous,  \
                                       long previous_stride, const T *d_state,                     \
                                       long d_state_stride, T *d_gates, T *d_previous,             \
                                       long d_previous_stride);                                    \
  /* One minLSTM step. gates (rows × 3·hidden, order i f g) holds U x + b, whose i and f are        \
     replaced by activations. */                                                                  \
  void vector_math_minlstm_forward_##X(long rows, long hidden, T *gates, const T *previous,        \
                                       long previous_stride, T *state, long state_stride);         \
  /* Back through one minLSTM step. d_previous += f / (i + f) ⊙ d_state. */                        \
  void vector_math_minlstm_backward_##X(long rows, long hidden, const T *gates, const T *previous, \
                                        long previous_stride, const T *state, long state_stride,   \
                                        const T *d_state, long d_state_stride, T *d_gates,         \
                                        T *d_previous, long d_previous_stride);                    \
  /* y(rows × columns) = row `index[r]` of table, plus bias unless it is null. Negative indices    \
     stand for the zero vector. */                                                                \
  void vector_math_gather_##X(long rows, long columns, const T *table, long table_stride,         \
                              const int32_t *index, const T *bias, T *y, long y_stride);          \
  /* Row `index[r]` of table += row r of x; negative indices are passed over. */                  \
  void vector_math_scatter_add_##X(long rows, long columns, const T *x, long x_stride,            \
                                   const int32_t *index, T *table, long table_stride);            \
  /* y (rows × columns) = transpose of x, or y += it. */                                          \
  void vector_math_transpose_##X(long rows, long columns, const T *x, long x_stride, T *y,          \
                                 long y_stride, int accumulate);                                  \
  /* sums[j] += Σ_r x[r][j]. */                                                                   \
  void vector_math_add_column_sums_##X(long rows, long columns, const T *x, long stride, T *sums);\
  /* Softmax and cross-entropy of each row. Replaces logits by (ŷ − onehot(target)) · scale and    \
     returns the sum of −log ŷ[target]. A row whose target is negative costs nothing and gets a   \
     zero gradient. losses and probabilities (rows each) may be null. */                          \
  double vector_math_softmax_cross_entropy_##X(long rows, long columns, T *logits, long stride,   \
                                               const int32_t *targets, T scale, T *losses,        \
                                               T *probabilities, long *correct);                  \
  /* In-place softmax of each row. */                                                             \
  void vector_math_softmax_##X(long rows, long columns, T *x, long stride);                       \
  /* log Σ exp of each row. */                                                                    \
  void vector_math_log_sum_exp_##X(long rows, long columns, const T *x, long stride, double *y);  \
  /* y += a·x */                                                                                  \
  void vector_math_add_scaled_##X(long count, T a, const T *x, T *y);                             \
  void vector_math_fill_##X(long count, T a, T *x);                                               \
  void vector_math_scale_##X(long count, T a, T *x);                                              \
  /* y = σ(x) = 1/(1 + e^−x) */                                                                   \
  void vector_math_sigmoid_##X(long count, const T *x, T *y);                                     \
  /* Σ x², accumulated in double precision in a fixed order. */                                   \
  double vector_math_sum_of_squares_##X(long count, const T *x);                                  \
  /* Every update reads the gradient as scale·g + decay·w and moves w `times` times. */           \
  /* Adam (Kingma and Ba 2015): w −= rate · m/(√v · correction + ε), with the moments' bias         \
     corrections in rate = lr/(1 − β₁ᵗ) and correction = 1/√(1 − β₂ᵗ). */                         \
  void vector_math_adam_##X(long count, T *w, const T *g, T *m, T *v, T scale, T decay, T beta1,  \
                            T beta2, T rate, T correction, T epsilon, T times);                   \
  /* Momentum: m = μ m + g; w −= rate · m, or rate · (g + μ m) with Nesterov's look ahead. */      \
  void vector_math_momentum_##X(long count, T *w, const T *g, T *m, T scale, T decay, T momentum, \
                                int nesterov, T rate, T times);                                   \
  /* RMSProp: v = α v + (1 − α) g²; AdaGrad: v = v + g². w −= rate · g/(√v + ε). */                \
  void vector_math_root_scaled_##X(long count, T *w, const T *g, T *v, T scale, T decay, T kept,  \
                                   T added, T rate, T epsilon, T times);                          \
  /* x ← min(max(x, −bound), bound), NaN kept. */                                                 \
  void vector_math_clamp_##X(long count, T bound, T *x);

VECTOR_MATH_DECLARE(float, f32)
VECTOR_MATH_DECLARE(double, f64)

#endif
