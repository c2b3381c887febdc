import CoursesAPI
import JSON
import Kit
import Telemetry

/// A course as its instructors see it.
struct DraftView: JSONWritable {
    let course: Course

    func write(to json: inout JSONWriter) {
        let draft = course.draft
        json.beginObject()
        json.field("id", course.id)
        json.field("slug", course.slug)
        json.field("ownerId", course.ownerID)
        json.field("state", course.state.rawValue)
        json.field("revision", course.draftRevision)
        json.field("liveVersionId", course.live?.id)
        json.field("title", draft.title)
        json.field("subtitle", draft.subtitle)
        json.field("description", draft.description)
        json.field("language", draft.language)
        json.field("levels", draft.levels.map(\.rawValue))
        json.field("categoryIds", draft.categoryIDs)
        json.field("price", draft.price)
        json.field("objectives", draft.objectives)
        json.field("requirements", draft.requirements)
        json.field("audience", draft.audience)
        json.field("sections", draft.sections.map(SectionView.init))
        json.field("updatedAt", course.updatedAt.rfc3339)
        json.endObject()
    }

    private struct SectionView: JSONWritable {
        let section: Section
        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", section.id)
            json.field("title", section.title)
            json.field("lectures", section.lectures.map(LectureView.init))
            json.endObject()
        }
    }

    private struct LectureView: JSONWritable {
        let lecture: Lecture
        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", lecture.id)
            json.field("kind", lecture.kind.rawValue)
            json.field("title", lecture.title)
            json.field("isPreview", lecture.isPreview)
            json.field("article", lecture.article)
            json.field("url", lecture.url)
            json.field("durationMs", lecture.durationMs)
            json.field("asset", lecture.asset.map(AssetView.init))
            json.endObject()
        }
    }

    private struct AssetView: JSONWritable {
        let asset: LectureAsset
        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", asset.id)
            json.field("state", asset.state.rawValue)
            json.field("durationMs", asset.durationMs)
            json.field("bytes", asset.bytes)
            json.field("width", asset.width)
            json.field("height", asset.height)
            json.field("reason", asset.reason)
            json.field("detail", asset.detail)
            json.endObject()
        }
    }
}
