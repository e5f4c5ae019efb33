#include "cfisac/trial.h"
