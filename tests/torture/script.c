#include "torture.h"
