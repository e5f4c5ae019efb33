/* What the head of plots.gp says, in lines that begin so. */
#ifndef CFISAC_REPORT_PLOT_SCRIPT_H
#define CFISAC_REPORT_PLOT_SCRIPT_H

#define PLOT_FIGURES "# Figures:" /* their names, with spaces between */
#define PLOT_DROPS   "# Drops:"   /* how many there are to choose from */
#define PLOT_ABOUT   "# Made by:" /* a line of what a picture says of its making; there may be several */

#endif
