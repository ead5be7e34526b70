#ifndef UNFOLD_COPENBLAS_SHIM_H
#define UNFOLD_COPENBLAS_SHIM_H

#include <cblas-openblas.h>

/* LAPACK's own entry points, which OpenBLAS carries; its C headers are a package of their own.
   Matrices are column by column, sizes and work are passed by address, and the lengths of
   one-character arguments follow as Fortran compilers pass them. */

/* Eigenvalues of a general matrix (dgeev). */
void dgeev_(const char *left, const char *right, const int *n, double *a, const int *lda,
            double *real, double *imaginary, double *vl, const int *ldvl, double *vr,
            const int *ldvr, double *work, const int *lwork, int *info, size_t, size_t);

/* Singular values of a general matrix by divide and conquer (dgesdd). */
void dgesdd_(const char *job, const int *m, const int *n, double *a, const int *lda, double *s,
             double *u, const int *ldu, double *vt, const int *ldvt, double *work,
             const int *lwork, int *iwork, int *info, size_t);

/* The solution of A X = B by an LU factorisation (dgesv). */
void dgesv_(const int *n, const int *nrhs, double *a, const int *lda, int *ipiv, double *b,
            const int *ldb, int *info);

/* Eigenvalues, the smallest first, and eigenvectors of a symmetric matrix (dsyev). */
void dsyev_(const char *job, const char *triangle, const int *n, double *a, const int *lda,
            double *w, double *work, const int *lwork, int *info, size_t, size_t);

#endif
