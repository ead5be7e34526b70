#ifndef UNFOLD_CZLIB_SHIM_H
#define UNFOLD_CZLIB_SHIM_H

#include <zlib.h>

/* inflateInit2 is a macro, which Swift does not see. */
static inline int unfold_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

#endif
