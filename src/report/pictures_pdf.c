/* Metadata of a PDF: an update at its end, as the format has it. What is there stays; behind it come another
 * information dictionary, a table of where it stands, and a trailer that refers to the one before. The table is of the
 * kind that the file has already: plain, or a stream. */
#include "report/pictures.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* What an update needs to know of a file. */
typedef struct pdf_file {
    unsigned long table;   /* where its last table stands, in bytes */
    unsigned long size;    /* numbers of objects that are taken */
    unsigned long root[2]; /* number and generation of the catalogue */
    const char *info;      /* what the information dictionary holds, or NULL */
    size_t info_length;
    bool streams; /* its tables are streams */
} pdf_file;

/* The first occurrence of the word from `offset` on, or NULL. */
static const char *find_word(const cfi_picture *picture, size_t offset, const char *word)
{
    return offset < picture->length ? memmem(picture->bytes + offset, picture->length - offset, word, strlen(word))
                                    : NULL;
}

/* Numbers behind the key of the trailer; whether there are so many. The bytes end with a NUL. */
static bool read_integers(const cfi_picture *picture, size_t offset, const char *key, unsigned long *number, int count)
{
    const char *at = find_word(picture, offset, key);

    at = at ? at + strlen(key) : NULL;
    for (int i = 0; at && i < count; i++) {
        char *end;

        number[i] = strtoul(at, &end, 10);
        at = end > at ? end : NULL;
    }
    return at;
}

/* The inside of the information dictionary, where it stands in the open and holds no other. */
static void find_info(const cfi_picture *picture, pdf_file *file)
{
    unsigned long number;
    char head[40];
    const char *at, *end;

    if (!read_integers(picture, file->table, "/Info", &number, 1)) {
        return;
    }
    snprintf(head, sizeof head, "\n%lu 0 obj\n<<", number);
    at = find_word(picture, 0, head);
    end = at ? find_word(picture, (size_t)(at - picture->bytes), "endobj") : NULL;
    if (!end) {
        return;
    }
    at += strlen(head);
    while (end > at && end[-1] != '>') {
        end--;
    }
    if (end - at >= 2 && end[-2] == '>') {
        file->info = at;
        file->info_length = (size_t)(end - 2 - at);
    }
}

static bool read_pdf(const cfi_picture *picture, pdf_file *file)
{
    static const char start[] = "startxref";
    const char *last = NULL, *next = picture->bytes;

    *file = (pdf_file){.info = NULL};
    while ((next = find_word(picture, (size_t)(next - picture->bytes), start))) {
        last = next++;
    }
    if (!last || !read_integers(picture, (size_t)(last - picture->bytes), start, &file->table, 1) ||
        file->table >= picture->length || !read_integers(picture, file->table, "/Size", &file->size, 1) ||
        !read_integers(picture, file->table, "/Root", file->root, 2)) {
        return false;
    }
    file->streams = strncmp(picture->bytes + file->table, "xref", strlen("xref")) != 0;
    find_info(picture, file);
    return true;
}

/* A string of UTF-16 in hexadecimal digits. */
static void put_pdf_text(const char *text, FILE *stream)
{
    static const uint32_t byte_order = 0xfeff, first_pair = 0x10000, high = 0xd800, low = 0xdc00;
    size_t length = strlen(text), count;

    fprintf(stream, "<%04X", (unsigned)byte_order);
    for (; length > 0; text += count, length -= count) {
        uint32_t point;

        count = text_character(text, length, &point);
        if (point == TEXT_INVALID) {
            point = '?';
        }
        if (point >= first_pair) {
            fprintf(stream, "%04X", (unsigned)(high + ((point - first_pair) >> 10)));
            point = low + ((point - first_pair) & 0x3ff);
        }
        fprintf(stream, "%04X", (unsigned)point);
    }
    fputc('>', stream);
}

static bool is_literal(const char *text)
{
    while (*text >= ' ' && *text <= '~' && !strchr("()\\", *text)) {
        text++;
    }
    return *text == '\0';
}

/* " /Key (text)" */
static void put_info(const char *key, const char *text, FILE *stream)
{
    fprintf(stream, "   /%s ", key);
    if (is_literal(text)) {
        fprintf(stream, "(%s)", text);
    } else {
        put_pdf_text(text, stream);
    }
    fputc('\n', stream);
}

/* Where the next byte of an update goes. */
static size_t update_offset(const cfi_picture *picture, long start, FILE *stream)
{
    return picture->length + (size_t)(ftell(stream) - start);
}

static void put_trailer(const pdf_file *file, unsigned long added, FILE *stream)
{
    fprintf(stream, "/Size %lu /Root %lu %lu R /Info %lu 0 R /Prev %lu", file->size + added, file->root[0],
            file->root[1], file->size, file->table);
}

static void put_table_row(size_t offset, FILE *stream)
{
    fputc(1, stream); /* an object in the open */
    for (int shift = 24; shift >= 0; shift -= 8) {
        fputc((int)(offset >> shift & 0xff), stream);
    }
    fputc(0, stream); /* its generation */
}

bool picture_describe_pdf(const cfi_picture *picture, FILE *stream)
{
    pdf_file file;
    size_t info, table;
    long start;

    if (picture->length < 5 || memcmp(picture->bytes, "%PDF-", 5) != 0 || !read_pdf(picture, &file)) {
        return false;
    }
    fwrite(picture->bytes, 1, picture->length, stream);
    start = ftell(stream);
    fputc('\n', stream);
    info = update_offset(picture, start, stream);
    fprintf(stream, "%lu 0 obj\n<<", file.size);
    fwrite(file.info ? file.info : "", 1, file.info_length, stream);
    fputc('\n', stream);
    put_info("Title", picture->title, stream);
    put_info("Subject", picture->about, stream);
    fputs(">>\nendobj\n", stream);
    table = update_offset(picture, start, stream);
    if (file.streams) {
        fprintf(stream, "%lu 0 obj\n<< /Type /XRef /W [1 4 1] /Index [%lu 2] /Length 12 ", file.size + 1, file.size);
        put_trailer(&file, 2, stream);
        fputs(" >>\nstream\n", stream);
        put_table_row(info, stream);
        put_table_row(table, stream);
        fputs("\nendstream\nendobj\n", stream);
    } else {
        fprintf(stream, "xref\n%lu 1\n%010zu 00000 n \ntrailer\n<< ", file.size, info);
        put_trailer(&file, 1, stream);
        fputs(" >>\n", stream);
    }
    fprintf(stream, "startxref\n%zu\n%%%%EOF\n", table);
    return true;
}
