#include "cfisac/linalg.h"
