#ifndef UNFOLD_TERMINAL_RESTORE_H
#define UNFOLD_TERMINAL_RESTORE_H

#include <stddef.h>

// Gives the terminal back when the process ends without closing its screen: by a crash or exit().
// One screen at a time. `arm` remembers the tty's settings, so call it before changing them.
// `tty_fd` is any descriptor of the terminal; `screen_fd` is the one that frames are written to,
// which a restore cuts off so that no other thread draws after it. Returns 0, or -1 with errno.
int unfold_restore_arm(int tty_fd, int screen_fd);

// What to write when giving the terminal back, such as "leave the alternate screen".
void unfold_restore_set_leave(const char *bytes, size_t count);

// Standard output and standard error as they were before they were caught (-1 when one was not),
// and the end of the pipe where caught text waits (-1 for none).
void unfold_restore_set_stray(int real_stdout, int real_stderr, int stray_read_fd);

// Remembers caught text that must still reach the real standard error, newest kept.
void unfold_restore_keep_stray(const char *bytes, size_t count);

// Gives this thread an alternate signal stack, so that a stack overflow on it is caught too.
void unfold_restore_cover_thread(void);

// Restores now; does nothing when not armed. Async-signal-safe.
void unfold_restore_now(void);

// The screen was closed in good order: forget everything, put the old signal handlers back.
void unfold_restore_disarm(void);

// Signals as bytes in a pipe: SIGINT SIGTERM SIGHUP SIGWINCH SIGTSTP SIGCONT, each one byte with
// the signal's number. Returns the reading end (non-blocking), or -1 with errno.
int unfold_signals_open(void);

// Puts the old dispositions back. The reading end stays open and belongs to the caller.
void unfold_signals_close(void);

// Stops this process as Ctrl-Z would, and returns when it is continued.
void unfold_signals_stop_process(void);

#endif
