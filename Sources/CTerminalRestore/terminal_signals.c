#define _GNU_SOURCE
#include "terminal_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};
enum { caught_count = sizeof caught / sizeof caught[0] };

static int write_end = -1;
static struct sigaction before[caught_count];

static void note(int number) {
  int saved_errno = errno;
  unsigned char byte = (unsigned char)number;
  // A full pipe holds thousands of unread signals: one more says nothing new.
  (void)!write(write_end, &byte, 1);
  errno = saved_errno;
}

static void catch_signal(int number) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

int unfold_signals_open(int ends[2]) {
  if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
  write_end = ends[1];
  for (int i = 0; i < caught_count; i++) {
    sigaction(caught[i], NULL, &before[i]);
    // nohup and its like ask for a signal to be ignored, and mean it.
    if (before[i].sa_handler == SIG_IGN && (caught[i] == SIGHUP || caught[i] == SIGTSTP)) continue;
    catch_signal(caught[i]);
  }
  return 0;
}

void unfold_signals_restore(void) {
  for (int i = 0; i < caught_count; i++) sigaction(caught[i], &before[i], NULL);
  write_end = -1;
}

void unfold_signals_stop_process(void) {
  struct sigaction stopping, continuing, standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigemptyset(&standard.sa_mask);
  sigaction(SIGTSTP, &standard, &stopping);
  sigaction(SIGCONT, &standard, &continuing);

  // Dispatch's threads block most signals; raise() goes to this thread alone, so let it through,
  // and the process has stopped before raise() returns.
  sigset_t set, mask;
  sigemptyset(&set);
  sigaddset(&set, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &set, &mask);
  raise(SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);

  sigaction(SIGTSTP, &stopping, NULL);
  sigaction(SIGCONT, &continuing, NULL);
}
