import CoursesAPI
import JSON
import Kit
import Telemetry
@testable import Courses

/// The page of a course as it is written from the model, field by field: what the one that is made of MongoDB's bytes is compared with.
struct ModelledPage: JSONWritable {
    let course: ListedCourse
    let content: CourseContent
    private var live: LiveVersion { course.live }

    init(course: ListedCourse, content: CourseContent) {
        self.course = course
        self.content = content
    }

    private func writeFields(to json: inout JSONWriter) {
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

    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.field("versionId", course.live.id)
        json.field("description", content.description)
        json.field("objectives", content.objectives)
        json.field("requirements", content.requirements)
        json.field("audience", content.audience)
        json.field("updatedAt", course.updatedAt)
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
