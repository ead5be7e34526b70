#ifndef UNFOLD_TERMINAL_RESTORE_H
#define UNFOLD_TERMINAL_RESTORE_H

#include <stddef.h>

// Gives the terminal back however the process ends: by a crash, by exit(), or in good order.
// One screen at a time.

// Remembers the settings of the terminal, so call it before changing them, and catches the signals
// that a crash raises. `tty_fd` is any descriptor of the terminal; `screen_fd` is the one that
// frames are written to, which a restore cuts off so that no other thread draws after it.
// Returns 0, or -1 with errno.
int unfold_restore_arm(int tty_fd, int screen_fd);

// What to write when giving the terminal back, such as "leave the alternate screen".
void unfold_restore_set_leave(const char *bytes, size_t count);

// Standard output and standard error as they were before they were caught (-1 when one was not),
// and the end of the pipe where caught text waits (-1 for none).
void unfold_restore_set_stray(int real_stdout, int real_stderr, int stray_read_fd);

// Remembers caught text that must still reach the real standard error, newest kept. Only one
// thread at a time may call it.
void unfold_restore_keep_stray(const char *bytes, size_t count);

// Says that this thread begins or has ended writing to the screen, so that a restore can free it
// from a terminal that takes nothing. Calls come in pairs on one thread.
void unfold_restore_drawing_begins(void);
void unfold_restore_drawing_ends(void);

// The terminal was given back for a while (the program is suspended): leave it alone meanwhile.
void unfold_restore_hold(void);

// The terminal is taken again: remember its settings as they are now.
void unfold_restore_resume(void);

// Whether this process may draw: it is in the terminal's foreground, or has no job control.
int unfold_restore_is_foreground(void);

// Restores now, settings first. The second time, or while another thread restores, it only waits
// until that is done. Async-signal-safe.
void unfold_restore_now(void);

// Whether the terminal is still to be restored: nobody has begun to.
int unfold_restore_is_armed(void);

// The screen was closed in good order: put settings, descriptors and signal handlers back, and
// print what was caught. Nothing is written to the terminal itself.
void unfold_restore_finish(void);

// Gives this thread a stack on which a handler can run when its own overflows. Threads that are
// started with pthread_create have one already, on Linux.
void unfold_restore_cover_thread(void);

// Signals as bytes in a pipe, each one byte with the signal's number: those that ask for an orderly
// end, and with a screen also SIGWINCH, SIGCONT and SIGTSTP, which SIGTTIN and SIGTTOU become when
// somebody sends them. A second SIGQUIT restores and ends the process by itself. `ends` becomes the
// reading end (non-blocking) and the writing end, which belong to the caller. Returns 0, or -1 with
// errno.
int unfold_signals_open(int ends[2], int has_screen);

// Whether a signal asks for an orderly end: SIGINT, SIGTERM, SIGHUP, SIGQUIT and all others that
// would end the process and are no fault.
int unfold_signal_ends(int number);

// Puts the old dispositions back: nothing is written any more, and both ends may be closed.
void unfold_signals_restore(void);

// Stops this process as Ctrl-Z would, and returns when it is continued.
void unfold_signals_stop_process(void);

// From now on a failure inside the program says one line on standard error, and leaves a report
// with the stack in the directory for temporary files, instead of printing the stack.
void unfold_report_failures(void);

#endif
