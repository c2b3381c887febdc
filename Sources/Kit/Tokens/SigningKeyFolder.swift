public import JOSE
import Loop
public import Telemetry

/// A signer's keys as they are now in their folder, which is looked at again every half minute of use: a rotation needs no restart.
public final class SigningKeyFolder: Sendable {
    /// How old what is known of the folder may be.
    public static let rereadSeconds = 30.0

    private struct State {
        var keys: SigningKeys
        var readAt: Timestamp
    }
    private let state: Locked<State>
    private let folder: String
    private let signer: String
    private let clock: WallClock
    private let log: Log

    /// The keys of `signer` in `folder`. Throws `ConfigurationError` if there is none, or a file is no key.
    public init(_ folder: String, signer: String, log: Log, clock: WallClock = .system) throws(ConfigurationError) {
        (self.folder, self.signer, self.clock, self.log) = (folder, signer, clock, log)
        state = Locked(State(keys: try Self.read(folder, signer), readAt: clock.now()))
    }

    /// The key to sign with now.
    public var signing: SigningKey {
        get async {
            let now = clock.now()
            return await keys(now).signing(at: now)
        }
    }

    /// What tokens of this signer are checked with now.
    public var published: KeySet {
        get async {
            let now = clock.now()
            return KeySet(await keys(now).published(at: now))
        }
    }

    /// What cannot be read leaves the keys as they were: a folder that is being changed is whole again the next time.
    private func keys(_ now: Timestamp) async -> SigningKeys {
        let isDue: Bool = state.withLock { state in
            guard abs(now - state.readAt) >= Self.rereadSeconds else { return false }
            state.readAt = now
            return true
        }
        guard isDue else { return state.withLock { $0.keys } }
        do {
            let keys = try await MountedFile.aside { [folder, signer] in try Self.read(folder, signer) }
            return state.withLock { state in
                state.keys = keys
                return keys
            }
        } catch {
            log.warning("signing keys not read again", [("error", .string((error as? ConfigurationError)?.problem ?? "\(error)"))])
            return state.withLock { $0.keys }
        }
    }

    private static func read(_ folder: String, _ signer: String) throws(ConfigurationError) -> SigningKeys {
        guard let keys = try SigningKeys(folder: folder, signer: signer) else {
            throw SigningKeys.unreadable("\(folder)/\(signer).jwk", "there is no such key; `lyceum keys generate` makes it")
        }
        return keys
    }
}
