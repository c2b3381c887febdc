import Kit

/// Why a use case of users said no.
enum UsersError: Error, Equatable {
    /// The address or the password is wrong; which one is not told.
    case wrongCredentials
    /// Right, but the address is not confirmed.
    case emailNotVerified
    /// Right, but support holds the account back.
    case suspended
    /// Too many failed tries with this address.
    case tooManyTries(retryAfterSeconds: Int)
    /// The refresh token opens nothing (any more).
    case badRefreshToken
    /// The token of a mail is unknown, used or too old.
    case badOneTimeToken
    /// The hashing threads have more to do than they can.
    case overloaded
    case noSuchUser
    case stale
}

extension UsersError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .wrongCredentials:
            Problem(slug: "wrong-credentials", title: "The address or the password is wrong", status: 401)
        case .emailNotVerified:
            Problem(
                slug: "email-not-verified", title: "The e-mail address is not confirmed", status: 403,
                detail: "Follow the link in the mail that we sent, or ask for another with POST /v1/users/verification-requests.")
        case .suspended: .forbidden("This account is suspended.")
        case .tooManyTries(let seconds): .tooManyRequests(retryAfter: seconds)
        case .badRefreshToken:
            Problem(slug: "refresh-token-not-valid", title: "The refresh token is not valid", status: 401, detail: "Sign in again.")
        case .badOneTimeToken: .invalid([FieldError(pointer: "/token", detail: "is unknown, was used, or is too old")])
        case .overloaded: .unavailable("Sign-in", retryAfter: 1)
        case .noSuchUser: .notFound("There is no such user.")
        case .stale: .preconditionFailed()
        }
    }
}
