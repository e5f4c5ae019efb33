#include "cfisac/base.h"
