internal import CMongo
internal import Loop
public import Telemetry

/// What libmongoc itself has to say goes to the log of the process, and nowhere else.
public enum MongoLog {
    private static let target = Locked<Log?>(nil)

    /// From now on to `log`. libmongoc has one handler a process: the last call wins. Without a call nothing is printed.
    public static func send(to log: Log) {
        target.withLock { $0 = log }
        install
    }

    /// Once; before libmongoc can say anything.
    static let install: Void = mongoc_log_set_handler({ level, domain, message, _ in
        guard let log = MongoLog.target.withLock({ $0 }), let domain, let message else { return }
        let fields: [(StaticString, LogValue)] = [("domain", .string(String(cString: domain))), ("message", .string(String(cString: message)))]
        switch level {
        case MONGOC_LOG_LEVEL_ERROR, MONGOC_LOG_LEVEL_CRITICAL: log.error("libmongoc", fields)
        case MONGOC_LOG_LEVEL_WARNING: log.warning("libmongoc", fields)
        case MONGOC_LOG_LEVEL_MESSAGE, MONGOC_LOG_LEVEL_INFO: log.info("libmongoc", fields)
        default: log.debug("libmongoc", fields)
        }
    }, nil)
}
