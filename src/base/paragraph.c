/* Paragraphs of a printed page. */
#include "base/paragraph.h"

#include "base/text.h"
#include "base/wrap.h"

#include <stdarg.h>
#include <string.h>

/* Spaces that a line has more than the first one of its paragraph. */
enum { HANG = 2 };

static void add_piece(paragraph *p, const char *piece)
{
    text_shown(p->text + p->used, sizeof p->text - p->used, piece);
    p->used += strlen(p->text + p->used);
}

void paragraph_add(paragraph *p, const char *format, ...)
{
    char piece[PARAGRAPH_LENGTH];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    add_piece(p, piece);
}

void paragraph_end(const paragraph *p, size_t indent, FILE *stream)
{
    fprintf(stream, "%*s", (int)indent, "");
    wrap_text(stream, p->text, indent, indent + HANG);
}

void paragraph_print(FILE *stream, size_t indent, const char *format, ...)
{
    char piece[PARAGRAPH_LENGTH];
    paragraph p = {.used = 0};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    add_piece(&p, piece);
    paragraph_end(&p, indent, stream);
}
