import CoursesAPI
import HTTP
import JSON
import Kit

/// A player's reports over HTTP.
struct ProgressRoutes: Sendable {
    let report: ReportProgress

    var routes: [Route] {
        [Route("PUT", "/v1/me/courses/{courseId}/lectures/{lectureId}/progress", .signedIn, handler: put)]
    }

    private func put(_ context: RequestContext) async throws -> Response {
        let course: CourseID = try context.id("courseId")
        let lecture: LectureID = try context.id("lectureId")
        let sent = try await context.fields { Self.report(of: lecture, from: &$0) }
        let (share, whole) = try await report(sent, by: context.userID, in: course)
        return .json(JSONWriter.object { json in
            share.writeFields(to: &json)
            json.field("coursePercent", whole.percent)
        })
    }

    static func report(of lecture: LectureID, from fields: inout JSONFields) -> ProgressReport {
        let saysCompleted = fields.optionalBool("completed")
        if saysCompleted == false { fields.fail("completed", "must be true: what is completed stays so") }
        let intervals = intervals(from: &fields)
        let position = fields.optionalInt("positionSeconds", in: 0...86_400)
        if saysCompleted == nil, intervals == nil, position == nil { fields.fail("intervals", "is required, or positionSeconds, or completed") }
        return ProgressReport(lectureID: lecture, intervals: intervals ?? [], positionSeconds: position, saysCompleted: saysCompleted ?? false)
    }

    /// `[[from, to], …]`, each half-open and in seconds.
    private static func intervals(from fields: inout JSONFields) -> [Range<Int>]? {
        guard let value = fields.value("intervals"), !value.isNull else { return nil }
        guard let pairs = value.arrayValue, pairs.count <= 200 else {
            fields.fail("intervals", "must be an array of at most 200 pairs")
            return nil
        }
        var ranges: [Range<Int>] = []
        for (index, pair) in pairs.enumerated() {
            guard let from = pair[0]?.intValue, let to = pair[1]?.intValue, pair.arrayValue?.count == 2, 0...86_400 ~= from, 0...86_400 ~= to, from <= to
            else {
                fields.fail("intervals", "element \(index) must be two whole seconds from 0 to 86400, the first not after the second")
                continue
            }
            if from < to { ranges.append(from..<to) }
        }
        return ranges
    }
}
