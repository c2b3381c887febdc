import Curl
import Loop
import S3
import TestKit

extension BucketServer {
    static let key = S3Key(id: keyID, secret: secret)

    func bucket(prefix: String = "", name: String = "lyceum") throws -> S3Bucket {
        guard let bucket = S3Bucket(name, prefix: prefix, region: Self.region, endpoint: endpoint) else { throw ServerProcess.Failure("\(name) is no bucket") }
        return bucket
    }
}

/// A client that has time.
func patientClient(_ loops: LoopGroup) -> CurlClient {
    var configuration = CurlConfiguration()
    configuration.connectMilliseconds = 30_000
    configuration.waitMilliseconds = 30_000
    return CurlClient(loops, configuration)
}
