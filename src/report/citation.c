/* How to cite the program and the paper. */
#include "cfisac/report.h"
#include "citation_text.h"

void report_write_citation(FILE *stream)
{
    fprintf(stream, "%s  note    = {Built from %s},\n}\n\n%s", CITATION_PROGRAM, report_git_hash(), CITATION_PAPER);
}
