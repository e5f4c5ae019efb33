#include "cfisac/channel.h"
