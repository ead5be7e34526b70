#ifndef UNFOLD_EMBEDDED_FILES_H
#define UNFOLD_EMBEDDED_FILES_H

// The preset files, the lessons and the Python helper, as they were when the program was built,
// so that it can be moved alone. The C compiler embeds them: Swift takes a quarter of a minute for such literals.

// A text file; its bytes hold no zero and end with one. A table ends with a name that is null.
typedef struct {
    const char *name;
    const unsigned char *bytes;
} unfold_embedded_file;

// Tables in the order of the lecture.
const unfold_embedded_file *unfold_embedded_presets(void);
const unfold_embedded_file *unfold_embedded_lessons(void);

// The text of unfold.py.
const unsigned char *unfold_embedded_python(void);

#endif
