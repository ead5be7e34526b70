#ifndef UNFOLD_COPENBLAS_SHIM_H
#define UNFOLD_COPENBLAS_SHIM_H

#include <cblas-openblas.h>

#endif
