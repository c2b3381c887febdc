import Courses
import Delivery
import Enrollments
import Kit
import Media
import Notifications
import Search
import Users

/// The services of the product, in the order in which they start and in which their ports follow each other.
enum HostedServices {
    static let all: [any HostedService.Type] = [
        UsersService.self, CoursesService.self, EnrollmentsService.self, MediaService.self, DeliveryService.self, SearchService.self, NotificationsService.self,
    ]
    static var names: [String] { all.map { $0.name } }

    /// The services that a word names: one, or `all`.
    static func named(_ word: String) -> [any HostedService.Type] { word == "all" ? all : all.filter { $0.name == word } }
}
