import Testing
import UsersAPI
@testable import Notifications

@Suite("Texts of mails")
struct TemplateTests {
    private func template(
        _ kind: MailKind, name: String = "Sam", locale: String = "en", title: String = "Swift", detail: String = "Why."
    ) -> MailTemplate {
        var facts = MailTemplate.Facts(gateway: "http://lyceum.test")
        facts.token = "t0ken"
        facts.courseTitle = title
        facts.courseID = "c1"
        facts.detail = detail
        return MailTemplate(kind, for: UserContact(email: "sam@example.org", displayName: name, locale: locale), facts)
    }

    @Test("every mail speaks the language of its reader, English where there is none", arguments: MailKind.allCases)
    func languages(_ kind: MailKind) {
        let english = template(kind)
        for locale in ["de", "de-AT"] {
            let german = template(kind, locale: locale)
            #expect(german.subject != english.subject)
            #expect(german.text.hasPrefix("Hallo"))
        }
        for locale in ["fr", "den", "en-GB"] { #expect(template(kind, locale: locale).text == english.text) }
        #expect(english.text.hasPrefix("Hello"))
        for mail in [english, template(kind, locale: "de")] {
            #expect(!mail.subject.isEmpty)
            #expect(mail.text.hasSuffix("\n-- \nLyceum\nhttp://lyceum.test\n"))
        }
    }

    @Test("a mail has what it is for", arguments: ["en", "de"])
    func facts(_ locale: String) {
        #expect(template(.verifyEmail, locale: locale).text.contains("http://lyceum.test/verify/?token=t0ken\n"))
        #expect(template(.welcomeToCourse, locale: locale).text.contains("http://lyceum.test/watch/?course=c1\n"))
        #expect(template(.welcomeToCourse, locale: locale).subject.contains("Swift"))
        #expect(template(.videoRefused, locale: locale).text.contains("Why."))
        #expect(!template(.alreadyRegistered, locale: locale).text.contains("t0ken"))
    }

    @Test("a name or title with line ends stays one line", arguments: ["\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\u{0}", "\u{7F}"])
    func injection(_ end: String) {
        let evil = "Sam\(end)Bcc: all@example.org"
        let mail = template(.welcomeToCourse, name: evil, title: evil)
        #expect(mail.subject == "Welcome to Sam" + String(repeating: " ", count: end.unicodeScalars.count) + "Bcc: all@example.org")
        #expect(mail.name.hasPrefix("Sam ") && mail.name.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(!mail.text.contains("\(end)Bcc"))
        #expect(mail.text.split(separator: "\n")[0].hasSuffix("Bcc: all@example.org,"))
    }

    @Test("who may not be the owner of the address says nothing to its owner", arguments: ["en", "de"])
    func unconfirmed(_ locale: String) {
        let mail = template(.verifyEmail, name: "You won! http://evil.example", locale: locale)
        #expect(mail.name.isEmpty)
        #expect(!mail.text.contains("evil"))
    }
}
