/* The least that a FastCGI authorizer can do: says yes. What protect is
 * measured against. */
#include <fcgiapp.h>

int
main(void)
{
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 3;
	while (FCGX_Accept_r(&request) == 0)
		FCGX_PutS("Status: 200\r\nContent-Length: 0\r\n\r\n",
			request.out);
	return 0;
}
