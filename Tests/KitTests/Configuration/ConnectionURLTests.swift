import Testing

@testable import Kit

@Suite struct ConnectionURLTests {
    @Test("its parts are read, its password is masked") func parts() throws {
        let url = try #require(ConnectionURL("postgres://lyceum:p:w@db.internal:5432/lyceum_users?sslmode=require"))
        #expect(url.scheme == "postgres")
        #expect(url.host == "db.internal")
        #expect(url.port == 5432)
        #expect(url.path == "/lyceum_users")
        #expect("\(url)" == "postgres://lyceum:•••@db.internal:5432/lyceum_users?sslmode=require")
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("p:w"))
        #expect(url.text.contains("p:w"))
    }

    @Test("passwords in the query are masked too", arguments: [
        ("postgres://db/users?user=a&password=s3cret&x=1", "postgres://db/users?user=a&password=•••&x=1"),
        ("mongodb://u:p@a:1,b:2/?tlsCertificateKeyFilePassword=s3cret", "mongodb://u:•••@a:1,b:2/?tlsCertificateKeyFilePassword=•••"),
        ("http://x/a?passwordless&b", "http://x/a?passwordless&b"),
    ])
    func queryPasswords(text: String, shown: String) throws { #expect("\(try #require(ConnectionURL(text)))" == shown) }

    @Test("a path can be put after its base") func base() throws {
        #expect(try #require(ConnectionURL("http://x:1/")).base == "http://x:1")
        #expect(try #require(ConnectionURL("http://x:1/a")).base == "http://x:1/a")
    }

    @Test("hosts of several kinds") func hosts() throws {
        #expect(try #require(ConnectionURL("http://[::1]:80/x")).host == "::1")
        #expect(try #require(ConnectionURL("mongodb://a:1,b:2/db?replicaSet=rs0")).host == "a")
        #expect(try #require(ConnectionURL("file:///srv/objects")).path == "/srv/objects")
        #expect(try #require(ConnectionURL("HTTPS://Example.com")).scheme == "https")
        #expect(try #require(ConnectionURL("https://example.com")).port == nil)
    }

    @Test("what is no absolute URL is none", arguments: [
        "", "abc", "http:/x", "http://", "://x", "http://x:0", "http://x:99999", "http://x:y", "ht tp://x", "1http://x",
        "file://host", "http://x/é",
    ])
    func refused(text: String) { #expect(ConnectionURL(text) == nil) }

    @Test("a secret shows itself nowhere but where it is asked for") func secret() {
        let secret = Secret("swordfish")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("swordfish"))
        #expect(secret.reveal() == "swordfish")
    }
}
