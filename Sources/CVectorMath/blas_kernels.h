#ifndef UNFOLD_BLAS_KERNELS_H
#define UNFOLD_BLAS_KERNELS_H

#include "vector_math.h"

// Makes OpenBLAS use kernels for what the machine can do, before anybody multiplies.
void unfold_choose_blas_kernels(vector_math_instructions best);

#endif
