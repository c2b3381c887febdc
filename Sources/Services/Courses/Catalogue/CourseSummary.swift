import CoursesAPI
import JSON
import Kit
import Telemetry

/// A published course as lists show it.
struct CourseSummary: JSONWritable {
    let course: ListedCourse
    private var live: LiveVersion { course.live }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.endObject()
    }

    func writeFields(to json: inout JSONWriter) {
        json.field("id", course.id)
        json.field("slug", course.slug)
        json.field("title", live.title)
        json.field("subtitle", live.subtitle)
        json.field("language", live.language)
        json.field("levels", live.levels.map(\.rawValue))
        json.field("price", live.price)
        json.field("categories", live.categories)
        json.array("instructors") { json in
            for instructor in live.instructors {
                json.beginObject()
                json.field("id", instructor.id)
                json.field("displayName", instructor.displayName)
                json.endObject()
            }
        }
        json.field("durationMs", live.durationMs)
        json.field("lectureCount", live.lectureCount)
        json.object("rating") { json in
            json.field("average", course.rating.average)
            json.field("count", course.rating.count)
        }
        json.field("enrolledCount", course.enrolledCount)
        json.field("publishedAt", live.publishedAt)
    }
}

/// The page of a published course: what it is, and its outline without what only students see.
struct CoursePage: JSONWritable {
    let summary: CourseSummary
    let content: CourseContent

    func write(to json: inout JSONWriter) {
        json.beginObject()
        summary.writeFields(to: &json)
        json.field("versionId", summary.course.live.id)
        json.field("description", content.description)
        json.field("objectives", content.objectives)
        json.field("requirements", content.requirements)
        json.field("audience", content.audience)
        json.field("updatedAt", summary.course.updatedAt)
        json.array("sections") { json in
            for section in content.sections {
                json.beginObject()
                json.field("id", section.id)
                json.field("title", section.title)
                json.array("lectures") { json in
                    for lecture in section.lectures {
                        json.beginObject()
                        json.field("id", lecture.id)
                        json.field("kind", lecture.kind.rawValue)
                        json.field("title", lecture.title)
                        json.field("isPreview", lecture.isPreview)
                        json.field("durationMs", lecture.durationMs)
                        json.endObject()
                    }
                }
                json.endObject()
            }
        }
        json.endObject()
    }
}
