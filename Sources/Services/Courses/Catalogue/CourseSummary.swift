import CoursesAPI
import JSON
import Telemetry

/// A published course as lists show it, in the JSON that the store made of it.
struct CourseSummary: Sendable, JSONWritable {
    let id: CourseID
    let publishedAt: Timestamp
    let json: Buffer

    func write(to json: inout JSONWriter) { self.json.withBytes { json.raw($0) } }
}
