#include "cfisac/sweep.h"
