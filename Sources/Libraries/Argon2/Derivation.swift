internal import CArgon2

/// What libargon2 makes of a password, without any text around it.
enum Derivation {
    /// The hash of `count` bytes.
    static func hash(_ secret: Secret, salt: [UInt8], _ cost: Argon2Cost, count: Int) throws(PasswordHashError) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: count)
        let code = withContext(secret, salt, cost, &hash) { argon2id_ctx($0) }
        guard code == ARGON2_OK.rawValue else { throw .library(code: code) }
        return hash
    }

    /// Whether `hash` was made of this password. The comparison takes the same time wherever they differ.
    static func matches(_ secret: Secret, _ stored: StoredHash) throws(PasswordHashError) -> Bool {
        var made = [UInt8](repeating: 0, count: stored.hash.count)
        let code = withContext(secret, stored.salt, stored.cost, &made) { context in
            stored.hash.withUnsafeBytes { argon2id_verify_ctx(context, $0.baseAddress?.assumingMemoryBound(to: CChar.self)) }
        }
        guard code == ARGON2_OK.rawValue || code == ARGON2_VERIFY_MISMATCH.rawValue else { throw .library(code: code) }
        return code == ARGON2_OK.rawValue
    }

    private static func withContext(
        _ secret: Secret, _ salt: [UInt8], _ cost: Argon2Cost, _ out: inout [UInt8], _ body: (UnsafeMutablePointer<argon2_context>) -> CInt
    ) -> CInt {
        var salt = salt
        return salt.withUnsafeMutableBufferPointer { salt in
            out.withUnsafeMutableBufferPointer { out in
                var context = argon2_context()
                (context.out, context.outlen) = (out.baseAddress, UInt32(out.count))
                (context.pwd, context.pwdlen) = (secret.bytes, UInt32(secret.count))
                (context.salt, context.saltlen) = (salt.baseAddress, UInt32(salt.count))
                (context.t_cost, context.m_cost) = (cost.passes, cost.memoryKiB)
                (context.lanes, context.threads) = (cost.lanes, cost.lanes)
                context.version = ARGON2_VERSION_13.rawValue
                (context.allocate_cbk, context.free_cbk) = (HashMemory.allocate, HashMemory.free)
                return body(&context)
            }
        }
    }
}
