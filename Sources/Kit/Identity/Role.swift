/// What a user may be in general; what they may do with one thing is decided by the service that owns it.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everyone who is signed in.
    case student
    /// Owns or co-writes courses.
    case instructor
    /// Helps others; what they see of others is audited.
    case support
    /// Decides reviews and takedowns.
    case admin
}
