#define _GNU_SOURCE
#include "terminal_restore.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
enum { fatal_count = sizeof fatal / sizeof fatal[0], most_frames = 100 };

// What the runtime said before it ended the program: its first line.
static char reason[160];
static size_t reason_length;
static char report_path[256];

static void add(char *line, size_t room, const char *text) {
  size_t length = strlen(line);
  if (length + 1 < room) strncat(line, text, room - length - 1);
}

static const char *name_of(int number) {
  switch (number) {
  case SIGSEGV: return "SIGSEGV";
  case SIGBUS: return "SIGBUS";
  case SIGILL: return "SIGILL";
  case SIGFPE: return "SIGFPE";
  case SIGABRT: return "SIGABRT";
  case SIGTRAP: return "SIGTRAP";
  default: return "SIGSYS";
  }
}

static void report(int number) {
  static volatile sig_atomic_t is_reporting;
  // A second failure, in here or on another thread, ends the program at once.
  if (!is_reporting) {
    is_reporting = 1;
    char line[600] = "unfold: failed inside (";
    add(line, sizeof line, name_of(number));
    if (reason_length > 0) {
      add(line, sizeof line, ": ");
      add(line, sizeof line, reason);
    }
    add(line, sizeof line, "), which is a fault of the program");
    // Nobody can have laid a link in wait: the file must be new.
    int file = open(report_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file >= 0) {
      (void)!write(file, line, strlen(line));
      (void)!write(file, "\n", 1);
      void *frames[most_frames];
      backtrace_symbols_fd(frames, backtrace(frames, most_frames), file);
      close(file);
      add(line, sizeof line, "; a report is in ");
      add(line, sizeof line, report_path);
    }
    add(line, sizeof line, "\n");
    (void)!write(STDERR_FILENO, line, strlen(line));
  }
  signal(number, SIG_DFL);
  raise(number);
}

#ifdef __GLIBC__
// The runtime says why it ends the program, and prints a stack of dozens of lines. The first line is
// kept for the message, the stack stands in the report; what others write passes.
static ssize_t take(void *unused, const char *bytes, size_t size) {
  (void)unused;
  static const char mark[] = "Fatal error: ";
  static int has_failed;
  const char *start = has_failed ? NULL : memmem(bytes, size, mark, sizeof mark - 1);
  if (start != NULL) {
    has_failed = 1;
    start += sizeof mark - 1;
    size_t left = size - (size_t)(start - bytes);
    while (left > 0 && *start != '\n' && reason_length + 1 < sizeof reason) {
      unsigned char byte = (unsigned char)*start++;
      reason[reason_length++] = byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
      left--;
    }
  }
  if (has_failed) return (ssize_t)size;
  return write(STDERR_FILENO, bytes, size);
}
#endif

void unfold_report_failures(void) {
  const char *folder = getenv("TMPDIR");
  if (folder == NULL || folder[0] != '/' || strlen(folder) > 160) folder = "/tmp";
  snprintf(report_path, sizeof report_path, "%s/unfold-failure-%ld.txt", folder, (long)getpid());
  // The first call loads what later ones need.
  void *frame;
  (void)backtrace(&frame, 1);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = report;
  action.sa_flags = SA_NODEFER | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &action, NULL);
#ifdef __GLIBC__
  cookie_io_functions_t functions = {.write = take};
  FILE *stream = fopencookie(NULL, "w", functions);
  if (stream != NULL) {
    setvbuf(stream, NULL, _IONBF, 0);
    stderr = stream;
  }
#endif
}
