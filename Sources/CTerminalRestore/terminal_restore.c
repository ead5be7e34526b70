#include "terminal_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { leave_capacity = 512, stray_capacity = 16384, stack_size = 65536 };

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT};
enum { fatal_count = sizeof fatal_signals / sizeof fatal_signals[0] };

// Everything a handler reads is set before `armed` becomes 1, and is plain memory.
static int armed;
static int own_tty = -1;
static int screen = -1;
static int null_device = -1;
static int true_stdout = -1;
static int true_stderr = -1;
static int stray_source = -1;
static struct termios saved_settings;
static char leave_bytes[leave_capacity];
static size_t leave_count;
static char stray_bytes[stray_capacity];
static size_t stray_count;
static struct sigaction previous[fatal_count];

// A terminal that takes nothing must not hold a dying process, so waiting is bounded.
static void write_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
    } else if (written < 0 && errno == EINTR) {
      continue;
    } else if (written < 0 && errno == EAGAIN) {
      struct pollfd ready = {.fd = fd, .events = POLLOUT};
      if (poll(&ready, 1, 200) <= 0) return;
    } else {
      return;
    }
  }
}

void unfold_restore_now(void) {
  if (!__atomic_exchange_n(&armed, 0, __ATOMIC_SEQ_CST)) return;
  int saved_errno = errno;
  if (null_device >= 0 && screen >= 0) dup2(null_device, screen);
  write_all(own_tty, leave_bytes, leave_count);
  tcsetattr(own_tty, TCSANOW, &saved_settings);
  if (true_stdout >= 0) dup2(true_stdout, STDOUT_FILENO);
  if (true_stderr >= 0) {
    dup2(true_stderr, STDERR_FILENO);
    write_all(true_stderr, stray_bytes, stray_count);
  }
  // The runtime says why it stops on standard error just before it traps: that is in the pipe.
  if (stray_source >= 0) {
    char chunk[1024];
    ssize_t count;
    int out = true_stderr >= 0 ? true_stderr : own_tty;
    while ((count = read(stray_source, chunk, sizeof chunk)) > 0)
      write_all(out, chunk, (size_t)count);
  }
  errno = saved_errno;
}

static void die(int number, siginfo_t *info, void *context) {
  (void)context;
  unfold_restore_now();
  for (int i = 0; i < fatal_count; i++) {
    if (fatal_signals[i] == number) sigaction(number, &previous[i], NULL);
  }
  // A fault happens again when this returns, in its own context, which is what a backtracer wants.
  // A signal that was sent does not: a backtracer would return to a program that must end.
  if (info->si_code <= 0) {
    signal(number, SIG_DFL);
    raise(number);
  } else if (number == SIGTRAP) {
    // The trapping instruction is already past.
    raise(number);
  }
}

void unfold_restore_cover_thread(void) {
  stack_t current;
  if (sigaltstack(NULL, &current) != 0 || !(current.ss_flags & SS_DISABLE)) return;
  // Lives as long as the thread may; there are few threads and none is short-lived.
  stack_t stack = {.ss_sp = malloc(stack_size), .ss_size = stack_size};
  if (stack.ss_sp != NULL && sigaltstack(&stack, NULL) != 0) free(stack.ss_sp);
}

int unfold_restore_arm(int tty_fd, int screen_fd) {
  static int registered;
  if (tcgetattr(tty_fd, &saved_settings) != 0) return -1;
  // Its own open file, so that O_NONBLOCK on it does not reach the shell's.
  const char *name = ttyname(tty_fd);
  own_tty = name ? open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
  if (own_tty < 0) own_tty = fcntl(tty_fd, F_DUPFD_CLOEXEC, 3);
  if (own_tty < 0) return -1;
  null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
  screen = screen_fd;
  true_stdout = true_stderr = stray_source = -1;
  leave_count = stray_count = 0;
  unfold_restore_cover_thread();
  if (!registered) {
    registered = 1;
    atexit(unfold_restore_now);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = die;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < fatal_count; i++) sigaction(fatal_signals[i], &action, &previous[i]);
  __atomic_store_n(&armed, 1, __ATOMIC_SEQ_CST);
  return 0;
}

void unfold_restore_set_leave(const char *bytes, size_t count) {
  if (count > leave_capacity) count = leave_capacity;
  memcpy(leave_bytes, bytes, count);
  leave_count = count;
}

void unfold_restore_set_stray(int real_stdout, int real_stderr, int stray_read_fd) {
  true_stdout = real_stdout;
  true_stderr = real_stderr;
  stray_source = stray_read_fd;
}

void unfold_restore_keep_stray(const char *bytes, size_t count) {
  if (count > stray_capacity) {
    bytes += count - stray_capacity;
    count = stray_capacity;
  }
  size_t kept = stray_count;
  if (kept + count > stray_capacity) {
    size_t dropped = kept + count - stray_capacity;
    memmove(stray_bytes, stray_bytes + dropped, kept - dropped);
    kept -= dropped;
  }
  memcpy(stray_bytes + kept, bytes, count);
  stray_count = kept + count;
}

void unfold_restore_disarm(void) {
  __atomic_store_n(&armed, 0, __ATOMIC_SEQ_CST);
  for (int i = 0; i < fatal_count; i++) sigaction(fatal_signals[i], &previous[i], NULL);
  if (own_tty >= 0) close(own_tty);
  if (null_device >= 0) close(null_device);
  own_tty = null_device = screen = -1;
}
