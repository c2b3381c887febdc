internal import CArgon2
import Glibc
internal import Loop

/// Hashes passwords with argon2id (RFC 9106) and compares them, on threads of its own: a hash takes a core for some 30 ms, and no loop waits.
///
/// As many hashes run at once as there are threads, a bounded number waits, and the next is refused (`overloaded`): a flood of
/// sign-ins takes neither all memory nor all time. The threads yield to the loops when the processor is short.
public final class PasswordHasher: Sendable {
    /// The longest password taken, in bytes of UTF-8.
    public static let maximumPasswordBytes = 1024
    private static let saltBytes = 16
    private static let hashBytes = 32
    private static let niceness: CInt = 5

    private let cost: Argon2Cost
    private let workers: Workers<Void>

    /// Starts `threads` threads (a core each when busy); at most `waiting` passwords wait for one.
    /// `cost` is what new hashes are made with and what `needsRehash` measures by.
    public init(threads: Int, waiting: Int = 64, cost: Argon2Cost = .standard) {
        precondition(cost.isGranted, "argon2 cost out of range")
        self.cost = cost
        workers = Workers(threads: threads, waiting: waiting, name: "argon2") {
            // Of this thread alone, on Linux. Refused only where a policy forbids it, and then nothing is lost but the courtesy.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        }
    }

    /// A new hash of `password` with a fresh random salt, in PHC form: what a database keeps.
    public func hash(_ password: String) async throws(PasswordHashError) -> String {
        let cost = cost
        return try await run(password) { secret throws(PasswordHashError) in try Self.hash(secret, cost) }
    }

    /// Whether `phc` was made from `password`. The comparison takes the same time wherever the hashes differ.
    /// Throws `malformedHash`, before any work, for a text that is no hash of ours or asks for too much.
    public func verify(_ password: String, _ phc: String) async throws(PasswordHashError) -> Bool {
        guard let stored = StoredHash(phc) else { throw .malformedHash }
        return try await run(password) { secret throws(PasswordHashError) in try Derivation.matches(secret, stored) }
    }

    /// Costs what `verify` costs and says no: for a user that does not exist, so that the time tells nobody who does.
    public func verifyNobody(_ password: String) async throws(PasswordHashError) -> Bool {
        _ = try await hash(password)
        return false
    }

    /// Whether `phc` was made with another cost, salt length or hash length than new hashes are (or is no hash at all):
    /// hash the password anew when it has just been verified.
    public func needsRehash(_ phc: String) -> Bool {
        guard let stored = StoredHash(phc) else { return true }
        return stored.cost != cost || stored.salt.count != Self.saltBytes || stored.hash.count != Self.hashBytes
    }

    /// Takes no more passwords, finishes those that wait and ends the threads.
    public func stop() async { await workers.stop() }

    private func run<R: Sendable>(
        _ password: String, _ body: @escaping @Sendable (Secret) throws(PasswordHashError) -> R
    ) async throws(PasswordHashError) -> R {
        guard password.utf8.count <= Self.maximumPasswordBytes else { throw .passwordTooLong }
        let secret = Secret(password)
        do {
            return try await workers.run(mayLeave: true) { _ in try body(secret) }
        } catch let error as PasswordHashError {
            throw error
        } catch WorkersError.queueFull, WorkersError.late {
            throw .overloaded
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .stopped
        }
    }

    private static func hash(_ secret: Secret, _ cost: Argon2Cost) throws(PasswordHashError) -> String {
        var salt = [UInt8](repeating: 0, count: saltBytes)
        guard getrandom(&salt, salt.count, 0) == salt.count else { throw .library(code: -errno) }
        return StoredHash(cost: cost, salt: salt, hash: try Derivation.hash(secret, salt: salt, cost, count: hashBytes)).description
    }
}
