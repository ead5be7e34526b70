#ifndef UNFOLD_CNCURSES_SHIM_H
#define UNFOLD_CNCURSES_SHIM_H

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#include <wchar.h>

// Swift 6 refuses C's mutable globals and cannot see these macros, so each gets a function.

static inline int unfold_colors(void) { return COLORS; }
static inline int unfold_color_pairs(void) { return COLOR_PAIRS; }
static inline WINDOW *unfold_stdscr(void) { return stdscr; }
static inline TERMINAL *unfold_cur_term(void) { return cur_term; }

static inline attr_t unfold_attr_bold(void) { return A_BOLD; }
static inline attr_t unfold_attr_dim(void) { return A_DIM; }
static inline attr_t unfold_attr_underline(void) { return A_UNDERLINE; }
static inline attr_t unfold_attr_reverse(void) { return A_REVERSE; }
static inline attr_t unfold_attr_italic(void) {
#ifdef A_ITALIC
  return A_ITALIC;
#else
  return A_NORMAL;
#endif
}

// tigetstr and its kin take char * but do not write through it. They return (char *)-1 or a null
// pointer when the capability is missing; here both become a null pointer.
static inline const char *unfold_terminfo_string(const char *name) {
  const char *value = tigetstr((char *)name);
  return value == (const char *)-1 ? NULL : value;
}
static inline int unfold_terminfo_number(const char *name) { return tigetnum((char *)name); }
static inline int unfold_terminfo_flag(const char *name) { return tigetflag((char *)name) == 1; }

// cchar_t is awkward to build from Swift, and the pair number must go through `opts`, since the
// argument made for it is a short.
static inline void unfold_put_cell(
    WINDOW *window, int y, int x, wchar_t glyph, attr_t attributes, int pair) {
  wchar_t text[2] = {glyph, 0};
  cchar_t cell;
  if (setcchar(&cell, text, attributes, (short)0, &pair) == ERR) return;
  // Writing the last cell reports ERR because the cursor has nowhere to go; the cell is written.
  (void)mvwadd_wch(window, y, x, &cell);
}

static inline mmask_t unfold_mouse_everything(void) {
  return ALL_MOUSE_EVENTS | REPORT_MOUSE_POSITION;
}

// What one mouse report says: 1 press, 2 release, 3 drag, 4 wheel up, 5 wheel down, 0 nothing.
static inline int unfold_mouse_action(mmask_t state) {
  if (state & BUTTON4_PRESSED) return 4;
  if (state & BUTTON5_PRESSED) return 5;
  if (state & (BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED)) return 1;
  if (state & BUTTON1_RELEASED) return 2;
  if (state & REPORT_MOUSE_POSITION) return 3;
  return 0;
}

#endif
