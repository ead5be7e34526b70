#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>

// A sanitizer has a malloc of its own, which must stay the first.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define IS_SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(IS_SANITIZED)

// The test program's own malloc comes before the C library's, for every library it loads. It hands
// on to the C library under the names that glibc keeps for that, so memory is freed as ever.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local int is_counting;
static _Thread_local long allocations;
static _Thread_local size_t ignored_size;

static void count(size_t size) {
  if (is_counting && size > ignored_size) allocations++;
}

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count(size);
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  void *result = memalign(alignment, size);
  if (result == NULL) return ENOMEM;
  *memory = result;
  return 0;
}

int allocation_counter_is_available(void) { return 1; }

void allocation_counter_start(unsigned long ignored) {
  allocations = 0;
  ignored_size = ignored;
  is_counting = 1;
}

long allocation_counter_stop(void) {
  is_counting = 0;
  return allocations;
}

#else

int allocation_counter_is_available(void) { return 0; }
void allocation_counter_start(unsigned long ignored) { (void)ignored; }
long allocation_counter_stop(void) { return 0; }

#endif
