import LibAV

/// The filters between one decoder and all rungs: progressive, constant rate, upright, eight bits, square pixels, one output a rung.
struct VideoGraph {
    let source: Source
    let plan: FrameRatePlan
    let rungs: [Rung]

    /// `firstFrame` is where the constant rate goes on: 0, or later when the pictures changed their shape on the way.
    func make(for shape: VideoShape, firstFrame: Int) throws -> FilterGraph {
        let outputs = rungs.map(\.name)
        return try FilterGraph.video(description(shape, firstFrame), input: shape, timeBase: source.video.timeBase, outputs: outputs)
    }

    func description(_ shape: VideoShape, _ firstFrame: Int) -> String {
        var chain: [String] = []
        if source.picture.isInterlaced { chain.append("bwdif=mode=\(plan.doublesFields ? "send_field" : "send_frame"):deint=interlaced") }
        chain.append("fps=fps=\(plan.rate):start_time=\(Playlists.decimal(plan.seconds(firstFrame), 6)):round=near")
        if source.picture.isMirrored { chain.append("hflip") }
        switch source.picture.rotation {
        case 90: chain.append("transpose=clock")
        case 180: chain += ["hflip", "vflip"]
        case 270: chain.append("transpose=cclock")
        default: break
        }
        if source.picture.isHDR && FilterGraph.has("zscale") {
            chain.append("zscale=t=linear:npl=100,format=gbrpf32le,tonemap=hable,zscale=p=bt709:t=bt709:m=bt709:r=tv,format=yuv420p")
        }
        let ends = rungs.indices.map { "[s\($0)]" }
        var text = "[in]" + (chain + ["split=\(rungs.count)"]).joined(separator: ",") + ends.joined()
        // Pictures of red, green and blue have no matrix of their own; the others keep theirs.
        let matrix = source.picture.isRGB ? ":out_color_matrix=bt709" : ""
        for (index, rung) in rungs.enumerated() {
            text += ";[s\(index)]scale=w=\(rung.width):h=\(rung.height):flags=bicubic:out_range=tv\(matrix),format=yuv420p,setsar=1[\(rung.name)]"
        }
        return text
    }
}
