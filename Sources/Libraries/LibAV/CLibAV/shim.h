#pragma once
#include <libavformat/avformat.h>
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <libswresample/swresample.h>
#include <errno.h>
#include <stdarg.h>

// Macros of four characters or of errno, which Swift does not see.
static const int libav_end_of_file = AVERROR_EOF;
static const int libav_exit = AVERROR_EXIT;
static const int libav_invalid_data = AVERROR_INVALIDDATA;
static const int libav_again = AVERROR(EAGAIN);
static const int libav_out_of_memory = AVERROR(ENOMEM);
static const int libav_not_permitted = AVERROR(EPERM);
static const int libav_decoder_not_found = AVERROR_DECODER_NOT_FOUND;
static const int libav_encoder_not_found = AVERROR_ENCODER_NOT_FOUND;
static const int libav_demuxer_not_found = AVERROR_DEMUXER_NOT_FOUND;
static const int libav_filter_not_found = AVERROR_FILTER_NOT_FOUND;
static const int64_t libav_no_timestamp = AV_NOPTS_VALUE;
static inline int libav_error(int number) { return AVERROR(number); }

// libav's log callback takes a va_list: the line is made here and handed over as text.
typedef void (*libav_log_sink)(int level, const char *line);
static inline libav_log_sink *libav_sink(void) { static libav_log_sink sink; return &sink; }
static void libav_log_line(void *object, int level, const char *format, va_list arguments) {
    if (level > av_log_get_level() || !*libav_sink()) return;
    char line[512];
    int prefix = 1;
    av_log_format_line2(object, level, format, arguments, line, sizeof line, &prefix);
    (*libav_sink())(level, line);
}
static inline void libav_set_log_sink(libav_log_sink sink, int level) {
    *libav_sink() = sink;
    av_log_set_level(level);
    av_log_set_callback(libav_log_line);
}
