@testable import Mongo
import Telemetry
import Testing

/// A document of every kind, as a service would declare it.
private struct Course: Codable, Equatable {
    enum State: String, Codable { case draft, published }
    enum Media: Codable, Equatable {
        case none
        case video(asset: UUID16, seconds: Int)
        case article(String)
    }
    struct Lecture: Codable, Equatable {
        var title: String
        var media: Media
        var summary: String?
    }
    struct Labels: Codable, Equatable { var tags: [String: [Int]] }

    var id: UUID16
    var key: BSONObjectID
    var state: State
    var title: String
    var published: Timestamp?
    var lectures: [Lecture]
    var cover: [UInt8]
    var rating: Double
    var share: Float
    var isFree: Bool
    var labels: Labels
    var raw: BSONValue
    var more: BSONDocument
    var matrix: [[Int32?]]

    static let sample = Course(
        id: UUID16.v7(), key: BSONObjectID([UInt8](repeating: 7, count: 12)) ?? BSONObjectID("507f1f77bcf86cd799439011")!, state: .published, title: "Grüße 🦉",
        published: Timestamp(unixSeconds: 1_795_268_436),
        lectures: [
            Lecture(title: "One", media: .video(asset: UUID16.v7(), seconds: 61), summary: nil), Lecture(title: "Two", media: .none, summary: ""),
            Lecture(title: "Three", media: .article("text"), summary: "s"),
        ],
        cover: [0, 255, 1], rating: 4.5, share: 0.25, isFree: false, labels: Labels(tags: ["a": [1, 2], "": [], "x.y": [3]]), raw: [1, "two", nil],
        more: ["n": 1.5], matrix: [[1, nil], []])
}

@Suite struct BSONCodingTests {
    private func roundTrip<T: Codable>(_ value: T) throws -> T {
        try BSONDecoder().decode(T.self, from: BSONDocument(encoded: try BSONEncoder().encode(value).encoded()))
    }

    @Test("what was encoded, through the bytes and back, is what it was")
    func everyKind() throws {
        #expect(try roundTrip(Course.sample) == Course.sample)
        var bare = Course.sample
        (bare.published, bare.lectures, bare.cover, bare.matrix) = (nil, [], [], [])
        #expect(try roundTrip(bare) == bare)
    }

    @Test("each kind of value is MongoDB's own, and what is nil is left out")
    func kinds() throws {
        let course = Course.sample, document = try BSONEncoder().encode(course)
        #expect(document.fields.map(\.name) == [
            "id", "key", "state", "title", "published", "lectures", "cover", "rating", "share", "isFree", "labels", "raw", "more", "matrix",
        ])
        #expect(document["id"] == .uuid(course.id))
        #expect(document["key"] == .objectID(course.key))
        #expect(document["state"] == "published")
        #expect(document["published"] == .date(Timestamp(unixSeconds: 1_795_268_436)))
        #expect(document["cover"] == .binary([0, 255, 1]))
        #expect(document["rating"] == 4.5 && document["share"] == 0.25)
        #expect(document["raw"] == [1, "two", nil] && document["more"] == ["n": 1.5])
        #expect(document.value("matrix.0") == [.int32(1), .null])
        #expect(document.value("lectures.0") == [
            "title": "One", "media": ["video": ["asset": document.value("lectures.0.media.video.asset") ?? nil, "seconds": 61]],
        ])
        #expect(document.value("lectures.1") == ["title": "Two", "media": ["none": [:]], "summary": ""])
        #expect(document.value("lectures.2.media") == ["article": ["_0": "text"]])
    }

    private struct Numbers: Codable, Equatable {
        var a: Int8, b: Int16, c: Int32, d: Int64, e: Int, f: UInt8, g: UInt16, h: UInt32, i: UInt64, j: UInt
    }

    @Test("integers of all widths keep their smallest and largest values")
    func integers() throws {
        let least = Numbers(a: .min, b: .min, c: .min, d: .min, e: .min, f: .min, g: .min, h: .min, i: .min, j: .min)
        let most = Numbers(a: .max, b: .max, c: .max, d: .max, e: .max, f: .max, g: .max, h: .max, i: UInt64(Int64.max), j: UInt(Int64.max))
        #expect(try roundTrip(least) == least)
        #expect(try roundTrip(most) == most)
        let document = try BSONEncoder().encode(most)
        #expect(document["a"] == .int32(127) && document["c"] == .int32(.max) && document["g"] == .int32(65535))
        #expect(document["h"] == .int64(4_294_967_295) && document["e"] == .int64(.max))
    }

    private struct Outer<Inner: Codable & Sendable>: Codable, Sendable { var list: [[String: Inner]] }

    private func error<T>(_ body: () throws -> T) -> BSONError? {
        do { _ = try body() } catch { return error as? BSONError }
        return nil
    }

    @Test("an integer past what MongoDB can keep is an error that names its path")
    func tooLarge() {
        #expect(error { try BSONEncoder().encode(Outer(list: [[:], ["n": UInt64.max]])) } == BSONError(path: "list.1.n", .outOfRange))
        #expect(error { try BSONEncoder().encode(Outer(list: [["n": UInt(Int.max) + 1]])) } == BSONError(path: "list.0.n", .outOfRange))
    }

    @Test("a number that the type cannot hold is an error that names its path")
    func doesNotFit() {
        func read<T: Codable & Sendable>(_ value: BSONValue, as type: T.Type) -> BSONError? {
            error { try BSONDecoder().decode(Outer<T>.self, from: ["list": [["n": value]]]) }
        }
        let (path, range) = ("list.0.n", BSONError.Reason.outOfRange)
        #expect(read(128, as: Int8.self) == BSONError(path: path, range))
        #expect(read(-1, as: UInt8.self) == BSONError(path: path, range))
        #expect(read(.int64(4_294_967_296), as: UInt32.self) == BSONError(path: path, range))
        #expect(read(-1, as: UInt64.self) == BSONError(path: path, range))
        #expect(read(.int64(1 << 31), as: Int32.self) == BSONError(path: path, range))
        #expect(read(.double(9.3e18), as: Int64.self) == BSONError(path: path, range))
        #expect(read(1e300, as: Float.self) == BSONError(path: path, range))
        #expect(read(1.5, as: Int.self) == BSONError(path: path, .kind(expected: .int64, found: .double)))
        #expect(read(.double(.infinity), as: Int.self) == BSONError(path: path, .kind(expected: .int64, found: .double)))
    }

    @Test("a whole number is read however it is stored")
    func stored() throws {
        let numbers = try BSONDecoder().decode([String: Int].self, from: ["a": .int32(5), "b": .int64(5), "c": .double(5)])
        #expect(numbers == ["a": 5, "b": 5, "c": 5])
        #expect(try BSONDecoder().decode([String: Double].self, from: ["a": .int32(5), "b": .int64(5), "c": .double(.infinity)])["c"] == .infinity)
    }

    @Test("what is missing, of another kind or not allowed is named by its path", arguments: [
        (["lectures", "1", "title"], nil, "lectures.1.title", BSONError.Reason.missing),
        (["lectures", "1", "title"], .int64(5), "lectures.1.title", .kind(expected: .string, found: .int64)),
        (["title"], .null, "title", .kind(expected: .string, found: .null)),
        (["lectures"], "text", "lectures", .kind(expected: .array, found: .string)),
        (["lectures", "0"], "text", "lectures.0", .kind(expected: .document, found: .string)),
        (["lectures", "0", "media", "video", "asset"], "text", "lectures.0.media.video.asset", .kind(expected: .uuid, found: .string)),
        (["lectures", "0", "media", "video", "seconds"], true, "lectures.0.media.video.seconds", .kind(expected: .int64, found: .bool)),
        (["published"], .int64(5), "published", .kind(expected: .date, found: .int64)),
        (["cover"], [1], "cover", .kind(expected: .binary, found: .array)),
        (["isFree"], .int64(1), "isFree", .kind(expected: .bool, found: .int64)),
        (["labels", "tags", "a", "0"], 0.5, "labels.tags.a.0", .kind(expected: .int64, found: .double)),
        (["more"], "text", "more", .kind(expected: .document, found: .string)),
        (["state"], "unheard of", "state", .invalid),
        (["lectures", "0", "media"], [:], "lectures.0.media", .invalid),
        (["lectures", "0", "media"], ["film": [:]], "lectures.0.media", .invalid),
    ] as [([String], BSONValue?, String, BSONError.Reason)])
    func wrong(place: [String], value: BSONValue?, path: String, reason: BSONError.Reason) throws {
        let document = try changed(.document(BSONEncoder().encode(Course.sample)), place[...], value)
        #expect(error { try BSONDecoder().decode(Course.self, from: document.documentValue ?? [:]) } == BSONError(path: path, reason))
    }

    /// The value with another one (or none) at a place.
    private func changed(_ whole: BSONValue, _ place: ArraySlice<String>, _ value: BSONValue?) throws -> BSONValue {
        guard let name = place.first else { return value ?? .null }
        let rest = place.dropFirst()
        switch whole {
        case .document(var document):
            document[name] = rest.isEmpty ? value : try changed(try #require(document[name]), rest, value)
            return .document(document)
        case .array(var values):
            let index = try #require(Int(name))
            values[index] = try changed(values[index], rest, value)
            return .array(values)
        default:
            Issue.record("there is no \(name)")
            return whole
        }
    }

    @Test("missing and null are nil where the type allows it, and unknown fields are passed over")
    func absent() throws {
        struct Loose: Codable, Equatable {
            var a: Int?
            var b: Timestamp?
            var c: [UInt8]?
        }
        #expect(try BSONDecoder().decode(Loose.self, from: [:]) == Loose())
        #expect(try BSONDecoder().decode(Loose.self, from: ["a": nil, "b": nil, "c": nil, "d": "?"]) == Loose())
        #expect(try BSONEncoder().encode(Loose()).isEmpty)
        let full = Loose(a: 1, b: Timestamp(unixSeconds: 1), c: [1])
        #expect(try roundTrip(full) == full)
    }

    @Test("a date keeps its millisecond and loses what is finer")
    func dates() throws {
        let read = try roundTrip(["t": Timestamp(microseconds: 1_795_268_436_123_999), "before": Timestamp(microseconds: -1)])
        #expect(read == ["t": Timestamp(microseconds: 1_795_268_436_123_000), "before": Timestamp(microseconds: -1000)])
    }

    @Test("what is no document is not encoded as one")
    func noDocument() {
        #expect(error { try BSONEncoder().encode("text") } == BSONError(path: "", .kind(expected: .document, found: .string)))
        #expect(error { try BSONEncoder().encode([1, 2]) } == BSONError(path: "", .kind(expected: .document, found: .array)))
        #expect(error { try BSONDecoder().decode([Int].self, from: [:]) } == BSONError(path: "", .kind(expected: .array, found: .document)))
    }

    private class Base: Codable {
        var name = "base"
        init() {}
    }
    private final class Derived: Base {
        var extra = 7
        private enum Keys: String, CodingKey { case extra, place }
        override init() { super.init() }
        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            extra = try container.decode(Int.self, forKey: .extra)
            var place = try container.nestedUnkeyedContainer(forKey: .place)
            #expect(try place.decode(Int.self) == 1)
            #expect(try place.decodeNil())
            #expect(throws: BSONError(path: "place.2", .kind(expected: .int64, found: .document))) { try place.decode(Int.self) }
            #expect(try place.nestedContainer(keyedBy: Keys.self).decode(String.self, forKey: .extra) == "deep")
            #expect(place.isAtEnd)
            #expect(throws: BSONError(path: "place.3", .missing)) { try place.decode(Int.self) }
            try super.init(from: container.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(0, forKey: .extra)
            try container.encode(extra, forKey: .extra)   // a second time: the last counts
            var place = container.nestedUnkeyedContainer(forKey: .place)
            try place.encode(1)
            try place.encodeNil()
            var inner = place.nestedContainer(keyedBy: Keys.self)
            try inner.encode("deep", forKey: .extra)
            try super.encode(to: container.superEncoder())
        }
    }

    @Test("types that encode themselves by hand, with superclass and nested containers, are read again")
    func byHand() throws {
        let value = Derived()
        (value.name, value.extra) = ("changed", 9)
        let document = try BSONEncoder().encode(value)
        #expect(document == ["extra": 9, "place": [1, nil, ["extra": "deep"]], "super": ["name": "changed"]])
        let read = try BSONDecoder().decode(Derived.self, from: document)
        #expect(read.name == "changed" && read.extra == 9)
    }

    @Test("whatever a document is, decoding it is a value or an error, never a crash")
    func hostile() throws {
        var generator = SystemRandomNumberGenerator()
        func value(_ depth: Int) -> BSONValue {
            switch Int.random(in: 0..<(depth > 3 ? 8 : 10), using: &generator) {
            case 0: .null
            case 1: .bool(.random())
            case 2: .int32(.random(in: .min ... .max))
            case 3: .int64(.random(in: .min ... .max))
            case 4: .double(Double(bitPattern: .random(in: .min ... .max)))
            case 5: .string("x")
            case 6: .binary([1])
            case 7: .uuid(UUID16.v7())
            case 8: .array((0..<3).map { _ in value(depth + 1) })
            default: .document(BSONDocument(["id", "lectures", "title", "media", "video", "labels"].map { ($0, value(depth + 1)) }))
            }
        }
        let fields = try BSONEncoder().encode(Course.sample).fields
        for _ in 0..<2000 {
            var document = BSONDocument(fields)
            for field in fields where Bool.random() { document[field.name] = value(0) }
            do { _ = try BSONDecoder().decode(Course.self, from: document) } catch { #expect(error is BSONError) }
        }
    }
}
