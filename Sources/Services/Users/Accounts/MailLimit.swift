/// How often anyone can have mail sent to one address; beyond that nothing is done, and the answer stays the same.
enum MailLimit {
    /// Mails within `periodSeconds`.
    static let maximum = 5
    static let periodSeconds = 3600.0
}
