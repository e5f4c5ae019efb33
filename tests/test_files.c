/* base: whole files in, whole files out, strings of JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/output.h"
#include "base/replace.h"
#include "base/text.h"
#include "base/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A stream of `count` bytes, i % 251 each, read back with `most`. */
static char *read_bytes(size_t count, size_t most, size_t *length)
{
    FILE *stream = tmpfile();
    char *text;

    assert_non_null(stream);
    for (size_t i = 0; i < count; i++) {
        fputc((int)(i % 251), stream);
    }
    rewind(stream);
    text = text_file_read(stream, most, length);
    assert_non_null(text);
    fclose(stream);
    return text;
}

static void a_file_of_any_length_is_read_to_its_last_byte(void **state)
{
    const size_t blocks[] = {0, 1, 65534, 65535, 65536, 131071, 131072, 300000};

    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        size_t length = 7;
        char *text = read_bytes(blocks[i], SIZE_MAX, &length);

        assert_int_equal(length, blocks[i]);
        assert_int_equal(text[length], '\0');
        for (size_t j = 0; j < length; j++) {
            assert_int_equal((unsigned char)text[j], j % 251);
        }
        free(text);
    }
}

static void a_longer_file_is_told_by_one_byte(void **state)
{
    const size_t most[] = {0, 1, 65534, 65535, 65536, 100000};

    (void)state;
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        for (size_t more = 0; more < 3; more++) {
            size_t length;
            char *text = read_bytes(most[i] + more, most[i], &length);

            assert_int_equal(length, most[i] + (more > 0));
            assert_int_equal(text[length], '\0');
            free(text);
        }
    }
}

static void a_stream_that_cannot_be_read_says_why(void **state)
{
    FILE *folder = fopen("/", "r");
    cfi_error error;
    size_t length;

    (void)state;
    assert_non_null(folder);
    errno = 0;
    assert_null(text_file_read(folder, SIZE_MAX, &length));
    assert_int_equal(errno, EISDIR);
    fclose(folder);
    assert_int_equal(text_file_error("a/b", EISDIR, &error), CFI_INVALID);
    assert_string_equal(error.text, "a/b: cannot be read: Is a directory");
    assert_int_equal(text_file_error("a/b", ENOMEM, &error), CFI_NO_MEMORY);
    assert_string_equal(error.text, "out of memory for a/b");
}

static void json_escapes_what_it_must_and_repairs_what_is_no_text(void **state)
{
    static const struct {
        const char *text, *escape;
        size_t count;
    } expected[] = {{"a", "", 1},
                    {"\"", "\\\"", 1},
                    {"\\", "\\\\", 1},
                    {"\b", "\\b", 1},
                    {"\f", "\\f", 1},
                    {"\n", "\\n", 1},
                    {"\r", "\\r", 1},
                    {"\t", "\\t", 1},
                    {"\x01", "\\u0001", 1},
                    {"\x7f", "\\u007f", 1},
                    {"\xc2\x9b", "\\u009b", 2},
                    {"\xc3\xa9", "", 2},
                    {"\xff", "\\ufffd", 1},
                    {"/", "", 1}};

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char escape[TEXT_ESCAPE_LENGTH];

        assert_int_equal(text_json_escape(expected[i].text, strlen(expected[i].text), escape), expected[i].count);
        assert_string_equal(escape, expected[i].escape);
    }
}

/* ------------------------------------------------------------------------------ replacing ---- */

static cfi_status write_word(const void *context, FILE *stream, cfi_error *error)
{
    fputs(context, stream);
    return output_finish(stream, "a word", error);
}

static cfi_status refuse_to_write(const void *context, FILE *stream, cfi_error *error)
{
    (void)context;
    (void)stream;
    return error_set(error, CFI_FAILED, "refused");
}

static void assert_holds(const char *directory, const char *name, const char *expected)
{
    char path[96], text[64] = "";
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    stream = fopen(path, "r");
    assert_non_null(stream);
    assert_true(fread(text, 1, sizeof text - 1, stream) > 0);
    fclose(stream);
    assert_string_equal(text, expected);
}

/* A file that cannot be written leaves every old one as it was. */
static void files_are_replaced_all_or_none(void **state)
{
    char directory[] = "/tmp/cfisac-files-XXXXXX", path[96];
    const replace_part first[] = {{"a", write_word, "one"}, {"b", write_word, "two"}};
    const replace_part broken[] = {{"a", write_word, "three"}, {"b", refuse_to_write, NULL}};
    cfi_error error;

    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(replace_files(directory, first, 2, &error), CFI_OK);
    assert_int_equal(replace_files(directory, broken, 2, &error), CFI_FAILED);
    assert_string_equal(error.text, "refused");
    assert_holds(directory, "a", "one");
    assert_holds(directory, "b", "two");
    assert_int_equal(replace_file(directory, "a", write_word, "four", &error), CFI_OK);
    assert_holds(directory, "a", "four");
    for (const char *name = "ab"; *name; name++) {
        snprintf(path, sizeof path, "%s/%c", directory, *name);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(directory), 0); /* hence without temporary files */
}

static bool is_mine(const char *name)
{
    return strcmp(name, "mine") == 0;
}

/* Of a process that is gone, and of our names, only. */
static void only_our_own_leftovers_are_removed(void **state)
{
    static const char *const kept[] = {".yours.999999999.tmp", ".mine.1.tmp", ".mine.tmp", "mine", ".mine.x.tmp"};
    static const char *const removed[] = {".mine.999999999.tmp", ".cfisac.999999999.tmp"};
    char directory[] = "/tmp/cfisac-files-XXXXXX", path[96];

    (void)state;
    assert_non_null(mkdtemp(directory));
    for (size_t i = 0; i < 7; i++) {
        FILE *file;

        snprintf(path, sizeof path, "%s/%s", directory, i < 5 ? kept[i] : removed[i - 5]);
        file = fopen(path, "w");
        assert_non_null(file);
        fclose(file);
    }
    replace_remove_temporaries(directory, is_mine);
    for (size_t i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, kept[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(directory), 0); /* hence the others are gone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_any_length_is_read_to_its_last_byte),
        cmocka_unit_test(a_longer_file_is_told_by_one_byte),
        cmocka_unit_test(a_stream_that_cannot_be_read_says_why),
        cmocka_unit_test(json_escapes_what_it_must_and_repairs_what_is_no_text),
        cmocka_unit_test(files_are_replaced_all_or_none),
        cmocka_unit_test(only_our_own_leftovers_are_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
