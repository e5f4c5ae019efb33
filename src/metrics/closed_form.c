#include "cfisac/metrics.h"
