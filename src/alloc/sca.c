#include "cfisac/alloc.h"
