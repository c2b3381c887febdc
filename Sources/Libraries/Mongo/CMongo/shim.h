#pragma once
#include <mongoc/mongoc.h>

/* bson_t is over-aligned, which Swift imports as opaque: it allocates one by these and asks for its length here. */
enum { lyceum_bson_size = sizeof(bson_t), lyceum_bson_alignment = _Alignof(bson_t) };
static inline uint32_t lyceum_bson_length(const bson_t *bson) { return bson->len; }
