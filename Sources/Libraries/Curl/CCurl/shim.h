#pragma once
#include <curl/curl.h>

// libcurl's setters are variadic: one function per type of argument. Each says whether the option was taken.
static inline int lyceum_set_long(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value) == CURLE_OK; }
static inline int lyceum_set_large(CURL *easy, CURLoption option, curl_off_t value) { return curl_easy_setopt(easy, option, value) == CURLE_OK; }
static inline int lyceum_set_text(CURL *easy, CURLoption option, const char *value) { return curl_easy_setopt(easy, option, value) == CURLE_OK; }
static inline int lyceum_set_pointer(CURL *easy, CURLoption option, const void *value) { return curl_easy_setopt(easy, option, value) == CURLE_OK; }

typedef size_t (*lyceum_transfer_function)(char *bytes, size_t size, size_t count, void *context);

// Head and body go to one context.
static inline int lyceum_set_functions(CURL *easy, lyceum_transfer_function head, lyceum_transfer_function write, void *context)
{
    return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, head) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_HEADERDATA, context) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, write) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_WRITEDATA, context) == CURLE_OK;
}

// A body that is sent piece by piece; libcurl may go back to its beginning.
static inline int lyceum_set_source(CURL *easy, lyceum_transfer_function read, curl_seek_callback seek, void *context)
{
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, read) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_READDATA, context) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_SEEKDATA, context) == CURLE_OK;
}

// Asked with each address before its socket is made (it makes it, or says CURL_SOCKET_BAD), and once more when the connection is there, be it a new or
// a kept one.
static inline int lyceum_set_gates(CURL *easy, curl_opensocket_callback open, curl_prereq_callback before, void *context)
{
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_PREREQDATA, context) == CURLE_OK;
}

// What is sent comes from the context, and libcurl asks it from time to time (every second at least) whether to go on.
static inline int lyceum_set_upload(CURL *easy, lyceum_transfer_function read, curl_xferinfo_callback progress, void *context)
{
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, read) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_READDATA, context) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, progress) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_XFERINFODATA, context) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
}

// The socket of the last connection while it is kept; -1 when there is none.
static inline curl_socket_t lyceum_active_socket(CURL *easy)
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK) return CURL_SOCKET_BAD;
    return socket;
}

// The getter is variadic as well.
static inline long lyceum_get_long(CURL *easy, CURLINFO info)
{
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

static inline void lyceum_multi_callbacks(CURLM *multi, curl_socket_callback socket, curl_multi_timer_callback timer, void *context)
{
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}
static inline void lyceum_multi_long(CURLM *multi, CURLMoption option, long value) { curl_multi_setopt(multi, option, value); }

// The next transfer that has ended, with its result; null when none has.
static inline CURL *lyceum_multi_done(CURLM *multi, CURLcode *code)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)))
        if (message->msg == CURLMSG_DONE) { *code = message->data.result; return message->easy_handle; }
    return 0;
}
