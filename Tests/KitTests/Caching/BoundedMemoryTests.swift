import Testing

@testable import Kit

@Suite struct BoundedMemoryTests {
    @Test("what was used longest ago goes first") func leastRecentlyUsed() {
        var memory = BoundedMemory<Int, String>(limit: 3)
        for key in 1...3 { memory.set("\(key)", for: key) }
        #expect(memory.value(for: 1) == "1")
        memory.set("4", for: 4)
        #expect(memory.value(for: 2) == nil)
        #expect(memory.value(for: 1) == "1")
        #expect(memory.value(for: 3) == "3")
        #expect(memory.value(for: 4) == "4")
        #expect(memory.count == 3)
    }

    @Test("it never holds more than its limit, and always the newest") func bounded() {
        var memory = BoundedMemory<Int, Int>(limit: 100)
        var generator = SystemRandomNumberGenerator()
        for round in 0..<20_000 {
            let key = Int.random(in: 0..<500, using: &generator)
            memory.set(round, for: key)
            #expect(memory.value(for: key) == round)
            #expect(memory.count <= 100)
        }
        memory.removeAll()
        #expect(memory.count == 0)
        memory.set(1, for: 1)
        #expect(memory.value(for: 1) == 1)
    }

    @Test("a new value takes the place of the old one") func replace() {
        var memory = BoundedMemory<Int, Int>(limit: 1)
        memory.set(1, for: 7)
        memory.set(2, for: 7)
        #expect(memory.value(for: 7) == 2)
        #expect(memory.count == 1)
    }

    @Test("values go until the bytes of a new one fit, and one that can never fit is not kept") func bytes() {
        var memory = BoundedMemory<Int, String>(limit: 10, bytes: 100)
        for key in 1...4 { memory.set("\(key)", for: key, bytes: 25) }
        _ = memory.value(for: 1)
        memory.set("5", for: 5, bytes: 26)
        #expect((1...5).filter { memory.value(for: $0) != nil } == [1, 4, 5])
        #expect(memory.bytes == 76)
        memory.set("4", for: 4, bytes: 101)
        #expect(memory.value(for: 4) == nil)
        #expect(memory.bytes == 51)
        memory.removeValue(for: 1)
        memory.removeValue(for: 1)
        #expect(memory.bytes == 26)
        #expect(memory.count == 1)
    }

    @Test("it keeps what a list in the order of use keeps") func model() {
        var memory = BoundedMemory<Int, Int>(limit: 20, bytes: 200)
        var model: [(key: Int, bytes: Int)] = []
        for round in 0..<3_000 {
            let key = Int.random(in: 0..<60), size = Int.random(in: 0...30)
            switch Int.random(in: 0..<4) {
            case 0:
                memory.removeValue(for: key)
                model.removeAll { $0.key == key }
            case 1:
                let known = model.first { $0.key == key }
                #expect((memory.value(for: key) != nil) == (known != nil))
                model.removeAll { $0.key == key }
                if let known { model.append(known) }
            default:
                memory.set(round, for: key, bytes: size)
                model.removeAll { $0.key == key }
                model.append((key, size))
                while model.count > 20 || model.reduce(0, { $0 + $1.bytes }) > 200 { model.removeFirst() }
            }
            #expect(memory.count == model.count)
            #expect(memory.bytes == model.reduce(0) { $0 + $1.bytes })
        }
        #expect(Set((0..<60).filter { memory.value(for: $0) != nil }) == Set(model.map(\.key)))
    }
}
