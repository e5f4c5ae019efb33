/* Bias and spread of the Monte Carlo's rates against the exact form, over independent channels at fixed powers.
 *   rate_bias SCENARIO DROPS REPLICATIONS [KEY=VALUE...]
 * One line: sum rate, its bias in bit/s/Hz and in spreads with the error of that, the spread of a replication, the
 * claimed standard error, then the bias of a user's rate in spreads (mean over users) and the root mean square z-score.
 */
#include "cfisac/scenario.h"
#include "cfisac/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 1000000, MOST_SETTINGS = 16 }; /* replications draw the channels of drops from FIRST on */

/* Differences from the exact value over replications. */
typedef struct moments {
    double sum, squares, claimed, scores;
} moments;

static void add(moments *m, double difference, double claimed)
{
    m->sum += difference;
    m->squares += difference * difference;
    m->claimed += claimed * claimed;
    m->scores += difference * difference / (claimed * claimed);
}

static double spread(const moments *m, double n)
{
    return sqrt((m->squares - m->sum * m->sum / n) / (n - 1.0));
}

/* Over drops, of the sum rate; user_bias over users too. */
typedef struct totals {
    double drops, rate, bias, relative, spread, claimed, scores, user_bias;
} totals;

static void fail(const char *text)
{
    fprintf(stderr, "rate_bias: %s\n", text);
    exit(1);
}

static void replicate(const cfi_record *record, size_t replications, cfi_arena *arena, totals *t)
{
    double n = (double)replications;
    moments all = {0}, *user = calloc(record->K, sizeof *user);
    cfi_network network = *record->network;

    for (size_t r = 0; r < replications; r++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_monte_carlo mc;
        cfi_error error;

        network.drop = FIRST + (uint32_t)r;
        if (metrics_monte_carlo(&network, &record->allocation.powers, 1, NULL, arena, &mc, &error) != CFI_OK) {
            fail(error.text);
        }
        add(&all, mc.sum_rate_bit_s_hz - record->closed_form.sum_rate_exact_bit_s_hz, mc.sum_rate_std_error);
        for (size_t k = 0; k < record->K; k++) {
            add(&user[k], mc.rate_bit_s_hz[k] - record->closed_form.rate_exact_bit_s_hz[k], mc.rate_std_error[k]);
        }
        arena_release(arena, mark);
    }
    t->drops++;
    t->rate += record->closed_form.sum_rate_exact_bit_s_hz;
    t->bias += all.sum / n;
    t->relative += all.sum / n / spread(&all, n);
    t->spread += spread(&all, n);
    t->claimed += sqrt(all.claimed / n);
    t->scores += sqrt(all.scores / n);
    for (size_t k = 0; k < record->K; k++) {
        t->user_bias += user[k].sum / n / spread(&user[k], n) / (double)record->K;
    }
    free(user);
}

static cfi_scenario *read_scenario(int count, char **words)
{
    cfi_setting settings[MOST_SETTINGS + 1] = {{.key = "monte_carlo.bounds", .value = "none"}};
    cfi_scenario *scenario = NULL;
    cfi_error error;
    size_t used = 1;

    for (int i = 4; i < count && used <= MOST_SETTINGS; i++) {
        char *equals = strchr(words[i], '=');

        if (!equals) {
            fail("expected KEY=VALUE");
        }
        *equals = '\0';
        settings[used++] = (cfi_setting){.key = words[i], .value = equals + 1};
    }
    if (scenario_read(words[1], settings, used, &scenario, &error) != CFI_OK) {
        fail(error.text);
    }
    return scenario;
}

int main(int count, char **words)
{
    totals t = {0};
    cfi_scenario *scenario;
    size_t drops, replications;

    if (count < 4) {
        fail("usage: rate_bias SCENARIO DROPS REPLICATIONS [KEY=VALUE...]");
    }
    scenario = read_scenario(count, words);
    drops = strtoul(words[2], NULL, 10);
    replications = strtoul(words[3], NULL, 10);
    for (uint32_t drop = 0; drop < drops; drop++) {
        cfi_arena *arena = arena_create();
        cfi_trial_options options = {.threads = 1};
        cfi_record record;
        cfi_error error;

        if (trial_run(scenario_system(scenario), drop, &options, arena, &record, &error) != CFI_OK) {
            fail(error.text);
        }
        if (record.status == CFI_DROP_OK) {
            replicate(&record, replications, arena, &t);
        }
        arena_destroy(arena);
    }
    printf("sum rate %.3f, bias %+.4f bit/s/Hz = %+.3f +- %.3f spreads; spread %.5f, claimed %.5f, rms z %.3f; a "
           "user's bias "
           "%+.3f spreads\n",
           t.rate / t.drops, t.bias / t.drops, t.relative / t.drops, 1.0 / sqrt(t.drops * (double)replications),
           t.spread / t.drops, t.claimed / t.drops, t.scores / t.drops, t.user_bias / t.drops);
    scenario_destroy(scenario);
    return 0;
}
