#pragma once
#include <microhttpd.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

struct lyceum_http_limits {
    unsigned int idle_seconds;
    unsigned int connections;
    size_t connection_memory;
};

/* Paths and queries stay as they were sent: what %00 and %2F mean is decided where they are decoded. */
static size_t lyceum_http_keep(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context; (void)connection;
    return __builtin_strlen(text);
}

/* MHD_start_daemon is variadic: one call with the options that the server sets. No thread of its own: MHD_run is called by the loop.
   Sendfile is used only when SIGPIPE is said to be handled (the loop ignores it). */
static inline struct MHD_Daemon *lyceum_http_start(
    int listener, const struct lyceum_http_limits *limits, MHD_AcceptPolicyCallback accepts,
    void *(*target)(void *, const char *, struct MHD_Connection *),
    MHD_AccessHandlerCallback handler, MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connected, void *context)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_TURBO, 0, accepts, context, handler, context,
        MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_URI_LOG_CALLBACK, target, context,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        MHD_OPTION_NOTIFY_CONNECTION, connected, context,
        MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_seconds,
        MHD_OPTION_CONNECTION_LIMIT, limits->connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->connection_memory,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, lyceum_http_keep, NULL,
        MHD_OPTION_END);
}

static inline int lyceum_http_epoll(struct MHD_Daemon *daemon)
{
    return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

static inline int lyceum_http_socket(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/* The address at the other end as text; the length, 0 when there is none. */
static inline size_t lyceum_http_address(struct MHD_Connection *connection, char *text, size_t capacity)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr) return 0;
    const struct sockaddr *address = info->client_addr;
    const void *bytes = address->sa_family == AF_INET ? (const void *)&((const struct sockaddr_in *)address)->sin_addr
        : address->sa_family == AF_INET6 ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr : NULL;
    if (!bytes || !inet_ntop(address->sa_family, bytes, text, (socklen_t)capacity)) return 0;
    return __builtin_strlen(text);
}

/* What tells a client's network from others, as 8 bytes: an IPv4 address, or the first half of an IPv6 one, which is one subscriber's. Returns the
   family it is of, 0 for another one. */
static inline int lyceum_http_network(const struct sockaddr *address, socklen_t length, uint64_t *network)
{
    *network = 0;
    if (address && address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
        __builtin_memcpy(network, &((const struct sockaddr_in *)address)->sin_addr, 4);
        return 4;
    }
    if (!address || address->sa_family != AF_INET6 || length < sizeof(struct sockaddr_in6)) return 0;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (!IN6_IS_ADDR_V4MAPPED(six)) {
        __builtin_memcpy(network, six, 8);
        return 6;
    }
    __builtin_memcpy(network, six->s6_addr + 12, 4);
    return 4;
}

/* Bytes that have arrived and were not read. */
static inline int lyceum_http_unread(int socket)
{
    int count = 0;
    return ioctl(socket, FIONREAD, &count) == 0 ? count : 0;
}

/* Whether a listening socket has a connection to accept. */
static inline int lyceum_http_waiting(int listener)
{
    struct pollfd poll_one = { .fd = listener, .events = POLLIN };
    return poll(&poll_one, 1, 0) == 1 && (poll_one.revents & POLLIN);
}

/* An epoll set that reports, once each, the sockets whose other end has gone: libmicrohttpd does not look at suspended connections. */
static inline int lyceum_http_departures(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

static inline int lyceum_http_departures_add(int set, int socket, uint64_t tag)
{
    struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET, .data = { .u64 = tag } };
    return epoll_ctl(set, EPOLL_CTL_ADD, socket, &event);
}

/* Up to 64 tags. */
static inline int lyceum_http_departures_take(int set, uint64_t *tags)
{
    struct epoll_event events[64];
    int count = epoll_wait(set, events, 64, 0);
    for (int i = 0; i < count; i++) tags[i] = events[i].data.u64;
    return count;
}
