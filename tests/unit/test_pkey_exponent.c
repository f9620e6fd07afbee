/* A stored RSA key with another exponent than 65537. */
#include "codec.h"
#include "pkey.h"
#include "vectors.h"

int test_pkey_exponent(void);

/* A whole pair of 2048 bits whose exponent is 3, as PKCS#8. */
static const char three[] =
	"308204be020100300d06092a864886f70d0101010500048204a8308204a4"
	"0201000282010100fa06708820a5e346d4e7b98bb5f8fbc662ae43664ea0"
	"86402c3b249adb038c1e8a4153da7319f53ad0f86541a68b4663af3e869e"
	"ec87101114baea1ba2f376ee2f6b2a0753466e1cb4a3a0aa534f0ecbba97"
	"62a4a5bb18e1f82ce57bf6b5599d03845ff03182f22a397d82a1b8c7362a"
	"57896503c6e475cfcccfd39e2916f3fc13d04bda6434a881e67859cdfc14"
	"c632fd7b72559b596b2f9eabf86e1a763d90bd609e599a0c3f5692dd1c80"
	"2a052b3c94d643195a400035b864b0fb1dfa95ec37f6a9421676069c0749"
	"a4fc34313ed2c7895db3ea0c7da3046eb9d1f50d6e6da13751b8cb6ae45e"
	"9a26d510978ae13626aa743e29fed0c28af7cef70b1bb0d9020103028201"
	"0100a6aef5b015c3ecd9e345265d23fb528441c98244346b042ac8276dbc"
	"92025d69b180e291a2114e2735faee2bc45cd997ca29af149daf600b6327"
	"46bd174cf9f41f9cc6af8cd99ebdcdc26b1c378a09dd270f97186e7cbb41"
	"501dee52a478e668ad02eaa02101f6c6d0fe57167b2f79718fb0ee028498"
	"4e8a888a8d141b64a2a6bbdeae5ce5fc21e158cd8382feb4b566ff654f09"
	"91135ef0a90cfc5d3ec0ffbbd05cd82f458bd54a6cdabc3107a3d3dbcdba"
	"429aabda175a245c5ac27517bac1f403e78d28fb2fea42f303e536c573a3"
	"9d553fb349f6a8d32b72085079c670bdb0c40d6e0323e55f0af61983fefc"
	"acdfbaa27ba4beb48285f75386151dbd6d2302818100ff327f5e23270b47"
	"1c708c32e60fc4cdf13e06c6d76566a9ec7ee4a3847fd33d2dc6432ef66c"
	"88732a1641ab2875c4b42ff1c2dafa3291fa15dee8bf29437613def82bb0"
	"f82415a49182d2affeeb1e64521d77220a4d84d3cc73d7cdd2be3949e02f"
	"6995408f931d1ff357fc700414da4e86875ddf18f2d7d18877d94cf206bf"
	"02818100facfc6f0e8136a68c4d3885697f5f14a8d2575006a56f61cb499"
	"993eb7d4eab9d70f16e3bb4df6f3c57ec08b7619a8beb04d1c565e464b34"
	"6bfb4018451387b56af8a23d60d92918115a4c74631df2f9096c0704f0cc"
	"fb9276cfd58b6ba58c0737e1d3fe86257932e9c256ce290bc90c40303369"
	"2cd71a21c6720dfe118d866702818100aa21aa3ec21a0784bda05d77440a"
	"8333f62959d9e4ee44714854986d02ffe228c92ed774a4485af771642bc7"
	"704e8322caa12c91fc21b6a6b93f45d4c62cf96294a57275fac2b9186101"
	"e1caa9f21442e168fa16b1890337dda28fde8c7ed0dbeaca4663805fb768"
	"bff78ffda002b89189af04e93f65f73a8bb04fe6334c047f02818100a735"
	"2f4b456246f08337b039baa3f631b36e4e0046e4a413231110d47a8df1d1"
	"3a0a0f427cdea4a283a9d5b24ebbc5d47588bd8ee9843222f2a780102e0d"
	"05239ca5c17e4090c6100b91884d97694ca6064804adf5ddfd0c4f353907"
	"9d190804cfebe2a9aec3a621f12c39dec607db5d802022461de4bc16844c"
	"09540bb3aeef02818100c73d28759bc25ad0ae7b9a2704d88c85b512682b"
	"ef7cf570da536c1d56ac5420ec7238805a8c42351404b09d42774677f302"
	"9056fd52fae151df9f71f0ad5773f3b610fb600ff701750d3bde87ed6138"
	"054cddb2c4c6ba10db46a6e04cd1803f1ae44c5d9dd0c878a6b01059d9b3"
	"d4e3a9b246efe7565d11e7eb00f55dc40a8f";

/* J20: what is imported and what is stored have one rule. With so small an
 * exponent a signature without its padding is a cube that anybody can find. */
static void
an_rsa_key_with_the_exponent_3_is_not_read(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct pkey *key = NULL;
	struct span der;

	(void)state;
	assert_int_equal(hex_decode(arena, span_of(three), &der), OST_OK);
	assert_int_equal(pkey_decode(PKEY_RSA, der, &key), OST_BADINPUT);
	assert_null(key);
	arena_free(arena);
}

int
test_pkey_exponent(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_rsa_key_with_the_exponent_3_is_not_read),
	};

	return cmocka_run_group_tests_name("pkey_exponent", tests, NULL, NULL);
}
