#include "torture.h"
void torture_points(void){}
