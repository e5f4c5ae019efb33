/* "provenance": which program, which scenario. */
#include "report/provenance.h"

void provenance_json(json_writer *writer, const cfi_scenario *scenario)
{
    json_open(writer, "provenance", '{');
    json_text(writer, "version", report_version());
    json_text(writer, "git", report_git_hash());
    json_text(writer, "scenario_sha256", scenario_sha256(scenario));
    json_count(writer, "seed", scenario_system(scenario)->seed);
    json_text(writer, "blas_core", report_blas_core());
    json_close(writer, '}');
}

void provenance_line(FILE *stream, const cfi_scenario *scenario)
{
    fprintf(stream, "cfisac %s, git %s, BLAS %s, seed %llu, scenario sha256 %s", report_version(), report_git_hash(),
            report_blas_core(), (unsigned long long)scenario_system(scenario)->seed, scenario_sha256(scenario));
}
