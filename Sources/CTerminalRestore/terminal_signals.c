#define _GNU_SOURCE
#include "terminal_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { none, ends, screens, stops };

// What a signal asks for: an orderly end, something of the screen, a stop; or nothing of ours.
// Faults are the restorer's, and what a system ignores or cannot catch is nobody's.
static int kind(int number) {
  switch (number) {
  case SIGINT: case SIGTERM: case SIGHUP: case SIGQUIT: case SIGUSR1: case SIGUSR2: case SIGALRM:
  case SIGVTALRM: case SIGPROF: case SIGXCPU: case SIGIO:
#ifdef SIGPWR
  case SIGPWR:
#endif
#ifdef SIGSTKFLT
  case SIGSTKFLT:
#endif
    return ends;
  case SIGWINCH: case SIGCONT: return screens;
  case SIGTSTP: case SIGTTIN: case SIGTTOU: return stops;
  default:
#ifdef SIGRTMIN
    if (number >= SIGRTMIN && number <= SIGRTMAX) return ends;
#endif
    return none;
  }
}

static int write_end = -1;
static struct sigaction before[NSIG];
static int is_caught[NSIG];
static volatile sig_atomic_t quits;

static void note(int number) {
  int saved_errno = errno;
  // Who presses Ctrl-\ twice does not believe in an orderly end any more.
  if (number == SIGQUIT && quits++ > 0) {
    unfold_restore_now();
    signal(SIGQUIT, SIG_DFL);
    raise(SIGQUIT);
  }
  unsigned char byte = (unsigned char)number;
  // A full pipe holds thousands of unread signals: one more says nothing new.
  (void)!write(write_end, &byte, 1);
  errno = saved_errno;
}

// Stops this process, whatever handles the signal otherwise, and returns when it is continued.
static void stop_by(int number) {
  struct sigaction ours, standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigemptyset(&standard.sa_mask);
  sigaction(number, &standard, &ours);
  // Dispatch's threads block most signals; raise() goes to this thread alone, so let it through,
  // and the process has stopped before raise() returns.
  sigset_t set, mask;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_UNBLOCK, &set, &mask);
  raise(number);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  sigaction(number, &ours, NULL);
}

static void note_stop(int number, siginfo_t *info, void *context) {
  (void)context;
  // The terminal's own SIGTTIN and SIGTTOU come until the process has stopped. What somebody sends
  // is as good as Ctrl-Z.
  if (number == SIGTSTP || info->si_code <= 0) {
    note(SIGTSTP);
  } else {
    int saved_errno = errno;
    stop_by(number);
    errno = saved_errno;
  }
}

static void catch_signal(int number) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_RESTART;
  if (kind(number) == stops) {
    action.sa_sigaction = note_stop;
    action.sa_flags |= SA_SIGINFO;
  } else {
    action.sa_handler = note;
  }
  sigemptyset(&action.sa_mask);
  is_caught[number] = sigaction(number, &action, NULL) == 0;
}

int unfold_signal_ends(int number) { return number > 0 && number < NSIG && kind(number) == ends; }

int unfold_signals_open(int pipe_ends[2], int has_screen) {
  if (pipe2(pipe_ends, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
  write_end = pipe_ends[1];
  quits = 0;
  for (int number = 1; number < NSIG; number++) {
    is_caught[number] = 0;
    if (kind(number) == none || (kind(number) != ends && !has_screen)) continue;
    if (sigaction(number, NULL, &before[number]) != 0) continue;
    // nohup and its like ask for a signal to be ignored, and mean it. Shells ignore SIGINT for what
    // runs in the background, and do not: whoever sends it to a run wants it to stop.
    int is_ignored = before[number].sa_handler == SIG_IGN;
    if (is_ignored && number != SIGINT && number != SIGTERM && kind(number) != screens) continue;
    catch_signal(number);
  }
  return 0;
}

void unfold_signals_restore(void) {
  for (int number = 1; number < NSIG; number++) {
    if (is_caught[number]) sigaction(number, &before[number], NULL);
    is_caught[number] = 0;
  }
  write_end = -1;
}

void unfold_signals_stop_process(void) {
  struct sigaction continuing, standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigemptyset(&standard.sa_mask);
  sigaction(SIGCONT, &standard, &continuing);
  stop_by(SIGTSTP);
  sigaction(SIGCONT, &continuing, NULL);
}
