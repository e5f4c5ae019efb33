/* The innermost loops of pairs.c, for vectors of TILE_WIDTH numbers: included once for each width, by nobody else.
 * Every lane is added up alone and in the order of access points, so that no bit depends on the width. */

#define TILE_NAMED(name, width)   name##_##width
#define TILE_NAME_OF(name, width) TILE_NAMED(name, width)
#define TILE_NAME(name)           TILE_NAME_OF(name, TILE_WIDTH)
#define tile_vector               TILE_NAME(tile_vector)

typedef double tile_vector
    __attribute__((vector_size(TILE_WIDTH * sizeof(double)), may_alias, aligned(sizeof(double))));

/* sum_kj += sum_l heard_kl sent_jl for TILE_HEARERS users by TILE_STREAMS streams, in the lanes from `lane` on. The row
 * `ahead` is asked for meanwhile. */
INLINE void TILE_NAME(add_few)(pair_block *b, size_t k, size_t j, size_t lane, size_t count, const double *ahead)
{
    tile_vector sum[TILE_HEARERS][TILE_STREAMS];

    for (size_t h = 0; h < TILE_HEARERS; h++) {
        for (size_t i = 0; i < TILE_STREAMS; i++) {
            sum[h][i] = *(const tile_vector *)(b->sum[k + h][j + i] + lane);
        }
    }
    for (size_t l = lane; l < count; l += LANES) {
        tile_vector sent[TILE_STREAMS];

        if (lane == 0) {
            __builtin_prefetch(ahead + l);
        }
        for (size_t i = 0; i < TILE_STREAMS; i++) {
            sent[i] = *(const tile_vector *)(b->sent[j + i] + l);
        }
        for (size_t h = 0; h < TILE_HEARERS; h++) {
            tile_vector heard = *(const tile_vector *)(b->heard[k + h] + l);

            for (size_t i = 0; i < TILE_STREAMS; i++) {
                sum[h][i] += heard * sent[i];
            }
        }
    }
    for (size_t h = 0; h < TILE_HEARERS; h++) {
        for (size_t i = 0; i < TILE_STREAMS; i++) {
            *(tile_vector *)(b->sum[k + h][j + i] + lane) = sum[h][i];
        }
    }
}

/* All sums of a block; what is computed beyond `hearers` and `streams` nobody reads. */
INLINE void TILE_NAME(add_tiles)(pair_block *b, size_t hearers, size_t streams, size_t count)
{
    for (size_t j = 0; j < streams; j += TILE_STREAMS) {
        for (size_t k = 0; k < hearers; k += TILE_HEARERS) {
            const double *ahead = b->ahead[j / TILE_STREAMS * (BLOCK / TILE_HEARERS) + k / TILE_HEARERS];

            for (size_t lane = 0; lane < LANES; lane += TILE_WIDTH) {
                TILE_NAME(add_few)(b, k, j, lane, count, ahead);
            }
        }
    }
}

/* v of up to TILE_STREAMS streams, minus what they cost `hearers` users, whose rows are `heard`. What comes next is
 * asked for meanwhile. */
INLINE void TILE_NAME(subtract_tiles)(size_t hearers, size_t count, const double (*heard)[BLOCK_APS],
                                      const pair_costs *costs)
{
    enum { VECTORS = LANES / TILE_WIDTH };

    for (size_t l = 0; l < count; l += LANES) {
        tile_vector sum[TILE_STREAMS][VECTORS];

        for (size_t j = 0; j < TILE_STREAMS; j++) {
            __builtin_prefetch(costs->next_row[j] + l);
            __builtin_prefetch(costs->next_v[j] + l, 1);
            for (size_t i = 0; i < VECTORS; i++) {
                sum[j][i] = *(const tile_vector *)(costs->v[j] + l + i * TILE_WIDTH);
            }
        }
        for (size_t k = 0; k < hearers; k++) {
            for (size_t i = 0; i < VECTORS; i++) {
                tile_vector row = *(const tile_vector *)(heard[k] + l + i * TILE_WIDTH);

                for (size_t j = 0; j < TILE_STREAMS; j++) {
                    sum[j][i] -= costs->cost[k][j] * row;
                }
            }
        }
        for (size_t j = 0; j < TILE_STREAMS; j++) {
            for (size_t i = 0; i < VECTORS; i++) {
                *(tile_vector *)(costs->v[j] + l + i * TILE_WIDTH) = sum[j][i];
            }
        }
    }
}

#undef tile_vector
#undef TILE_NAME
#undef TILE_NAME_OF
#undef TILE_NAMED
#undef TILE_WIDTH
