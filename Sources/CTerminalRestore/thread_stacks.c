#define _GNU_SOURCE
#include "terminal_restore.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

// A thread whose stack overflowed can run a handler only on another stack. Libraries start most of
// the threads there are (Dispatch, Foundation, the cooperative pool), so every thread of the process
// gets one as it starts: this file's `pthread_create` stands before the C library's.

enum { stack_size = 65536 };

static pthread_key_t stack_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int has_key;

// Runs as its thread ends.
static void uncover(void *memory) {
  stack_t none = {.ss_flags = SS_DISABLE};
  if (sigaltstack(&none, NULL) == 0) free(memory);
}

static void make_key(void) { has_key = pthread_key_create(&stack_key, uncover) == 0; }

void unfold_restore_cover_thread(void) {
  pthread_once(&once, make_key);
  stack_t current;
  if (!has_key || sigaltstack(NULL, &current) != 0 || !(current.ss_flags & SS_DISABLE)) return;
  // Only touched when something goes wrong, so that it costs addresses rather than memory.
  stack_t stack = {.ss_sp = malloc(stack_size), .ss_size = stack_size};
  if (stack.ss_sp == NULL) return;
  if (pthread_setspecific(stack_key, stack.ss_sp) != 0 || sigaltstack(&stack, NULL) != 0) {
    pthread_setspecific(stack_key, NULL);
    free(stack.ss_sp);
  }
}

// The first thread was started by nobody.
__attribute__((constructor)) static void cover_first(void) { unfold_restore_cover_thread(); }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

// Sanitizers have a `pthread_create` of their own; other systems bind libraries to theirs.
#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

struct beginning {
  void *(*body)(void *);
  void *argument;
};

static void *begin(void *allocated) {
  struct beginning beginning = *(struct beginning *)allocated;
  free(allocated);
  unfold_restore_cover_thread();
  return beginning.body(beginning.argument);
}

int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
  typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  create *next = (create *)dlsym(RTLD_NEXT, "pthread_create");
  struct beginning *beginning = malloc(sizeof *beginning);
  if (next == NULL || beginning == NULL) {
    free(beginning);
    return EAGAIN;
  }
  *beginning = (struct beginning){body, argument};
  int result = next(thread, attributes, begin, beginning);
  if (result != 0) free(beginning);
  return result;
}

#endif
