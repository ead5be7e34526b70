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

// Names of the standard capabilities in their order; null after the last.
static inline const char *unfold_boolean_name(int index) { return boolnames[index]; }
static inline const char *unfold_number_name(int index) { return numnames[index]; }
static inline const char *unfold_string_name(int index) { return strnames[index]; }

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

// <wchar.h> hides this one unless asked by a macro that a module map cannot set.
extern int wcwidth(wchar_t glyph);
static inline int unfold_columns(wchar_t glyph) { return wcwidth(glyph); }

#endif
