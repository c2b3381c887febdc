import CoursesAPI
import EnrollmentsAPI
import Kit
import Telemetry

/// Decides who may play a lecture, and signs the path to its stream.
struct StartPlayback: Sendable {
    /// How long a signed path lasts: longer than the longest lecture, shorter than a day.
    static let lifetimeSeconds = 6 * 3600.0

    struct Playback: Sendable, Equatable {
        let path: PlaybackPath
        let expiresAt: Timestamp
        /// Seconds.
        let position: Int
    }

    let courses: CoursesClient
    let enrollments: EnrollmentsClient
    let signer: OpenSSLPlaybackSigner
    let clock: WallClock

    func callAsFunction(_ lecture: LectureID, for principal: Principal?) async throws -> Playback {
        guard let facts = try await courses.playableLecture(lecture) else { throw DeliveryError.noSuchLecture }
        try await check(facts, principal)
        guard facts.kind == .video else { throw DeliveryError.notPlayable }
        guard let (asset, hash) = facts.streamPath.flatMap(Self.folder) else { throw DeliveryError.notReady }
        let position = try await self.position(in: lecture, of: facts.courseID, for: principal)
        let expires = clock.now().adding(seconds: Self.lifetimeSeconds)
        return Playback(path: signer.sign(asset: asset, hash: hash, session: ID<Playback>().description, until: expires), expiresAt: expires, position: position)
    }

    private func check(_ facts: PlayableLecture, _ principal: Principal?) async throws {
        let user = principal?.userID
        if let principal, principal.has(.admin) { return }
        if let user, facts.instructorIDs.contains(user) { return }
        // A lecture that is not live is a secret of its instructors.
        guard facts.isLive else { throw DeliveryError.noSuchLecture }
        if facts.isPreview { return }
        guard let user else { throw DeliveryError.notSignedIn }
        guard try await enrollments.hasAccess(user, to: facts.courseID.description) else { throw DeliveryError.noAccess }
    }

    /// Where the student stopped; the start when that cannot be asked: playing matters more.
    private func position(in lecture: LectureID, of course: CourseID, for principal: Principal?) async throws -> Int {
        guard let user = principal?.userID else { return 0 }
        do { return try await enrollments.position(of: user, in: lecture.description, of: course.description) } catch is ServiceCallError { return 0 }
    }

    /// `streams/<asset>/<hash>` as its two names.
    static func folder(_ path: String) -> (asset: String, hash: String)? {
        let parts = path.split(separator: "/")
        return parts.count == 3 && parts[0] == "streams" ? (String(parts[1]), String(parts[2])) : nil
    }
}
