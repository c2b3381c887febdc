/// What a password must be (NIST SP 800-63B-4): long, and not what an attacker tries first. No composition rules, no expiry.
enum PasswordRule {
    /// Unicode scalars. 15 where the password is the only factor.
    static let length = 15...128

    /// Why a password of the right length is refused; nil when it is taken.
    static func refusal(_ password: String, for email: EmailAddress?) -> String? {
        let plain = password.lowercased()
        if Set(plain.unicodeScalars).count < 5 { return "must have more different characters" }
        if isRun(plain) { return "must not be a row of neighbouring keys or digits" }
        if common.contains(where: plain.contains) && plain.unicodeScalars.count < 24 { return "is built on one of the most used passwords" }
        if plain.contains("lyceum") && plain.unicodeScalars.count < 24 { return "must not contain the name of this service" }
        if let email, email.localPart.count >= 4, plain.contains(email.localPart), plain.unicodeScalars.count < email.localPart.count + 12 {
            return "must not be built on the e-mail address"
        }
        return nil
    }

    /// What most lists of leaked passwords begin with; longer passwords that contain one of these are mostly a repetition of it.
    private static let common = ["password", "passwort", "123456", "qwerty", "qwertz", "letmein", "iloveyou", "welcome", "administrator", "abc123", "111111"]
    private static let rows = ["1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm"].map(Array.init)

    /// Whether each character is the neighbour of the one before it in one of the rows.
    private static func isRun(_ text: String) -> Bool {
        let characters = Array(text)
        return rows.contains { row in
            zip(characters, characters.dropFirst()).allSatisfy { one, next in
                guard let at = row.firstIndex(of: one) else { return false }
                return row[(at + 1) % row.count] == next || row[(at + row.count - 1) % row.count] == next || one == next
            }
        }
    }
}
