import Argon2
import Kit

/// Passwords, hashed on threads of their own. More than can be waited for is refused at once.
struct Argon2Passwords: Sendable {
    let hasher: PasswordHasher

    func hash(_ password: String) async throws -> String {
        do { return try await hasher.hash(password) } catch { throw Self.translated(error) }
    }

    /// Whether it is the password; with no hash to compare the time passes all the same, and the answer is no.
    func verify(_ password: String, _ hash: String?) async throws -> Bool {
        do {
            guard let hash else { return try await hasher.verifyNobody(password) }
            return try await hasher.verify(password, hash)
        } catch { throw Self.translated(error) }
    }

    func needsRehash(_ hash: String) -> Bool { hasher.needsRehash(hash) }

    private static func translated(_ error: PasswordHashError) -> any Error {
        switch error {
        case .overloaded: UsersError.overloaded
        default: error
        }
    }
}
