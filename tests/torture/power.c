#include "torture.h"
void
torture_power(void)
{
}
