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
}
