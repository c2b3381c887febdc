import JSON
import Kit
import Testing

@Suite struct IDTests {
    @Test("ids made one after the other are in order and unlike") func ordered() {
        let ids = (0..<10_000).map { _ in UserID() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(Set(ids).count == ids.count)
    }

    @Test("ids made on many threads at once are unlike") func concurrent() async {
        let all = await withTaskGroup(of: [UserID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in UserID() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(all).count == 40_000)
    }

    @Test("text and bytes give the same id back") func roundTrip() throws {
        let id = UserID()
        #expect(UserID(id.description) == id)
        #expect(UserID(id.description.uppercased()) == id)
        #expect(UserID(bytes: id.bytes) == id)
        #expect(id.bytes.count == 16)
        #expect(try JSONValue.parse(id.jsonBuffer).stringValue == id.description)
    }

    @Test("what is no UUID is no id") func refused() {
        #expect(UserID("01234567-89ab-cdef-0123-456789abcde") == nil)
        #expect(UserID(bytes: [UInt8](repeating: 0, count: 15)) == nil)
    }
}
