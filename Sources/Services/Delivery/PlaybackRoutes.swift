import CoursesAPI
import HTTP
import JSON
import Kit
import Telemetry

/// Asking for playback over HTTP.
struct PlaybackRoutes: Sendable {
    let start: StartPlayback
    /// The public base of the CDN edge, without a slash at its end.
    let edge: String

    var routes: [Route] { [Route("POST", "/v1/lectures/{lectureId}/playback", .optionalUser, handler: post)] }

    private func post(_ context: RequestContext) async throws -> Response {
        let playback = try await start(try context.id("lectureId"), for: context.principal)
        let folder = edge + playback.path.folder
        return .json(headers: [("cache-control", "no-store")], JSONWriter.object { json in
            json.object("manifests") { $0.field("hls", folder + "master.m3u8") }
            json.field("poster", folder + "poster.jpg")
            json.field("expiresAt", playback.expiresAt.rfc3339)
            json.field("position", playback.position)
        })
    }
}
