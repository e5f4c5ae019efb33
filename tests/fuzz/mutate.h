/* A fuzz target without a fuzzer: the files given, and small changes of them, the same at every run. The target
 * includes this last. */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include "demand.h"

enum { LONGEST = 65536 };

/* The format's own words, to be put in between. */
typedef struct mutator {
    const char *const *piece;
    size_t pieces;
    uint64_t seed;
} mutator;

static size_t pick(cfi_stream *stream, size_t below)
{
    double u;

    random_uniforms(stream, 1, &u);
    return (size_t)(u * (double)below);
}

static size_t cut(uint8_t *data, size_t size, size_t at, size_t gone)
{
    memmove(data + at, data + at + gone, size - at - gone);
    return size - gone;
}

/* One small change: another byte, a byte less, a piece of the format in between, a line less, the rest cut off. */
static size_t mutate(const mutator *m, cfi_stream *stream, uint8_t *data, size_t size)
{
    size_t at = pick(stream, size), kind = pick(stream, 6);
    const char *piece = m->piece[pick(stream, m->pieces)];
    size_t length = *piece ? strlen(piece) : 1;

    if (kind == 0) {
        data[at] = (uint8_t)pick(stream, 256);
    } else if (kind == 1) {
        return cut(data, size, at, 1);
    } else if (kind < 4) {
        memmove(data + at + length, data + at, size - at);
        memcpy(data + at, piece, length);
        return size + length;
    } else if (kind == 4) {
        const uint8_t *end = memchr(data + at, '\n', size - at);

        return cut(data, size, at, end ? (size_t)(end - (data + at)) + 1 : size - at);
    } else if (pick(stream, 8) == 0) {
        return at;
    }
    return size;
}

/* An input of at most LONGEST bytes as it is, and `mutations` changes of it. */
static inline void run_seed(const mutator *m, const uint8_t *seed, size_t size, size_t mutations)
{
    static uint8_t data[LONGEST + 256];
    cfi_stream stream = stream_make(m->seed, 0, CFI_DRAW_START, 0);

    LLVMFuzzerTestOneInput(seed, size);
    for (size_t i = 0; i < mutations; i++) {
        size_t length = size, changes = 1 + pick(&stream, 3);

        memcpy(data, seed, size);
        for (size_t j = 0; j < changes && length > 1; j++) {
            length = mutate(m, &stream, data, length);
        }
        LLVMFuzzerTestOneInput(data, length);
    }
}

static inline void run_file(const mutator *m, const char *path, size_t mutations)
{
    static uint8_t seed[LONGEST];
    FILE *file = fopen(path, "rb");
    size_t size;

    demand(file != NULL, "the seed file can be opened");
    size = fread(seed, 1, sizeof seed, file);
    fclose(file);
    run_seed(m, seed, size, mutations);
}

/* PROGRAM [--mutate COUNT] FILE...   COUNT mutations in all, spread over the files. Mutations of which none was
 * accepted, or none refused, would show nothing. */
static inline int run_files(const mutator *m, int argc, char **argv)
{
    int first = argc > 2 && strcmp(argv[1], "--mutate") == 0 ? 3 : 1;
    size_t mutations = first == 3 && argc > 3 ? strtoul(argv[2], NULL, 10) / (size_t)(argc - 3) : 0;

    demand(argc > first, "there are files");
    demand(first == 1 || mutations > 0, "there are mutations");
    for (int i = first; i < argc; i++) {
        run_file(m, argv[i], mutations);
    }
    printf("%zu inputs accepted, %zu refused\n", accepted, refused);
    demand(mutations == 0 || (accepted > 0 && refused > 0), "some inputs are accepted and some refused");
    return 0;
}

#endif
