#pragma once
#include <uv.h>

/* Not visible to Swift without _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int close_range(unsigned int first, unsigned int last, int flags);

/* Every descriptor from 3 on will be closed by exec. libuv trusts whoever opened it for that. (CLOSE_RANGE_CLOEXEC is 4; Linux 5.11.) */
static inline void lyceum_close_on_exec(void)
{
    (void)close_range(3, ~0U, 4);
}
