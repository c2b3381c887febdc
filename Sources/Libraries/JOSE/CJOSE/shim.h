#pragma once
#include <cjose/cjose.h>
#include <openssl/evp.h>

// libcjose fills and frees its objects with the C allocator; a key's text is wiped before it goes back.
#include <string.h>
#include <stdlib.h>
static inline void lyceum_wipe_and_free(char *text)
{
    if (text) { explicit_bzero(text, strlen(text)); free(text); }
}
