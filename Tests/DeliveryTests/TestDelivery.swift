import Glibc
import HTTP
import JSON
import Kit
import Loop
import Telemetry
import TestKit
import TestRoutes
import TestStores
@testable import Delivery

/// The delivery service over an object store in a temporary folder, and other services that answer as a test says.
struct TestDelivery: Sendable {
    static let asset = "0191a0d0-0000-7000-8000-0000000000aa"
    static let hash = "5eed"

    let objects: TestFolder
    let call: RouteCaller
    private let moved: Moved

    final class Moved: Sendable {
        let now = Locked(Timestamp.now)
    }

    func advance(seconds: Double) { moved.now.withLock { $0 = $0.adding(seconds: seconds) } }

    /// `store` is where objects are kept in place of the folder.
    init(_ transport: any ServiceTransport = AbsentServices(), store: [String: String] = [:]) throws {
        let keys = try TestFolder()
        try keys.write(Array("\(SignerTests.first)\n".utf8), to: "playback.keys")
        let objects = try TestFolder()
        let moved = Moved()
        let loops = LoopGroup(count: 1)
        let log = Log(service: "delivery", level: .error)
        let configuration = ConfigurationReader(environment: [
            "LYCEUM_KEYS_DIRECTORY": keys.path, "LYCEUM_OBJECT_STORE": "file://\(objects.path)", "LYCEUM_EDGE_URL": "http://edge.test/",
        ].merging(store) { $1 })
        let parts = try DeliveryService.make(ServiceContext(
            service: "delivery", loops: loops, log: log, configuration: configuration.scoped(to: "delivery"), transport: transport,
            clock: WallClock { moved.now.withLock { $0 } }, metrics: Metrics()))
        call = RouteCaller(try RouteTable(service: "delivery", routes: parts.routes, authenticator: TestAuthenticator(), log: log), on: loops)
        self.objects = objects
        self.moved = moved
    }

    /// The path at which the edge asks for a folder of an asset.
    func folder(asset: String = asset, hash: String = hash, lastsSeconds: Double = 60) throws -> String {
        let signer = try OpenSSLPlaybackSigner(keyFile: SignerTests.first)
        return signer.sign(asset: asset, hash: hash, session: "s1", until: moved.now.withLock { $0 }.adding(seconds: lastsSeconds)).folder
    }

    /// Puts a file where the worker would.
    func put(_ text: String, as name: String) throws {
        var path = objects.path
        for part in ["streams", Self.asset, Self.hash] {
            path += "/" + part
            mkdir(path, 0o700)
        }
        try objects.write(Array(text.utf8), to: "streams/\(Self.asset)/\(Self.hash)/\(name)")
    }
}

/// What an answer whose body is a file sends; the descriptor is closed, as the listener does.
func sent(_ answer: RouteCaller.Answer) -> String? {
    guard case .file(let descriptor, let offset, let length) = answer.response.body else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Int(length))
    let count = pread(descriptor, &bytes, bytes.count, off_t(offset))
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
