#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef POSIX_SPAWN_SETSID
#define POSIX_SPAWN_SETSID 0x80
#endif

// Attributes of a child that begins afresh: its own session, default signals, none blocked.
static int fresh(posix_spawnattr_t *attributes) {
  int error = posix_spawnattr_init(attributes);
  if (error) return error;
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(attributes, &all);
  posix_spawnattr_setsigmask(attributes, &none);
  return posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static pid_t start(
    char *const argv[], char *const envp[], int inherited, int number, int is_alone,
    const char *terminal) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int error = fresh(&attributes);
  if (error) {
    errno = error;
    return -1;
  }
  posix_spawn_file_actions_init(&actions);
  // The first terminal that a session leader opens becomes its controlling one.
  posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0);
  posix_spawn_file_actions_addopen(&actions, 1, terminal, O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  // A descriptor given to itself loses its close-on-exec flag.
  if (inherited > 2) posix_spawn_file_actions_adddup2(&actions, inherited, number);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  // Whoever waits for our own end by a descriptor must not wait for what outlives us.
  if (is_alone)
    posix_spawn_file_actions_addclosefrom_np(&actions, UNFOLD_REPORT + 1);
#endif
  pid_t process = -1;
  error = posix_spawnp(&process, argv[0], &actions, &attributes, argv, envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error) {
    errno = error;
    return -1;
  }
  return process;
}

pid_t unfold_start_in_terminal(
    char *const argv[], char *const envp[], int inherited, int columns, int rows, int *terminal) {
  int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0) return -1;
  char name[128];
  if (grantpt(ours) || unlockpt(ours) || ptsname_r(ours, name, sizeof name)) {
    int error = errno;
    close(ours);
    errno = error;
    return -1;
  }
  unfold_resize_terminal(ours, columns, rows);
  pid_t process = start(argv, envp, inherited, inherited, 0, name);
  if (process < 0) {
    int error = errno;
    close(ours);
    errno = error;
    return -1;
  }
  *terminal = ours;
  return process;
}

pid_t unfold_start_detached(char *const argv[], char *const envp[], int inherited) {
  return start(argv, envp, inherited, UNFOLD_REPORT, 1, "/dev/null");
}

void unfold_resize_terminal(int terminal, int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(terminal, TIOCSWINSZ, &size);
}

long unfold_peer_user(int descriptor) {
#ifdef SO_PEERCRED
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size)) return -1;
  return (long)peer.uid;
#else
  uid_t user;
  gid_t group;
  if (getpeereid(descriptor, &user, &group)) return -1;
  return (long)user;
#endif
}

// The name by way of the directory's descriptor: a path of any length fits into sun_path.
static int address(struct sockaddr_un *name, int directory, const char *file) {
  memset(name, 0, sizeof *name);
  name->sun_family = AF_UNIX;
  int length =
      snprintf(name->sun_path, sizeof name->sun_path, "/proc/self/fd/%d/%s", directory, file);
  if (length < 0 || (size_t)length >= sizeof name->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return 0;
}

int unfold_listen(int directory, const char *file) {
  struct sockaddr_un name;
  if (address(&name, directory, file)) return -1;
  int result = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (result < 0) return -1;
  // The mode that bind gives is that of the descriptor: nobody can connect before it is narrow.
  fchmod(result, S_IRUSR | S_IWUSR);
  if (bind(result, (struct sockaddr *)&name, sizeof name) == 0
      && fchmodat(directory, file, S_IRUSR | S_IWUSR, 0) == 0 && listen(result, 16) == 0)
    return result;
  int error = errno;
  close(result);
  errno = error;
  return -1;
}

int unfold_connect(int directory, const char *file) {
  struct sockaddr_un name;
  if (address(&name, directory, file)) return -1;
  int result = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (result < 0) return -1;
  if (connect(result, (struct sockaddr *)&name, sizeof name) == 0) return result;
  int error = errno;
  close(result);
  errno = error;
  return -1;
}
