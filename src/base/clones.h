/* Hot loops are compiled several times; the one for the widest vectors of the machine runs. */
#ifndef CFISAC_BASE_CLONES_H
#define CFISAC_BASE_CLONES_H

#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

#endif
