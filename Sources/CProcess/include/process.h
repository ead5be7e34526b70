#ifndef UNFOLD_PROCESS_H
#define UNFOLD_PROCESS_H

#include <sys/types.h>

// Starts programs, and asks the kernel who is at the other end of a socket.

// Starts a program, found by PATH, as the leader of a session and process group of its own, with a
// new pseudo-terminal of that many columns and rows as its standard input, output and error.
// `inherited` is a descriptor that it keeps under the same number, -1 for none; no signal is blocked
// or ignored in it. `*terminal` becomes our end of the terminal. Returns the process, or -1 with
// errno when the program cannot be started.
pid_t unfold_start_in_terminal(
    char *const argv[], char *const envp[], int inherited, int columns, int rows, int *terminal);

// The number under which a detached program finds the descriptor that is left to it.
#define UNFOLD_REPORT 3

// Starts a program in a session of its own, away from any terminal: standard input, output and
// error lead nowhere, and of all other descriptors it has `inherited` alone. Returns the process, or -1 with errno.
pid_t unfold_start_detached(char *const argv[], char *const envp[], int inherited);

// Tells the programs in a terminal that it has another size.
void unfold_resize_terminal(int terminal, int columns, int rows);

// The user whose process is at the other end of a Unix-domain socket, or -1 with errno.
long unfold_peer_user(int descriptor);

// A listening Unix-domain socket of a name in a directory, for its owner alone (mode 0600); the
// directory is given by its descriptor, so that no path is too long. Returns it, or -1 with errno.
int unfold_listen(int directory, const char *name);

// A socket connected to such a one, or -1 with errno: ECONNREFUSED when nobody listens any more.
int unfold_connect(int directory, const char *name);

#endif
