import UsersAPI

/// The texts of mails, by language. Plain text: nothing to render wrongly, nothing to load from elsewhere.
struct MailTemplate: Sendable {
    /// Who it is for; empty where the address is not known to be theirs.
    let name: String
    let subject: String
    let text: String

    /// What a template may say besides the name.
    struct Facts: Sendable {
        /// The public base of the product.
        let gateway: String
        var token = ""
        var courseTitle = ""
        var courseID = ""
        var detail = ""
    }

    /// The mail in the language of the contact; English where there is no translation.
    init(_ kind: MailKind, for contact: UserContact, _ facts: Facts) {
        // Before an address is confirmed, anybody may have typed it, and a name that says something to its owner.
        name = kind == .verifyEmail ? "" : Self.line(contact.displayName)
        let german = contact.locale == "de" || contact.locale.hasPrefix("de-")
        var facts = facts
        facts.courseTitle = Self.line(facts.courseTitle)
        facts.detail = Self.line(facts.detail)
        let body = german ? Self.german(kind, facts) : Self.english(kind, facts)
        subject = body.subject
        let greeting = (german ? "Hallo" : "Hello") + (name.isEmpty ? "," : " \(name),")
        text = "\(greeting)\n\n\(body.text)\n\n-- \nLyceum\n\(facts.gateway)\n"
    }

    /// One line of what somebody typed: line ends and control characters are blanks, so that a title or name adds no field and no paragraph.
    static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: line.append(" ")
            default: line.append(scalar)
            }
        }
        return String(line)
    }

    private static func english(_ kind: MailKind, _ facts: Facts) -> (subject: String, text: String) {
        switch kind {
        case .verifyEmail:
            ("Confirm your e-mail address", """
                please confirm that this address is yours:

                \(facts.gateway)/verify/?token=\(facts.token)

                The link works for 24 hours. If you did not register, do nothing: nobody can use the account.
                """)
        case .alreadyRegistered:
            ("You have an account already", """
                someone, probably you, tried to register with this address, which has an account already. Sign in with your password.
                If it was not you, do nothing: nothing was changed.
                """)
        case .welcomeToCourse:
            ("Welcome to \(facts.courseTitle)", """
                you are enrolled in "\(facts.courseTitle)". Start whenever you like:

                \(facts.gateway)/watch/?course=\(facts.courseID)
                """)
        case .videoRefused:
            ("Your video could not be used", "a video that you uploaded was not accepted:\n\n\(facts.detail)\n\nPlease upload another file for the lecture.")
        }
    }

    private static func german(_ kind: MailKind, _ facts: Facts) -> (subject: String, text: String) {
        switch kind {
        case .verifyEmail:
            ("Bitte bestätigen Sie Ihre E-Mail-Adresse", """
                bitte bestätigen Sie, dass diese Adresse Ihnen gehört:

                \(facts.gateway)/verify/?token=\(facts.token)

                Der Link gilt 24 Stunden. Wenn Sie sich nicht registriert haben, tun Sie nichts: Niemand kann das Konto benutzen.
                """)
        case .alreadyRegistered:
            ("Sie haben schon ein Konto", """
                jemand, vermutlich Sie, wollte sich mit dieser Adresse registrieren, die schon ein Konto hat. Melden Sie sich mit Ihrem Passwort an.
                Wenn Sie es nicht waren, tun Sie nichts: Es wurde nichts geändert.
                """)
        case .welcomeToCourse:
            ("Willkommen in \(facts.courseTitle)", """
                Sie sind in »\(facts.courseTitle)« eingeschrieben. Beginnen Sie, wann Sie möchten:

                \(facts.gateway)/watch/?course=\(facts.courseID)
                """)
        case .videoRefused:
            ("Ihr Video konnte nicht verwendet werden", """
                ein Video, das Sie hochgeladen haben, wurde nicht angenommen:

                \(facts.detail)

                Bitte laden Sie für die Lektion eine andere Datei hoch.
                """)
        }
    }
}
