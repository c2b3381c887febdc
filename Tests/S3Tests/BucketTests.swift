import Curl
import FoundationEssentials
import Glibc
import JSON
import Kit
import Loop
import ObjectStore
import Telemetry
import TestKit
import Testing

@testable import S3

/// What is particular to a bucket: signatures, parts, presigned addresses, and a service that is not there.
@Suite struct BucketTests {
    private func withBucket(
        _ program: BucketServer.Program, partBytes: Int = 5 << 20, name: String = "lyceum", key: S3Key = BucketServer.key,
        _ body: @escaping @Sendable (S3ObjectStore, BucketServer, CurlClient) async throws -> Void
    ) async throws {
        let server = try await BucketServer(program), loops = LoopGroup(count: 1, name: "s3-test"), curl = patientClient(loops)
        let store = S3ObjectStore(try server.bucket(name: name), key: key, curl: curl, partBytes: partBytes)
        let result = await Task { try await loops.run { try await body(store, server, curl) } }.result
        await curl.close()
        await loops.shutdown()
        try result.get()
    }

    @Test("a wrong secret, and an unknown key, are unavailable, not empty", arguments: BucketServer.Program.present, ["secret", "id"])
    func wrongKey(_ program: BucketServer.Program, wrong: String) async throws {
        let key = wrong == "id" ? S3Key(id: "AKOTHER", secret: "x") : S3Key(id: BucketServer.key.id, secret: "wrong")
        try await withBucket(program, key: key) { store, _, _ in
            let object = try S3Tests.key("a")
            for ask in Self.everything(store, object) { #expect(await kind(ask) == .unavailable) }
        }
    }

    @Test("a bucket that is not there is unavailable, not empty", arguments: BucketServer.Program.present)
    func noBucket(_ program: BucketServer.Program) async throws {
        try await withBucket(program, name: "another") { store, _, _ in
            let object = try S3Tests.key("a")
            for ask in Self.everything(store, object) { #expect(await kind(ask) == .unavailable) }
        }
    }

    @Test("a service that went is unavailable, and its objects are there when it is back")
    func gone() async throws {
        try await withBucket(.nanio) { store, server, _ in
            let object = try S3Tests.key("a")
            try await store.put([1], at: object)
            server.process.end()
            for ask in Self.everything(store, object) { #expect(await kind(ask) == .unavailable) }
        }
    }

    private static func everything(_ store: S3ObjectStore, _ key: ObjectKey) -> [@Sendable () async throws -> Void] {
        [
            { _ = try await store.get(key) }, { _ = try await store.head(key) }, { _ = try await store.put([1], at: key) }, { _ = try await store.open(key) },
            { _ = try await store.list(prefix: "", after: nil, limit: 1) },
        ]
    }

    @Test("an upload in parts that fails, or whose task is cancelled, leaves no parts", arguments: BucketServer.Program.present, [true, false])
    func aborted(_ program: BucketServer.Program, cancelled: Bool) async throws {
        try await withBucket(program) { store, server, curl in
            let folder = try TestFolder(), object = try S3Tests.key("originals/a")
            let path = try folder.write([UInt8](repeating: 3, count: 30_000_000), to: "file")
            let task = Task { try await store.put(file: path, at: object) }
            let client = S3Client(bucket: try server.bucket(), key: BucketServer.key, curl: curl)
            let uploads = { @Sendable () async throws -> Int in
                let answer = try await client.send(client.request("GET", nil, query: [("uploads", "")]), "look")
                return String(decoding: answer.body, as: UTF8.self).split(separator: "<UploadId>").count - 1
            }
            _ = try await eventually { try await uploads() > 0 }
            if cancelled { task.cancel() } else { truncate(path, 1000) }   // what is left to read is not there any more
            #expect((try? await task.value) == nil)
            #expect(try await eventually { try await uploads() == 0 })
            #expect(try await store.head(object) == nil)
        }
    }

    @Test("a presigned address brings the object to whoever has it, in part too, until its time is over", arguments: BucketServer.Program.present)
    func presigned(_ program: BucketServer.Program) async throws {
        try await withBucket(program) { store, _, curl in
            let object = try S3Tests.key("streams/a=b/x_y-z.m4s"), bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
            try await store.put(bytes, at: object)
            let url = store.presignedURL(of: object, lastsSeconds: 60)
            #expect(try await curl.send(CurlRequest(url, timeoutMilliseconds: 30_000)).body == bytes)
            let part = CurlRequest(url, headers: [HeaderField("Range", "bytes=10-19")], timeoutMilliseconds: 30_000)
            #expect(try await curl.send(part).body == Array(bytes[10..<20]))
            let other = url.replacing("x_y-z", with: "x_y-y")
            let changed = url.replacing("X-Amz-Expires=60", with: "X-Amz-Expires=61")
            let plain = String(url.prefix { $0 != "?" })
            for refused in [other, changed, plain] { #expect(try await curl.send(CurlRequest(refused, timeoutMilliseconds: 30_000)).status == 403) }
            let bucket = try #require(S3Bucket("lyceum", region: BucketServer.region, endpoint: String(url.split(separator: "/lyceum/")[0])))
            let old = S3Presigner(bucket: bucket, key: BucketServer.key).url(of: object, lastsSeconds: 60, at: .now.adding(seconds: -120))
            #expect(try await curl.send(CurlRequest(old, timeoutMilliseconds: 30_000)).status == 403)
        }
    }

    @Test("a presigned address is the one that another client makes", arguments: ["a", "a/b/c", "=/=a=", "a-b_c.d/e=f", "A0/z9"])
    func secondOpinion(text: String) async throws {
        let bucket = try #require(S3Bucket("lyceum", prefix: "x=y", region: "eu-central-1", endpoint: "http://127.0.0.1:9000"))
        let mine = S3Presigner(bucket: bucket, key: BucketServer.key).url(of: try key(text), lastsSeconds: 77, at: .now)
        // botocore takes the moment of the address, so that both sign the same.
        let script = """
            import sys, datetime
            from urllib.parse import urlsplit, parse_qs
            import botocore.auth, botocore.awsrequest, botocore.credentials, botocore.compat
            url, key, bucket = sys.argv[1:4]
            at = datetime.datetime.strptime(parse_qs(urlsplit(url).query)["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ")
            for module in (botocore.auth,):
                if hasattr(module, "get_current_datetime"): module.get_current_datetime = lambda *a, **k: at
            credentials = botocore.credentials.Credentials(*sys.argv[4:])
            signer = botocore.auth.S3SigV4QueryAuth(credentials, "s3", "eu-central-1", expires=77)
            from botocore.utils import percent_encode
            request = botocore.awsrequest.AWSRequest("GET", "http://127.0.0.1:9000/" + bucket + "/" + percent_encode(key, "/~"))
            signer.add_auth(request)
            print(request.url, end="")
            """
        let python = try TestStack.load().string("venv") + "/bin/python"
        let theirs = try TestProgram.run(python, ["-c", script, mine, "x=y/" + text, "lyceum", BucketServer.keyID, BucketServer.secret])
        #expect(theirs.status == 0, "\(theirs.errors)")
        #expect(parts(mine) == parts(theirs.text))
    }

    private func parts(_ url: String) -> Set<String> { Set(url.split(whereSeparator: { "?&".contains($0) }).map(String.init)) }

    @Test("a bucket is named as S3 names them", arguments: [
        ("lyceum", "", nil as String?, true), ("a.b-c", "x/y", "http://127.0.0.1:1", true), ("ab", "", nil, false), ("Upper", "", nil, false),
        ("a/b", "", nil, false), ("lyceum", "/x", nil, false), ("lyceum", "x/", nil, false), ("lyceum", "..", nil, false),
        ("lyceum", "", "http://u@h", false), ("lyceum", "", "http://h/path", false), ("lyceum", "", "ftp://h", false), ("lyceum", "", "http://", false),
    ])
    func names(name: String, prefix: String, endpoint: String?, isOne: Bool) {
        #expect((S3Bucket(name, prefix: prefix, endpoint: endpoint) != nil) == isOne)
    }

    @Test("configuration names a folder or a bucket, and an error names what is wrong with it")
    func configuration() async throws {
        let folder = try TestFolder(), loops = LoopGroup(count: 1)
        func store(_ environment: [String: String]) throws -> any ObjectStore {
            try ConfigurationReader(environment: environment).objectStore(CurlClient(loops))
        }
        #expect(try store(["LYCEUM_OBJECT_STORE": "file://\(folder.path)/o"]) is DirectoryObjectStore)
        let keys = ["LYCEUM_OBJECT_STORE_KEY_ID": "AK", "LYCEUM_OBJECT_STORE_KEY_SECRET": "s"]
        for url in ["s3://lyceum?region=eu-central-1", "s3://lyceum/a/b?endpoint=http://127.0.0.1:9000", "s3://lyceum"] {
            #expect(try store(keys.merging(["LYCEUM_OBJECT_STORE": url]) { $1 }) is S3ObjectStore)
        }
        for url in ["s3://x", "s3://lyceum:80", "s3://lyceum?endpoint=ftp://a", "http://lyceum", "s3://lyceum?region=a%20b"] {
            #expect(throws: ConfigurationError.self) { _ = try store(keys.merging(["LYCEUM_OBJECT_STORE": url]) { $1 }) }
        }
        #expect(throws: ConfigurationError.self) { _ = try store(["LYCEUM_OBJECT_STORE": "s3://lyceum"]) }
        let reader = ConfigurationReader(environment: keys.merging(["LYCEUM_OBJECT_STORE": "s3://lyceum"]) { $1 })
        _ = try reader.objectStore(CurlClient(loops))
        #expect(reader.entries.first { $0.variable == "LYCEUM_OBJECT_STORE_KEY_SECRET" }?.value == "•••")
        await loops.shutdown()
    }
}
