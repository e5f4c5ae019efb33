/* Pictures that gnuplot wrote, with their title and how they were made as metadata. */
#include "report/pictures.h"

#include "base/text.h"

#include <string.h>

const cfi_picture_format picture_formats[] = {
    {.word = "svg", .describe = picture_describe_svg},
    {.word = "png", .describe = picture_describe_png},
    {.word = "pdf", .describe = picture_describe_pdf},
    {.word = "eps", .describe = picture_describe_eps},
};
const size_t picture_format_count = sizeof picture_formats / sizeof *picture_formats;

static bool begins(const cfi_picture *picture, const char *with, size_t length)
{
    return picture->length >= length && memcmp(picture->bytes, with, length) == 0;
}

/* ---------------------------------------------------------------------------------- SVG ---- */

/* Text of an XML element. */
static void put_xml(const char *text, FILE *stream)
{
    for (; *text; text++) {
        const char *entity = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : NULL;

        if (entity) {
            fputs(entity, stream);
        } else {
            fputc(*text, stream);
        }
    }
}

/* Where the element <name>...</name> stands in the picture, or false. */
static bool find_element(const cfi_picture *picture, const char *open, const char *close, size_t *start, size_t *end)
{
    const char *from = memmem(picture->bytes, picture->length, open, strlen(open));
    const char *to =
        from ? memmem(from, picture->length - (size_t)(from - picture->bytes), close, strlen(close)) : NULL;

    if (!to) {
        return false;
    }
    *start = (size_t)(from - picture->bytes);
    *end = (size_t)(to - picture->bytes) + strlen(close);
    return true;
}

bool picture_describe_svg(const cfi_picture *picture, FILE *stream)
{
    size_t start, middle, end;

    /* gnuplot's own title, then its own description */
    if (!find_element(picture, "<title>", "</title>", &start, &middle) ||
        !find_element(picture, "<desc>", "</desc>", &middle, &end)) {
        return false;
    }
    fwrite(picture->bytes, 1, start, stream);
    fputs("<title>", stream);
    put_xml(picture->title, stream);
    fputs("</title>\n<desc>", stream);
    put_xml(picture->about, stream);
    fputs("</desc>", stream);
    fwrite(picture->bytes + end, 1, picture->length - end, stream);
    return true;
}

/* ---------------------------------------------------------------------------------- PNG ---- */

enum {
    PNG_HEADER = 33, /* the signature's 8 bytes and the 25 of IHDR, which comes first */
    PNG_LENGTH = 4,  /* bytes of a chunk's length, and of its checksum */
};

/* The cyclic redundancy check of PNG, going on from `crc`. */
static uint32_t crc_add(uint32_t crc, const char *bytes, size_t length)
{
    static const uint32_t polynomial = 0xedb88320; /* of ISO 3309, from its low end */

    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? polynomial ^ (crc >> 1) : crc >> 1;
        }
    }
    return crc;
}

static void put_big_endian(uint32_t value, FILE *stream)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        fputc((int)(value >> shift & 0xff), stream);
    }
}

/* A chunk of UTF-8: iTXt, its keyword, no compression, no language, no translated keyword, the text. */
static void put_png_text(const char *keyword, const char *text, FILE *stream)
{
    static const char type[] = {'i', 'T', 'X', 't'}, behind_keyword[5] = {0};
    const struct {
        const char *bytes;
        size_t length;
    } part[] = {
        {type, sizeof type}, {keyword, strlen(keyword)}, {behind_keyword, sizeof behind_keyword}, {text, strlen(text)}};
    size_t length = 0;
    uint32_t crc = UINT32_MAX;

    for (size_t i = 1; i < sizeof part / sizeof *part; i++) {
        length += part[i].length;
    }
    put_big_endian((uint32_t)length, stream);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        fwrite(part[i].bytes, 1, part[i].length, stream);
        crc = crc_add(crc, part[i].bytes, part[i].length);
    }
    put_big_endian(~crc, stream);
}

bool picture_describe_png(const cfi_picture *picture, FILE *stream)
{
    static const char signature[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    if (picture->length < PNG_HEADER || !begins(picture, signature, sizeof signature - 1)) {
        return false;
    }
    fwrite(picture->bytes, 1, PNG_HEADER, stream);
    put_png_text("Title", picture->title, stream);
    put_png_text("Description", picture->about, stream);
    fwrite(picture->bytes + PNG_HEADER, 1, picture->length - PNG_HEADER, stream);
    return true;
}

/* ---------------------------------------------------------------------------------- EPS ---- */

enum { EPS_LINE = 200 }; /* bytes of text in a comment, whose lines have at most 255 */

/* A line as comments of the header, which ends at a line that is none. */
static void put_eps_line(const char *line, size_t length, FILE *stream)
{
    do {
        size_t part = length < EPS_LINE ? length : EPS_LINE;

        while (part < length && text_continues(line[part])) {
            part--;
        }
        fprintf(stream, "%%Provenance: %.*s\n", (int)part, line);
        line += part;
        length -= part;
    } while (length > 0);
}

bool picture_describe_eps(const cfi_picture *picture, FILE *stream)
{
    static const char signature[] = "%!PS-Adobe-";
    const char *newline = memchr(picture->bytes, '\n', picture->length), *line = picture->about;

    if (!newline || !begins(picture, signature, sizeof signature - 1)) {
        return false;
    }
    fwrite(picture->bytes, 1, (size_t)(newline + 1 - picture->bytes), stream);
    fprintf(stream, "%%%%Title: %s\n", picture->title);
    while (*line) {
        size_t length = strcspn(line, "\n");

        put_eps_line(line, length, stream);
        line += length + (line[length] == '\n');
    }
    fwrite(newline + 1, 1, picture->length - (size_t)(newline + 1 - picture->bytes), stream);
    return true;
}
