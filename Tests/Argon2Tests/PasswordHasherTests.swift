@testable import Argon2
import Loop
import TestKit
import Testing

@Suite struct PasswordHasherTests {
    private let hasher = PasswordHasher(threads: 2, waiting: 32)
    private let password = "correct horse battery staple"

    @Test("a password's hash is in PHC form with the standard cost and says yes to that password alone")
    func roundTrip() async throws {
        let phc = try await hasher.hash(password)
        #expect(phc.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(StoredHash(phc)?.salt.count == 16)
        #expect(try await hasher.verify(password, phc))
        #expect(try await !hasher.verify(password + " ", phc))
        #expect(try await !hasher.verify("", phc))
    }

    @Test("the same password never has the same hash twice")
    func salted() async throws {
        #expect(try await hasher.hash(password) != hasher.hash(password))
    }

    @Test("hashes of another implementation are understood", arguments: [
        ("correct horse battery staple", "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0"),
        ("Pässwörter mögen Ümläute", "$argon2id$v=19$m=8192,t=3,p=2$ZmVkY2JhOTg3NjU0MzIxMA$OIKQAZUW86DyUWtBxhTNCA2rMauthGHqy5dL/n13bHI"),
    ])
    func foreign(password: String, phc: String) async throws {
        #expect(try await hasher.verify(password, phc))
        #expect(try await !hasher.verify(password.uppercased(), phc))
    }

    @Test("no byte of a password is ignored: a NUL, the far end and the 72nd are seen")
    func wholePassword() async throws {
        let long = String(repeating: "a", count: 71)
        let phc = try await hasher.hash(long + "\u{0}bc")
        #expect(try await hasher.verify(long + "\u{0}bc", phc))
        #expect(try await !hasher.verify(long, phc))
        #expect(try await !hasher.verify(long + "\u{0}bd", phc))
    }

    @Test("a stored text that is no hash is refused before any work")
    func malformed() async {
        for text in ["", "x", "$argon2id$v=19$m=4294967295,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0"] {
            await #expect(throws: PasswordHashError.malformedHash) { try await hasher.verify(password, text) }
        }
    }

    @Test("a password waits for a thread no longer than the deadline of its task allows")
    func deadline() async throws {
        let slow = PasswordHasher(threads: 1)
        let begun = Locked(0)
        let busy = (0..<10).map { _ in
            Task {
                begun.withLock { $0 += 1 }
                return try await slow.hash(password)
            }
        }
        #expect(await eventually { begun.withLock { $0 } == 10 })
        await #expect(throws: PasswordHashError.overloaded) { try await Deadline(milliseconds: 1).during { try await slow.hash(password) } }
        await #expect(throws: PasswordHashError.overloaded) { try await Deadline(milliseconds: 0).during { try await slow.hash(password) } }
        for task in busy { _ = try await task.value }
        await slow.stop()
    }

    @Test("a password of more than a kilobyte is refused")
    func tooLong() async throws {
        await #expect(throws: PasswordHashError.passwordTooLong) { try await hasher.hash(String(repeating: "x", count: 1025)) }
        #expect(try await !hasher.verifyNobody(String(repeating: "x", count: 1024)))
    }

    @Test("a hash needs to be made anew when its cost is not today's")
    func rehash() async throws {
        let cheap = PasswordHasher(threads: 1, cost: Argon2Cost(memoryKiB: 64, passes: 1, lanes: 1))
        let old = try await cheap.hash(password)
        #expect(!cheap.needsRehash(old))
        #expect(hasher.needsRehash(old))
        #expect(try await hasher.verify(password, old))
        #expect(!hasher.needsRehash(try await hasher.hash(password)))
        #expect(hasher.needsRehash("$2b$12$abcdefghijklmnopqrstuv"))
    }

    @Test("over the limit a password is refused at once, and those within it are hashed")
    func overload() async {
        let small = PasswordHasher(threads: 1, waiting: 3)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    do throws(PasswordHashError) {
                        _ = try await small.hash("password \(number)")
                        return true
                    } catch {
                        #expect(error == .overloaded)
                        return false
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(false))
        #expect(outcomes.filter { $0 }.count >= 3)
        await #expect(throws: Never.self) { try await small.hash("afterwards") }
    }

    @Test("a cancelled task does not wait for its turn")
    func cancellation() async throws {
        let small = PasswordHasher(threads: 1, waiting: 64)
        let busy = (0..<30).map { number in Task { try await small.hash("\(number)") } }
        let last = Task { () -> PasswordHashError? in
            do throws(PasswordHashError) {
                _ = try await small.hash("last")
                return nil
            } catch { return error }
        }
        last.cancel()
        #expect(await last.value == .cancelled)
        for task in busy { task.cancel() }
    }

    @Test("a stopped hasher finishes what waits and takes nothing more")
    func stop() async throws {
        let mine = PasswordHasher(threads: 1)
        let first = try await mine.hash(password)
        #expect(!first.isEmpty)
        await mine.stop()
        await #expect(throws: PasswordHashError.stopped) { try await mine.hash(password) }
    }
}
