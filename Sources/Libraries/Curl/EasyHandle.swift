internal import CCurl
import Glibc

/// A libcurl handle with one owner, used for one transfer after the other so that what it has learnt is kept. Its owner's thread only.
final class EasyHandle {
    /// libcurl's own state, set up once a process.
    static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    let raw: UnsafeMutableRawPointer
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    init?() {
        guard Self.isReady, let raw = curl_easy_init() else { return nil }
        self.raw = raw
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(raw)
        freeLists()
        message.deallocate()
    }

    /// Forgets the last transfer; connections live on.
    func reset() {
        curl_easy_reset(raw)
        freeLists()
        message[0] = 0
    }

    private func freeLists() {
        for list in lists { curl_slist_free_all(list) }
        lists = []
    }

    /// The words that libcurl has for the failure, or those for its code.
    func reason(_ code: CURLcode) -> String {
        String(cString: message[0] == 0 ? curl_easy_strerror(code) : UnsafePointer(message))
    }

    /// Ends the last connection's traffic, so that letting it go waits for nobody.
    func hangUp() {
        let socket = lyceum_active_socket(raw)
        if socket >= 0 { shutdown(socket, CInt(SHUT_RDWR)) }
    }

    /// Sets what every transfer has. False when libcurl takes one of it not.
    func prepare(_ url: String, milliseconds: Int, connectMilliseconds: Int, certificateAuthorities: String?) -> Bool {
        set(CURLOPT_URL, url)
            && lyceum_set_pointer(raw, CURLOPT_ERRORBUFFER, message) != 0
            && set(CURLOPT_NOSIGNAL, 1)
            // Else a transfer that ends while its name is being looked up would wait for the resolver, and its thread with it.
            && set(CURLOPT_QUICK_EXIT, 1)
            && set(CURLOPT_TIMEOUT_MS, milliseconds)
            && set(CURLOPT_CONNECTTIMEOUT_MS, min(connectMilliseconds, milliseconds))
            && set(CURLOPT_PROXY, "")
            && set(CURLOPT_TCP_KEEPALIVE, 1)
            && (certificateAuthorities.map { set(CURLOPT_CAINFO, $0) } ?? true)
    }

    func set(_ option: CURLoption, _ value: String) -> Bool { lyceum_set_text(raw, option, value) != 0 }
    func set(_ option: CURLoption, _ value: Int) -> Bool { lyceum_set_long(raw, option, value) != 0 }

    /// The lines live until `reset`.
    func set(_ option: CURLoption, _ lines: [String]) -> Bool {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                return false
            }
            list = longer
        }
        guard let list else { return true }
        lists.append(list)
        return lyceum_set_pointer(raw, option, list) != 0
    }
}
