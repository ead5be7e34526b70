#define _GNU_SOURCE
#include "terminal_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { leave_capacity = 512, stray_capacity = 16384 };

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
enum { fatal_count = sizeof fatal_signals / sizeof fatal_signals[0] };

// Sent to the thread that draws, to end its wait for the terminal. Ignored by default, so that a
// late one harms nobody.
enum { nudge_signal = SIGURG };

// Who restores: one thread, once. Everybody else who wants to leave waits until it has, so that
// nobody closes a descriptor that it writes to, or ends the process, before the terminal is back.
enum { unarmed, armed, restoring, restored };

// Everything a handler reads is plain memory, set before `state` becomes `armed`.
static int state;
static pthread_t restoring_thread;
static int on_screen;
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
// Bytes ever kept: the newest `stray_capacity` of them stand in the ring.
static size_t stray_total;
static int is_drawing;
static pthread_t drawing_thread;
static sigset_t drawing_mask;
static struct sigaction previous[fatal_count];
static struct sigaction previous_nudge;

// A terminal that takes nothing must not hold a dying process, so waiting is bounded. Returns whether
// everything was written.
static int write_all(int fd, const char *bytes, size_t count) {
  int patience = 60;
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
    } else if (written < 0 && errno == EINTR) {
      continue;
    } else if (written < 0 && errno == EAGAIN && patience-- > 0) {
      // Not until the terminal has room: it may have some while another thread's write, woken but
      // not yet given a core, still holds it.
      poll(NULL, 0, 5);
    } else {
      return 0;
    }
  }
  return 1;
}

static void print_stray(void) {
  int out = true_stderr >= 0 ? true_stderr : STDERR_FILENO;
  size_t total = __atomic_load_n(&stray_total, __ATOMIC_ACQUIRE);
  size_t count = total < stray_capacity ? total : stray_capacity;
  size_t start = (total - count) % stray_capacity;
  size_t first = count < stray_capacity - start ? count : stray_capacity - start;
  write_all(out, stray_bytes + start, first);
  write_all(out, stray_bytes, count - first);
  // The runtime says why it stops on standard error just before it traps: that is in the pipe.
  if (stray_source < 0) return;
  char chunk[1024];
  ssize_t read_count;
  while ((read_count = read(stray_source, chunk, sizeof chunk)) > 0)
    write_all(out, chunk, (size_t)read_count);
}

static void give_back_descriptors(void) {
  if (true_stdout >= 0) dup2(true_stdout, STDOUT_FILENO);
  if (true_stderr >= 0) dup2(true_stderr, STDERR_FILENO);
}

int unfold_restore_is_foreground(void) {
  pid_t foreground = tcgetpgrp(own_tty);
  return foreground < 0 || foreground == getpgrp();
}

// Takes the one turn there is to restore. Returns whether it is this thread's.
static int take_turn(void) {
  int expected = armed;
  if (!__atomic_compare_exchange_n(
          &state, &expected, restoring, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    return 0;
  restoring_thread = pthread_self();
  return 1;
}

// Waits until the thread whose turn it is has restored; not for ever, and not for itself.
static void await_turn(void) {
  for (int patience = 400; patience > 0; patience--) {
    if (__atomic_load_n(&state, __ATOMIC_SEQ_CST) != restoring) return;
    if (pthread_equal(restoring_thread, pthread_self())) return;
    poll(NULL, 0, 5);
  }
}

// Writes the leave sequences, even when a frame fills the terminal's queue.
static void leave_screen(void) {
  // Settings first: they wait for nothing and nobody.
  tcsetattr(own_tty, TCSANOW, &saved_settings);
  // The thread that waits in write() holds the terminal. Woken, it writes the rest of its frame to
  // the null device.
  int waits = __atomic_load_n(&is_drawing, __ATOMIC_ACQUIRE);
  if (waits && !pthread_equal(drawing_thread, pthread_self()))
    pthread_kill(drawing_thread, nudge_signal);
  tcflow(own_tty, TCOON);
  struct pollfd ready = {.fd = own_tty, .events = POLLOUT};
  if (poll(&ready, 1, 50) == 0) tcflush(own_tty, TCOFLUSH);
  if (!write_all(own_tty, leave_bytes, leave_count)) {
    // There was room for a part.
    tcflush(own_tty, TCOFLUSH);
    write_all(own_tty, leave_bytes, leave_count);
  }
  // The drawing thread may have set its own just before its descriptor was cut off.
  tcsetattr(own_tty, TCSANOW, &saved_settings);
}

void unfold_restore_now(void) {
  if (!take_turn()) return await_turn();
  int saved_errno = errno;
  // From the background, changing a terminal stops the process that does it.
  sigset_t stop, mask;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &stop, &mask);
  // Cut off before `on_screen` is read: a thread that is just coming back to the screen has either
  // said so already, or changes nothing of the terminal any more.
  if (null_device >= 0 && screen >= 0) dup2(null_device, screen);
  if (on_screen && unfold_restore_is_foreground()) leave_screen();
  give_back_descriptors();
  print_stray();
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  __atomic_store_n(&state, restored, __ATOMIC_SEQ_CST);
  errno = saved_errno;
}

int unfold_restore_is_armed(void) {
  return __atomic_load_n(&state, __ATOMIC_SEQ_CST) == armed;
}

static int is_fault(int number, const siginfo_t *info) {
  return info->si_code > 0 &&
         (number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE);
}

static void die(int number, siginfo_t *info, void *context) {
  (void)context;
  unfold_restore_now();
  for (int i = 0; i < fatal_count; i++) {
    if (fatal_signals[i] == number) sigaction(number, &previous[i], NULL);
  }
  // A fault happens again when this returns, in its own context, which is what a backtracer wants.
  if (is_fault(number, info)) return;
  // Anything else does not. A signal that was sent is no case for a backtracer, which would return
  // to a program that must end.
  if (info->si_code <= 0) signal(number, SIG_DFL);
  raise(number);
}

static void nudge(int number) { (void)number; }

int unfold_restore_arm(int tty_fd, int screen_fd) {
  static int registered;
  if (tcgetattr(tty_fd, &saved_settings) != 0) return -1;
  // Its own open file, so that O_NONBLOCK on it does not reach the shell's.
  char name[128];
  own_tty = ttyname_r(tty_fd, name, sizeof name) == 0
                ? open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
                : -1;
  if (own_tty < 0) own_tty = fcntl(tty_fd, F_DUPFD_CLOEXEC, 3);
  if (own_tty < 0) return -1;
  null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
  screen = screen_fd;
  true_stdout = true_stderr = stray_source = -1;
  leave_count = stray_total = 0;
  is_drawing = 0;
  unfold_restore_cover_thread();
  if (!registered) {
    registered = 1;
    atexit(unfold_restore_now);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = nudge;
  action.sa_flags = SA_RESTART;
  sigaction(nudge_signal, &action, &previous_nudge);
  action.sa_sigaction = die;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal_signals[i], &action, &previous[i]);
  on_screen = 1;
  __atomic_store_n(&state, armed, __ATOMIC_SEQ_CST);
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
  size_t total = stray_total;
  for (size_t i = 0; i < count; i++) stray_bytes[(total + i) % stray_capacity] = bytes[i];
  __atomic_store_n(&stray_total, total + count, __ATOMIC_RELEASE);
}

void unfold_restore_drawing_begins(void) {
  // Dispatch's threads block most signals.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, nudge_signal);
  pthread_sigmask(SIG_UNBLOCK, &set, &drawing_mask);
  drawing_thread = pthread_self();
  __atomic_store_n(&is_drawing, 1, __ATOMIC_RELEASE);
}

void unfold_restore_drawing_ends(void) {
  __atomic_store_n(&is_drawing, 0, __ATOMIC_RELEASE);
  pthread_sigmask(SIG_SETMASK, &drawing_mask, NULL);
}

void unfold_restore_hold(void) { on_screen = 0; }

void unfold_restore_resume(void) {
  tcgetattr(own_tty, &saved_settings);
  on_screen = 1;
}

void unfold_restore_finish(void) {
  if (take_turn()) {
    if (on_screen && unfold_restore_is_foreground()) tcsetattr(own_tty, TCSANOW, &saved_settings);
    give_back_descriptors();
    print_stray();
    __atomic_store_n(&state, restored, __ATOMIC_SEQ_CST);
  }
  await_turn();
  // Whoever restores for so long needs its descriptors; the process is about to end.
  if (__atomic_load_n(&state, __ATOMIC_SEQ_CST) == restoring) return;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal_signals[i], &previous[i], NULL);
  sigaction(nudge_signal, &previous_nudge, NULL);
  if (own_tty >= 0) close(own_tty);
  if (null_device >= 0) close(null_device);
  own_tty = null_device = screen = -1;
}
