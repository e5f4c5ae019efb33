#include "cfisac/socp.h"
