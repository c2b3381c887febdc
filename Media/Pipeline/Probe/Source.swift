import LibAV

/// What the plan and the encoders need to know of an accepted file.
struct Source {
    let container: Container
    let video: StreamFacts
    let picture: StreamFacts.Video
    /// From the packets' own times, in seconds.
    let seconds: Double
    /// How much later than the sound the pictures begin; 0 when they do not.
    let leadSeconds: Double
    let packets: Int
    /// Measured bits a second of the pictures.
    let bitRate: Int
    let isVariable: Bool
    /// Packets a second, and the rate that most of them keep.
    let meanRate: Double
    let commonRate: Double
    let audio: StreamFacts?
    /// Where the earlier of the two streams begins on the file's own clock: zero of what is made.
    let startSeconds: Double

    /// Of what is made of it: the first picture stands for the time before it.
    var streamSeconds: Double { leadSeconds + seconds }

    /// `startSeconds` as `stream` counts it, and `seconds` after it; throws where a stream cannot count so far.
    func ticks(of stream: StreamFacts, after seconds: Double = 0) throws(AVError) -> Int64 {
        guard let ticks = Int64(exactly: ((startSeconds + seconds) / stream.timeBase.value).rounded()) else { throw AVError.invalidTimestamps }
        return ticks
    }
}
