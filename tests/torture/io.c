#include "torture.h"
void
torture_io(void)
{
}
