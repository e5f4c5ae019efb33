#include "cfisac/report.h"
