import Testing

@testable import Kit

@Suite struct GroupMachineTests {
    @Test("services start one after the other and end in reverse") func inOrder() {
        var machine = GroupMachine(count: 3)
        #expect(machine.begin() == .start(0))
        #expect(machine.started(0) == .start(1))
        #expect(machine.started(0) == .nothing)
        #expect(machine.started(1) == .start(2))
        #expect(machine.started(2) == .ready)
        #expect(machine.stop() == .drain)
        #expect(machine.stop() == .nothing)
        #expect(machine.delayOver() == .cancel(2))
        #expect(machine.ended(2) == .cancel(1))
        #expect(machine.ended(1) == .cancel(0))
        #expect(machine.ended(0) == .finish)
    }

    @Test("a service that ends by itself ends the group") func early() {
        var machine = GroupMachine(count: 2)
        _ = machine.begin()
        _ = machine.started(0)
        _ = machine.started(1)
        #expect(machine.ended(0) == .drain)
        #expect(machine.delayOver() == .cancel(1))
        #expect(machine.ended(1) == .finish)
    }

    @Test("a service that fails while starting keeps later ones from starting") func failsAtStart() {
        var machine = GroupMachine(count: 3)
        _ = machine.begin()
        _ = machine.started(0)
        #expect(machine.ended(1) == .drain)
        #expect(machine.started(1) == .nothing)
        #expect(machine.delayOver() == .cancel(0))
        #expect(machine.ended(0) == .finish)
    }

    @Test("one that ends out of turn while stopping is not waited for again") func outOfTurn() {
        var machine = GroupMachine(count: 3)
        _ = machine.begin()
        _ = machine.started(0)
        _ = machine.started(1)
        _ = machine.started(2)
        _ = machine.stop()
        #expect(machine.ended(1) == .nothing)
        #expect(machine.delayOver() == .cancel(2))
        #expect(machine.ended(2) == .cancel(0))
        #expect(machine.ended(0) == .finish)
    }

    @Test("what does not end in time is given up") func givenUp() {
        var machine = GroupMachine(count: 2)
        _ = machine.begin()
        _ = machine.started(0)
        _ = machine.started(1)
        #expect(machine.giveUp() == .nothing)
        _ = machine.stop()
        _ = machine.delayOver()
        #expect(machine.giveUp() == .finish)
        #expect(machine.open == [0, 1])
        #expect(machine.giveUp() == .nothing)
    }

    @Test("a group of nothing is ready at once") func empty() {
        var machine = GroupMachine(count: 0)
        #expect(machine.begin() == .ready)
        #expect(machine.stop() == .drain)
        #expect(machine.delayOver() == .finish)
    }
}
