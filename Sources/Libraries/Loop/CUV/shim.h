#pragma once
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

/* Not visible to Swift without _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int close_range(unsigned int first, unsigned int last, int flags);

/* In a child, on its own copy of the table: every descriptor from 3 on will be closed by exec but those that libuv then puts in place.
   libuv trusts whoever opened them for that; done in the parent, another thread could open one in between. (CLOSE_RANGE_CLOEXEC is 4; Linux 5.11.) */
static void lyceum_after_fork(void)
{
    int before = errno;
    (void)close_range(3, ~0U, 4);
    errno = before;
}

/* Once a process; 0 or an errno. */
static inline int lyceum_close_on_exec(void)
{
    return pthread_atfork(NULL, NULL, lyceum_after_fork);
}

/* Signals as bytes in a pipe. In C, since nothing else may run in a handler; whichever thread the kernel chooses for it. */
static int lyceum_signal_end = -1;

static void lyceum_signal_handler(int number)
{
    int before = errno;
    unsigned char byte = (unsigned char)number;
    (void)!write(lyceum_signal_end, &byte, 1);
    errno = before;
}

/* The end to read from; -1 when there is no pipe to be had. Once a process. */
static inline int lyceum_signals(const int *numbers, int count)
{
    int ends[2];
    if (pipe(ends) != 0) return -1;
    for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    lyceum_signal_end = ends[1];
    struct sigaction action = { .sa_handler = lyceum_signal_handler, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < count; i++) sigaction(numbers[i], &action, NULL);
    return ends[0];
}
