import Loop
import Testing

@Suite("LoopGroup and LoopLocal")
struct LoopGroupTests {
    @Test("there are as many cores as this process may run on, which the system's own command counts too")
    func cores() async throws {
        var counter = ChildProcess("nproc")
        counter.environment = ["PATH": "/usr/bin:/bin"]
        counter.output = .capture(limit: 100)
        let command = counter
        let outcome = try await onLoop { _ in try await command.run() }
        #expect(String(decoding: outcome.output, as: UTF8.self) == "\(LoopGroup.cores)\n")
    }

    @Test("run takes the loops in turn, and stays on a loop of the group")
    func turns() async throws {
        let group = LoopGroup(count: 3, name: "group")
        var seen: [ObjectIdentifier] = []
        for _ in 0..<6 { seen.append(await group.run { ObjectIdentifier(Loop.current!) }) }
        #expect(Set(seen) == Set(group.loops.map(ObjectIdentifier.init)))
        #expect(Array(seen[0..<3]) == Array(seen[3..<6]))
        let stays = await Task(executorPreference: group.loops[2]) {
            let inner = await group.run { Loop.current }
            return inner === Loop.current && inner === group.loops[2]
        }.value
        #expect(stays)
        await group.shutdown()
    }

    @Test("run from another group's loop goes to one of its own, and comes back")
    func otherGroup() async throws {
        let mine = LoopGroup(count: 1, name: "mine")
        let other = LoopGroup(count: 1, name: "other")
        await Task(executorPreference: other.loops[0]) {
            let inner = await mine.run { Loop.current }
            #expect(inner === mine.loops[0])
            #expect(Loop.current === other.loops[0])
        }.value
        await mine.shutdown()
        await other.shutdown()
    }

    @Test("run hands on what the body throws")
    func throwsOn() async throws {
        struct Broken: Error {}
        let group = LoopGroup(count: 1, name: "group")
        await #expect(throws: Broken.self) { try await group.run { throw Broken() } }
        await group.shutdown()
    }

    @Test("a loop-local value is made once a loop, on its thread")
    func locals() async throws {
        let group = LoopGroup(count: 3, name: "group")
        let made = Record<ObjectIdentifier>()
        let local = LoopLocal(group) { loop in
            loop.preconditionCurrent()
            made.add(ObjectIdentifier(loop))
            return ObjectIdentifier(loop)
        }
        for _ in 0..<9 {
            let isOwn = await group.run { local.current == ObjectIdentifier(Loop.current!) }
            #expect(isOwn)
        }
        #expect(made.all.count == 3)
        await group.shutdown()
    }
}
