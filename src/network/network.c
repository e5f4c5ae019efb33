#include "cfisac/network.h"
