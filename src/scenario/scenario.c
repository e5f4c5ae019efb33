#include "cfisac/scenario.h"
