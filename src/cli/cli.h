/* cli: command table, strict option parsing, progress bar. */
#ifndef CFISAC_CLI_H
#define CFISAC_CLI_H

/* Runs the command line; returns the process's exit code (README.md lists them). */
int cli_main(int argc, char **argv);

#endif
