#include "blas_kernels.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// OpenBLAS tells processors by their model numbers. One that is newer than the library is taken for
// the oldest there is: Debian 12's 0.3.21 runs a Xeon of 2023 with the kernels of a Pentium 4, at a
// third of its speed. What a processor can do is asked here instead, and where the library's choice
// cannot be right it is made to choose again, as its own variable OPENBLAS_CORETYPE would have it.
//
// A library that has one set of kernels only has neither function, and is left alone.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));
extern char *openblas_get_corename(void) __attribute__((weak));

void unfold_choose_blas_kernels(vector_math_instructions best) {
  // What a person has chosen stays.
  if (best == VECTOR_MATH_BASELINE || getenv("OPENBLAS_CORETYPE")) return;
  if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit || !openblas_get_corename) return;
  // Every kernel before AVX2; those that came with it or later may be the library's better knowledge.
  static const char *const old[] = {
      "Athlon",     "Atom",        "Banias",    "Barcelona", "Bobcat",       "Bulldozer",
      "Coppermine", "Core2",       "Dunnington", "Generic",  "Katmai",       "Nano",
      "Nehalem",    "Northwood",   "Opteron",   "Opteron_SSE3", "Penryn",    "Piledriver",
      "Prescott",   "Sandybridge", "Steamroller", "Unknown"};
  const char *name = openblas_get_corename();
  int is_old = 0;
  for (size_t i = 0; i < sizeof old / sizeof *old; i++) is_old |= !strcasecmp(name, old[i]);
  if (!is_old) return;
  setenv("OPENBLAS_CORETYPE", best == VECTOR_MATH_AVX512 ? "SkylakeX" : "Haswell", 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  // Not for programs that are started from here.
  unsetenv("OPENBLAS_CORETYPE");
}
