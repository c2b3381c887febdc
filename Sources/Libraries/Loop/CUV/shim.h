#pragma once
#include <uv.h>

/* Not visible to Swift without _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);
