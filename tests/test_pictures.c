/* Pictures get their metadata, and nothing else of them changes; the head of plots.gp reads back. By hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const cfi_picture_format *format_of(const char *word)
{
    for (size_t i = 0; i < picture_format_count; i++) {
        if (strcmp(picture_formats[i].word, word) == 0) {
            return &picture_formats[i];
        }
    }
    fail_msg("no format %s", word);
    return NULL;
}

/* The described picture with a NUL behind it, or NULL where the format refuses it, having written nothing. */
static char *describe(const char *word, const char *bytes, size_t length, const char *about, size_t *size)
{
    const cfi_picture picture = {.bytes = bytes, .length = length, .title = "map", .about = about};
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);
    bool described;

    assert_non_null(stream);
    described = format_of(word)->describe(&picture, stream);
    assert_int_equal(fclose(stream), 0);
    if (!described) {
        assert_int_equal(*size, 0);
        free(text);
        return NULL;
    }
    return text;
}

static void svg_has_title_and_escaped_description(void **state)
{
    static const char svg[] = "<svg>\n<title>Gnuplot</title>\n<desc>Produced by GNUPLOT</desc>\n<path/></svg>\n";
    size_t size;
    char *text = describe("svg", svg, sizeof svg - 1, "a < b & c > d\nline 2", &size);

    (void)state;
    assert_string_equal(text,
                        "<svg>\n<title>map</title>\n<desc>a &lt; b &amp; c &gt; d\nline 2</desc>\n<path/></svg>\n");
    free(text);
    assert_null(describe("svg", "<svg><title>", 12, "", &size));
}

static void eps_has_comments_in_its_header(void **state)
{
    static const char eps[] = "%!PS-Adobe-3.0 EPSF-3.0\n%%EndComments\n";
    size_t size;
    char about[260], *text;

    (void)state;
    memset(about, 'x', 250);
    strcpy(about + 250, "\ny");
    text = describe("eps", eps, sizeof eps - 1, about, &size);
    assert_ptr_equal(strstr(text, "%!PS-Adobe-3.0 EPSF-3.0\n%%Title: map\n%Provenance: xxx"), text);
    assert_non_null(strstr(text, "x\n%Provenance: y\n%%EndComments\n"));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        assert_int_equal(*line, '%');
        assert_in_range(strcspn(line, "\n"), 1, 255);
    }
    free(text);
    assert_null(describe("eps", "%PDF-1.5\n", 9, "", &size));
}

/* ---------------------------------------------------------------------------------- PNG ---- */

/* The checksum of PNG's definition by division of polynomials, a bit at a time, highest power first. */
static uint32_t divide(const unsigned char *bytes, size_t length)
{
    uint32_t rest = 0xffffffff, mirrored = 0;

    for (size_t bit = 0; bit < 8 * length; bit++) {
        uint32_t next = (bytes[bit / 8] >> bit % 8 & 1) ^ rest >> 31;

        rest = rest << 1 ^ (next ? 0x04c11db7 : 0);
    }
    for (int bit = 0; bit < 32; bit++) {
        mirrored |= (rest >> bit & 1) << (31 - bit);
    }
    return ~mirrored;
}

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void png_has_chunks_with_their_checksums(void **state)
{
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR1234567890123CCCC\0\0\0\0IEND\xae\x42\x60\x82";
    const char *const expected[] = {"Title\0\0\0\0\0map", "Description\0\0\0\0\0h\xc3\xa9"};
    const size_t length[] = {5 + 5 + 3, 11 + 5 + 3};
    size_t size, at = 33;
    char *text = describe("png", png, sizeof png - 1, "h\xc3\xa9", &size);
    const unsigned char *bytes = (const unsigned char *)text;

    (void)state;
    assert_int_equal(divide((const unsigned char *)"123456789", 9), 0xcbf43926); /* the usual check of this sum */
    assert_memory_equal(text, png, at);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(big_endian(bytes + at), length[i]);
        assert_memory_equal(text + at + 4, "iTXt", 4);
        assert_memory_equal(text + at + 8, expected[i], length[i]);
        assert_int_equal(big_endian(bytes + at + 8 + length[i]), divide(bytes + at + 4, 4 + length[i]));
        at += 12 + length[i];
    }
    assert_int_equal(size - at, sizeof png - 1 - 33);
    assert_memory_equal(text + at, png + 33, size - at);
    free(text);
    assert_null(describe("png", png, 20, "", &size));
}

/* ---------------------------------------------------------------------------------- PDF ---- */

static const char PDF_TABLE[] =
    "%PDF-1.5\n1 0 obj\n<< /Type /Catalog >>\nendobj\n2 0 obj\n<< /Producer (cairo)\n>>\nendobj\n"
    "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000047 00000 n \ntrailer\n"
    "<< /Size 3\n   /Root 1 0 R\n   /Info 2 0 R\n>>\nstartxref\n84\n%%EOF\n";

/* Where the last "startxref" of a PDF points to. */
static const char *last_table(const char *text, size_t size)
{
    static const char word[] = "startxref";
    const char *at = NULL, *next = text;

    while ((next = memmem(next, size - (size_t)(next - text), word, sizeof word - 1))) {
        at = next++;
    }
    assert_non_null(at);
    return text + strtoul(at + sizeof word - 1, NULL, 10);
}

static void pdf_is_updated_with_a_table_like_its_own(void **state)
{
    size_t size;
    char *text = describe("pdf", PDF_TABLE, sizeof PDF_TABLE - 1, "cfisac 0", &size);
    const char *table;

    (void)state;
    assert_ptr_equal(strstr(PDF_TABLE, "xref\n0 3"), PDF_TABLE + 84);
    assert_memory_equal(text, PDF_TABLE, sizeof PDF_TABLE - 1);
    table = last_table(text, size);
    assert_memory_equal(table, "xref\n3 1\n", 9);
    assert_memory_equal(text + strtoul(table + 9, NULL, 10), "3 0 obj\n<< /Producer (cairo)\n\n   /Title (map)\n", 46);
    assert_non_null(strstr(text, "/Subject (cfisac 0)\n>>\nendobj\n"));
    assert_non_null(strstr(table, "<< /Size 4 /Root 1 0 R /Info 3 0 R /Prev 84 >>"));
    free(text);
}

static void pdf_with_streams_is_updated_with_a_stream(void **state)
{
    static const char pdf[] =
        "%PDF-1.5\n1 0 obj\n<< /Type /Catalog >>\nendobj\n2 0 obj\n<< /Type /XRef /Size 3 /W [1 2 1] "
        "/Root 1 0 R /Length 0 >>\nstream\n\nendstream\nendobj\nstartxref\n45\n%%EOF\n";
    size_t size;
    char *text = describe("pdf", pdf, sizeof pdf - 1, "", &size);
    const char *table = last_table(text, size), *stream;
    const unsigned char *entry;

    (void)state;
    assert_ptr_equal(strstr(pdf, "2 0 obj"), pdf + 45);
    assert_memory_equal(table,
                        "4 0 obj\n<< /Type /XRef /W [1 4 1] /Index [3 2] /Length 12 /Size 5 /Root 1 0 R "
                        "/Info 3 0 R /Prev 45 >>\nstream\n",
                        109);
    stream = strstr(table, "stream\n") + strlen("stream\n");
    entry = (const unsigned char *)stream;
    assert_int_equal(entry[0], 1);
    assert_memory_equal(text + big_endian(entry + 1), "3 0 obj\n", 8);
    assert_int_equal(entry[6], 1);
    assert_ptr_equal(text + big_endian(entry + 7), table);
    assert_memory_equal(stream + 12, "\nendstream\n", 11);
    free(text);
}

static void pdf_text_beyond_ascii_is_utf16(void **state)
{
    size_t size;
    char *text = describe("pdf", PDF_TABLE, sizeof PDF_TABLE - 1, "\xc3\xa9\xf0\x9d\x84\x9e(", &size);

    (void)state;
    assert_non_null(
        strstr(text, "/Subject <FEFF00E9D834DD1E0028>\n")); /* e with acute, the treble clef, a parenthesis */
    free(text);
}

static void what_is_no_pdf_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "%PDF-",
                                        "%PDF-1.5\nstartxref\n",
                                        "%PDF-1.5\nstartxref\n99999\n%%EOF\n",
                                        "%PDF-1.5\ntrailer << /Size 3 >>\nstartxref\n9\n%%EOF\n",
                                        "GIF89a"};
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(describe("pdf", wrong[i], strlen(wrong[i]), "", &size));
    }
}

/* ------------------------------------------------------------------------------- scripts ---- */

static cfi_status read_script(const char *text, cfi_plot_script *script, cfi_error *error)
{
    char path[] = "/tmp/cfisac_script_XXXXXX";
    int file = mkstemp(path);
    FILE *stream = fdopen(file, "w");
    cfi_status status;

    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
    status = report_read_plot_script(path, script, error);
    unlink(path);
    return status;
}

static void a_script_says_what_it_draws(void **state)
{
    cfi_plot_script script;
    cfi_error error;

    (void)state;
    assert_int_equal(
        read_script("# Figures: map ro-c  Not;this\n# Drops: 12\n# Made by: one\n# Made by: t\x1bwo\nplot 1\n", &script,
                    &error),
        CFI_OK);
    assert_int_equal(script.figures, 2);
    assert_string_equal(script.figure[0], "map");
    assert_string_equal(script.figure[1], "ro-c");
    assert_int_equal(script.drops, 12);
    assert_string_equal(script.about, "one\nt?wo");
    report_plot_script_free(&script);
    assert_int_equal(read_script("plot x\n", &script, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "no drawing of this version, without a line '# Figures: ...'"));
    report_plot_script_free(&script);
    assert_int_equal(report_read_plot_script("/nonexistent/plots.gp", &script, &error), CFI_INVALID);
    report_plot_script_free(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svg_has_title_and_escaped_description),
        cmocka_unit_test(eps_has_comments_in_its_header),
        cmocka_unit_test(png_has_chunks_with_their_checksums),
        cmocka_unit_test(pdf_is_updated_with_a_table_like_its_own),
        cmocka_unit_test(pdf_with_streams_is_updated_with_a_stream),
        cmocka_unit_test(pdf_text_beyond_ascii_is_utf16),
        cmocka_unit_test(what_is_no_pdf_is_refused),
        cmocka_unit_test(a_script_says_what_it_draws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
