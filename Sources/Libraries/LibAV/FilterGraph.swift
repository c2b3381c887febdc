internal import CLibAV

/// One input (or none, for a generating filter) through libavfilter to one or more outputs. Single-threaded, so that it gives the same every time.
public struct FilterGraph: ~Copyable {
    private let raw: UnsafeMutablePointer<AVFilterGraph>
    private var input: UnsafeMutablePointer<AVFilterContext>?
    private var outputs: [UnsafeMutablePointer<AVFilterContext>] = []

    private init(owning raw: UnsafeMutablePointer<AVFilterGraph>) { self.raw = raw }
    deinit { var pointer: UnsafeMutablePointer<AVFilterGraph>? = raw; avfilter_graph_free(&pointer) }

    /// Pictures: `description` starts at `[in]` and ends at each name of `outputs`, as in `[in]scale=640:360[out]`.
    public static func video(_ description: String, input shape: VideoShape, timeBase: Rational, outputs: [String]) throws(AVError) -> FilterGraph {
        let aspect = shape.sampleAspect.isPositive ? shape.sampleAspect : Rational(1, 1)
        let arguments = "video_size=\(shape.width)x\(shape.height):pix_fmt=\(shape.pixelFormat):time_base=\(timeBase):pixel_aspect=\(aspect)"
        return try make(description, source: ("buffer", arguments), sink: "buffersink", outputs: outputs)
    }

    /// Sound, the same way.
    public static func audio(_ description: String, input shape: AudioShape, timeBase: Rational, outputs: [String]) throws(AVError) -> FilterGraph {
        let arguments = "time_base=\(timeBase):sample_rate=\(shape.rate):sample_fmt=\(shape.format):channel_layout=\(shape.layout)"
        return try make(description, source: ("abuffer", arguments), sink: "abuffersink", outputs: outputs)
    }

    /// Pictures out of a generating filter such as `testsrc2`; nothing is pushed.
    public static func generator(_ description: String, outputs: [String]) throws(AVError) -> FilterGraph {
        try make(description, source: nil, sink: "buffersink", outputs: outputs)
    }

    private static func make(_ description: String, source: (filter: String, arguments: String)?, sink: String, outputs names: [String])
        throws(AVError) -> FilterGraph
    {
        var graph = FilterGraph(owning: try check(avfilter_graph_alloc(), "avfilter_graph_alloc"))
        graph.raw.pointee.nb_threads = 1
        if let source { graph.input = try graph.add(source.filter, "in", source.arguments) }
        for name in names { graph.outputs.append(try graph.add(sink, name, nil)) }
        try graph.parse(description, names)
        try check(avfilter_graph_config(graph.raw, nil), "configure the filters")
        return graph
    }

    private func add(_ filter: String, _ name: String, _ arguments: String?) throws(AVError) -> UnsafeMutablePointer<AVFilterContext> {
        var context: UnsafeMutablePointer<AVFilterContext>?
        guard let definition = avfilter_get_by_name(filter) else { throw AVError(code: libav_filter_not_found, operation: "avfilter_get_by_name") }
        try check(avfilter_graph_create_filter(&context, definition, name, arguments, nil, raw), "avfilter_graph_create_filter")
        return try check(context, "avfilter_graph_create_filter")
    }

    /// libav's lists run the other way round: its "outputs" are the open ends that our input feeds.
    private func parse(_ description: String, _ names: [String]) throws(AVError) {
        var feeding: UnsafeMutablePointer<AVFilterInOut>?
        var draining: UnsafeMutablePointer<AVFilterInOut>?
        defer { avfilter_inout_free(&feeding); avfilter_inout_free(&draining) }
        if let input {
            let end = try check(avfilter_inout_alloc(), "avfilter_inout_alloc")
            (end.pointee.name, end.pointee.filter_ctx, end.pointee.pad_idx, end.pointee.next) = (av_strdup("in"), input, 0, nil)
            feeding = end
        }
        for (name, output) in zip(names, outputs).reversed() {
            let end = try check(avfilter_inout_alloc(), "avfilter_inout_alloc")
            (end.pointee.name, end.pointee.filter_ctx, end.pointee.pad_idx, end.pointee.next) = (av_strdup(name), output, 0, draining)
            draining = end
        }
        try check(avfilter_graph_parse_ptr(raw, description, &draining, &feeding, nil), "read the filters")
    }

    /// Gives a frame in; the caller keeps its own.
    public func push(_ frame: borrowing Frame) throws(AVError) {
        guard let input else { return }
        try check(av_buffersrc_add_frame_flags(input, frame.raw, CInt(AV_BUFFERSRC_FLAG_KEEP_REF)), "filter")
    }
    /// No frame comes after this. `end` is when the last one stops being shown, in the time base of the input; without it the last lasts no time at
    /// all.
    public func finish(at end: Int64? = nil) throws(AVError) {
        guard let input else { return }
        try check(end.map { av_buffersrc_close(input, $0, 0) } ?? av_buffersrc_add_frame_flags(input, nil, 0), "end filtering")
    }
    /// The next frame of output `index`, in the order given to `video` or `audio`.
    public func pull(_ index: Int, into frame: borrowing Frame) throws(AVError) -> Received {
        av_frame_unref(frame.raw)
        return try Received(av_buffersink_get_frame(outputs[index], frame.raw), "filter")
    }

    /// Unit of the timestamps of output `index`.
    public func timeBase(_ index: Int) -> Rational { Rational(av_buffersink_get_time_base(outputs[index])) }
    /// Frames of sound come in exactly this many samples, but for the last.
    public func setFrameSize(_ index: Int, samples: Int) { av_buffersink_set_frame_size(outputs[index], CUnsignedInt(samples)) }

    /// This build of libavfilter has a filter of that name.
    public static func has(_ filter: String) -> Bool { avfilter_get_by_name(filter) != nil }
}
