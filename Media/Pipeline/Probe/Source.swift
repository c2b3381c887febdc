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
    var isHDR: Bool { ["smpte2084", "arib-std-b67"].contains(picture.transfer) }

    /// Stored pixels made square by stretching the width; then turned upright.
    var uprightSize: (width: Double, height: Double) {
        let aspect = picture.sampleAspect.isPositive ? min(max(picture.sampleAspect.value, 0.1), 10) : 1
        let square = (width: Double(picture.width) * aspect, height: Double(picture.height))
        return picture.rotation % 180 == 0 ? square : (square.height, square.width)
    }
}
