#include "vector_math.h"

#include <math.h>
#include <stdatomic.h>
#include <stddef.h>

#include "blas_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The kernels are compiled for the baseline of the architecture and, on x86-64, once more for
// machines with AVX2 and FMA and for those with AVX-512; the first call through the table has been
// preceded by the choice below, which runs before main. AVX2 and AVX-512 give the same bytes: sums
// have one order, whatever the vectors' width.

#define SCALAR float
#define PRECISION 32
#define VECTOR_BYTES 32
#define SUFFIX f32_base
#include "kernels.h"
#undef SUFFIX
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SUFFIX f32_avx2
#include "kernels.h"
#undef SUFFIX
#pragma clang attribute pop
#undef VECTOR_BYTES
#define VECTOR_BYTES 64
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define SUFFIX f32_avx512
#include "kernels.h"
#undef SUFFIX
#pragma clang attribute pop
#endif
#undef SCALAR
#undef PRECISION
#undef VECTOR_BYTES

#define SCALAR double
#define PRECISION 64
#define VECTOR_BYTES 32
#define SUFFIX f64_base
#include "kernels.h"
#undef SUFFIX
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SUFFIX f64_avx2
#include "kernels.h"
#undef SUFFIX
#pragma clang attribute pop
#undef VECTOR_BYTES
#define VECTOR_BYTES 64
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define SUFFIX f64_avx512
#include "kernels.h"
#undef SUFFIX
#pragma clang attribute pop
#endif
#undef SCALAR
#undef PRECISION
#undef VECTOR_BYTES

static vector_math_instructions best = VECTOR_MATH_BASELINE;
static _Atomic(vector_math_instructions) used = VECTOR_MATH_BASELINE;

__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    best = VECTOR_MATH_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
      best = VECTOR_MATH_AVX512;
    }
  }
#endif
  used = best;
  unfold_choose_blas_kernels(best);
}

vector_math_instructions vector_math_use(vector_math_instructions most) {
  used = most < best ? most : best;
  return used;
}

#if defined(__x86_64__)
static inline vector_math_instructions in_use(void) {
  return atomic_load_explicit(&used, memory_order_relaxed);
}
#define CALL(name, X, ...)                                                                         \
  (in_use() == VECTOR_MATH_AVX512 ? name##_##X##_avx512(__VA_ARGS__)                               \
   : in_use() == VECTOR_MATH_AVX2 ? name##_##X##_avx2(__VA_ARGS__)                                 \
                                  : name##_##X##_base(__VA_ARGS__))
#else
#define CALL(name, X, ...) name##_##X##_base(__VA_ARGS__)
#endif

#define DEFINE(T, X)                                                                               \
  void vector_math_pack_##X(long depth, long columns, const T *b, long row, long column,          \
                            T *packed) {                                                          \
    CALL(pack, X, depth, columns, b, row, column, packed);                                        \
  }                                                                                                \
  void vector_math_multiply_packed_##X(long rows, long columns, long depth, const T *a,           \
                                       long a_stride, const T *packed, T *c, long c_stride,       \
                                       int accumulate) {                                          \
    CALL(multiply_packed, X, rows, columns, depth, a, a_stride, packed, c, c_stride, accumulate); \
  }                                                                                                \
  void vector_math_tanh_##X(long count, const T *x, T *y) { CALL(tanh, X, count, x, y); }         \
  void vector_math_sigmoid_##X(long count, const T *x, T *y) { CALL(sigmoid, X, count, x, y); }   \
  void vector_math_tanh_backward_##X(long count, const T *s, const T *ds, T *d) {                 \
    CALL(tanh_backward, X, count, s, ds, d);                                                      \
  }                                                                                                \
  void vector_math_attention_forward_##X(long count, long size, const T *keys, const T *query,    \
                                         T *sums) {                                               \
    CALL(attention_forward, X, count, size, keys, query, sums);                                   \
  }                                                                                                \
  void vector_math_attention_backward_##X(long count, long size, const T *d, const T *energy,     \
                                          const T *sums, T *d_keys, T *d_query) {                 \
    CALL(attention_backward, X, count, size, d, energy, sums, d_keys, d_query);                   \
  }                                                                                                \
  void vector_math_relu_##X(long count, const T *x, T *y) { CALL(relu, X, count, x, y); }         \
  void vector_math_relu_backward_##X(long count, const T *s, const T *ds, T *d) {                 \
    CALL(relu_backward, X, count, s, ds, d);                                                      \
  }                                                                                                \
  void vector_math_lstm_forward_##X(long rows, long hidden, T *gates, const T *previous_cell,     \
                                    long previous_stride, T *cell, T *tanh_cell, T *state,        \
                                    long state_stride) {                                          \
    CALL(lstm_forward, X, rows, hidden, gates, previous_cell, previous_stride, cell, tanh_cell,   \
         state, state_stride);                                                                    \
  }                                                                                                \
  void vector_math_lstm_backward_##X(long rows, long hidden, const T *gates,                      \
                                     const T *previous_cell, long previous_stride,                \
                                     const T *tanh_cell, const T *d_state, long d_state_stride,   \
                                     T *d_cell, T *d_gates) {                                     \
    CALL(lstm_backward, X, rows, hidden, gates, previous_cell, previous_stride, tanh_cell,        \
         d_state, d_state_stride, d_cell, d_gates);                                               \
  }                                                                                                \
  void vector_math_peephole_forward_##X(long rows, long hidden, const T *peepholes, T *gates,     \
                                        const T *previous_cell, long previous_stride, T *cell,    \
                                        T *tanh_cell, T *state, long state_stride) {              \
    CALL(peephole_forward, X, rows, hidden, peepholes, gates, previous_cell, previous_stride,     \
         cell, tanh_cell, state, state_stride);                                                   \
  }                                                                                               \
  void vector_math_peephole_backward_##X(long rows, long hidden, const T *peepholes,              \
                                         const T *gates, const T *previous_cell,                  \
                                         long previous_stride, const T *cell,                     \
                                         const T *tanh_cell, const T *d_state,                    \
                                         long d_state_stride, T *d_cell, T *d_gates,              \
                                         T *d_peepholes) {                                        \
    CALL(peephole_backward, X, rows, hidden, peepholes, gates, previous_cell, previous_stride,    \
         cell, tanh_cell, d_state, d_state_stride, d_cell, d_gates, d_peepholes);                 \
  }                                                                                               \
  void vector_math_lru_forward_##X(long rows, long hidden, const T *factors, const T *inputs,     \
                                   const T *previous_cell, long previous_stride, T *cell) {       \
    CALL(lru_forward, X, rows, hidden, factors, inputs, previous_cell, previous_stride, cell);    \
  }                                                                                               \
  void vector_math_lru_backward_##X(long rows, long hidden, const T *factors, const T *inputs,    \
                                    const T *previous_cell, long previous_stride, T *d_cell,      \
                                    T *d_inputs, T *d_logarithms) {                               \
    CALL(lru_backward, X, rows, hidden, factors, inputs, previous_cell, previous_stride, d_cell,  \
         d_inputs, d_logarithms);                                                                 \
  }                                                                                               \
  void vector_math_slstm_forward_##X(long rows, long hidden, T *gates, const T *previous_cell,     \
                                     long previous_stride, T *cell, T *state, long state_stride) { \
    CALL(slstm_forward, X, rows, hidden, gates, previous_cell, previous_stride, cell, state,       \
         state_stride);                                                                            \
  }                                                                                                \
  void vector_math_slstm_backward_##X(long rows, long hidden, const T *gates,                      \
                                      const T *previous_cell, long previous_stride, const T *cell, \
                                      const T *d_state, long d_state_stride, T *d_cell,            \
                                      T *d_gates) {                                                \
    CALL(slstm_backward, X, rows, hidden, gates, previous_cell, previous_stride, cell, d_state,    \
         d_state_stride, d_cell, d_gates);                                                         \
  }                                                                                                \
  void vector_math_gru_forward_##X(long rows, long hidden, T *input, const T *recurrent,          \
                                   long recurrent_stride, T *recurrent_new, const T *previous,    \
                                   long previous_stride, T *state, long state_stride) {           \
    CALL(gru_forward, X, rows, hidden, input, recurrent, recurrent_stride, recurrent_new,         \
         previous, previous_stride, state, state_stride);                                         \
  }                                                                                                \
  void vector_math_gru_backward_##X(long rows, long hidden, const T *gates,                       \
                                    const T *recurrent_new, const T *previous,                    \
                                    long previous_stride, const T *d_state, long d_state_stride,  \
                                    T *d_input, T *d_recurrent, T *d_previous,                    \
                                    long d_previous_stride) {                                     \
    CALL(gru_backward, X, rows, hidden, gates, recurrent_new, previous, previous_stride, d_state, \
         d_state_stride, d_input, d_recurrent, d_previous, d_previous_stride);                    \
  }                                                                                                \
  void vector_math_mingru_forward_##X(long rows, long hidden, T *gates, const T *previous,         \
                                      long previous_stride, T *state, long state_stride) {         \
    CALL(mingru_forward, X, rows, hidden, gates, previous, previous_stride, state, state_stride);  \
  }                                                                                                \
  void vector_math_mingru_backward_##X(long rows, long hidden, const T *gates, const T *previous,  \
                                       long previous_stride, const T *d_state,                     \
                                       long d_state_stride, T *d_gates, T *d_previous,             \
                                       long d_previous_stride) {                                   \
    CALL(mingru_backward, X, rows, hidden, gates, previous, previous_stride, d_state,              \
         d_state_stride, d_gates, d_previous, d_previous_stride);                                  \
  }                                                                                                \
  void vector_math_minlstm_forward_##X(long rows, long hidden, T *gates, const T *previous,        \
                                       long previous_stride, T *state, long state_stride) {        \
    CALL(minlstm_forward, X, rows, hidden, gates, previous, previous_stride, state, state_stride); \
  }                                                                                                \
  void vector_math_minlstm_backward_##X(long rows, long hidden, const T *gates, const T *previous, \
                                        long previous_stride, const T *state, long state_stride,   \
                                        const T *d_state, long d_state_stride, T *d_gates,         \
                                        T *d_previous, long d_previous_stride) {                   \
    CALL(minlstm_backward, X, rows, hidden, gates, previous, previous_stride, state, state_stride, \
         d_state, d_state_stride, d_gates, d_previous, d_previous_stride);                         \
  }                                                                                                \
  void vector_math_gather_##X(long rows, long columns, const T *table, long table_stride,         \
                              const int32_t *index, const T *bias, T *y, long y_stride) {         \
    CALL(gather, X, rows, columns, table, table_stride, index, bias, y, y_stride);                \
  }                                                                                                \
  void vector_math_scatter_add_##X(long rows, long columns, const T *x, long x_stride,            \
                                   const int32_t *index, T *table, long table_stride) {           \
    CALL(scatter_add, X, rows, columns, x, x_stride, index, table, table_stride);                 \
  }                                                                                                \
  void vector_math_add_column_sums_##X(long rows, long columns, const T *x, long stride,          \
                                       T *sums) {                                                 \
    CALL(add_column_sums, X, rows, columns, x, stride, sums);                                     \
  }                                                                                                \
  double vector_math_softmax_cross_entropy_##X(long rows, long columns, T *logits, long stride,   \
                                               const int32_t *targets, T scale, T *losses,        \
                                               T *probabilities, long *correct) {                 \
    return CALL(softmax_cross_entropy, X, rows, columns, logits, stride, targets, scale, losses,  \
                probabilities, correct);                                                          \
  }                                                                                                \
  void vector_math_softmax_##X(long rows, long columns, T *x, long stride) {                      \
    CALL(softmax, X, rows, columns, x, stride);                                                   \
  }                                                                                                \
  void vector_math_log_sum_exp_##X(long rows, long columns, const T *x, long stride, double *y) { \
    CALL(log_sum_exp, X, rows, columns, x, stride, y);                                            \
  }                                                                                                \
  void vector_math_add_scaled_##X(long count, T a, const T *x, T *y) {                            \
    CALL(add_scaled, X, count, a, x, y);                                                          \
  }                                                                                                \
  void vector_math_transpose_##X(long rows, long columns, const T *x, long x_stride, T *y,          \
                                 long y_stride, int accumulate) {                                 \
    CALL(transpose, X, rows, columns, x, x_stride, y, y_stride, accumulate);                      \
  }                                                                                                \
  void vector_math_fill_##X(long count, T a, T *x) { CALL(fill, X, count, a, x); }                \
  void vector_math_scale_##X(long count, T a, T *x) { CALL(scale, X, count, a, x); }              \
  double vector_math_sum_of_squares_##X(long count, const T *x) {                                 \
    return CALL(sum_of_squares, X, count, x);                                                     \
  }                                                                                                \
  void vector_math_adam_##X(long count, T *w, const T *g, T *m, T *v, T scale, T decay, T beta1,  \
                            T beta2, T rate, T correction, T epsilon, T times) {                  \
    CALL(adam, X, count, w, g, m, v, scale, decay, beta1, beta2, rate, correction, epsilon,       \
         times);                                                                                  \
  }                                                                                                \
  void vector_math_momentum_##X(long count, T *w, const T *g, T *m, T scale, T decay, T momentum, \
                                int nesterov, T rate, T times) {                                  \
    CALL(momentum, X, count, w, g, m, scale, decay, momentum, nesterov, rate, times);             \
  }                                                                                                \
  void vector_math_root_scaled_##X(long count, T *w, const T *g, T *v, T scale, T decay, T kept,  \
                                   T added, T rate, T epsilon, T times) {                         \
    CALL(root_scaled, X, count, w, g, v, scale, decay, kept, added, rate, epsilon, times);        \
  }                                                                                                \
  void vector_math_clamp_##X(long count, T bound, T *x) { CALL(clamp, X, count, bound, x); }

DEFINE(float, f32)
DEFINE(double, f64)

uint64_t vector_math_flush_denormals(void) {
  uint64_t mode = 0;
#if defined(__x86_64__)
  mode = _mm_getcsr();
  _mm_setcsr((unsigned int)mode | 0x8040);  // FTZ and DAZ
#elif defined(__aarch64__)
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  uint64_t control = mode | 1u << 24;  // FZ
  __asm__ volatile("msr fpcr, %0" : : "r"(control));
#endif
  return mode;
}

void vector_math_set_mode(uint64_t mode) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned int)mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
  (void)mode;
#endif
}

void vector_math_spin_pause(void) {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
