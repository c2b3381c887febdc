/// A dozen courses to look at and to search in. Invented.
enum DemoCatalogue {
    static let lines = [
        #"""
            {"id":"demo:swift","platform":"lyceum","title":"Swift from Scratch","subtitle":"Values, protocols and concurrency",\#
            "level":"beginner","is_paid":true,"price":49.0,"price_currency":"EUR","enrolled":1840,"rating":4.7,"num_reviews":312,\#
            "num_lectures":64,"duration_hours":9.5,"instructors":["Mira Lang"],"category":"Development",\#
            "subcategory":"Mobile Development","language":"en","published_at":"2026-03-02T09:00:00Z",\#
            "description":"Learn Swift by writing small programs that you will keep."}
            """#,
        #"""
            {"id":"demo:postgres","platform":"lyceum","title":"PostgreSQL for Busy People","subtitle":"Indexes, transactions, plans",\#
            "level":"intermediate","is_paid":true,"price":59.0,"price_currency":"EUR","enrolled":2210,"rating":4.8,"num_reviews":401,\#
            "num_lectures":48,"duration_hours":7.0,"instructors":["Jonas Weber"],"category":"Development","subcategory":"Databases",\#
            "language":"en","published_at":"2026-01-15T09:00:00Z","description":"Why a query is slow, and what to do about it."}
            """#,
        #"""
            {"id":"demo:html","platform":"lyceum","title":"Web Pages by Hand","subtitle":"HTML and CSS without a framework",\#
            "level":"beginner","is_paid":false,"enrolled":5320,"rating":4.5,"num_reviews":690,"num_lectures":30,"duration_hours":4.0,\#
            "instructors":["Lucía Ortega"],"category":"Development","subcategory":"Web Development","language":"en",\#
            "published_at":"2025-11-20T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:stats","platform":"lyceum","title":"Statistics You Will Use","subtitle":"Samples, intervals, mistakes",\#
            "level":"beginner","is_paid":false,"enrolled":3120,"rating":4.6,"num_reviews":280,"num_lectures":36,"duration_hours":5.5,\#
            "instructors":["Amara Okafor"],"category":"Science","subcategory":"Mathematics","language":"en",\#
            "published_at":"2026-02-10T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:photo","platform":"lyceum","title":"Light and Lens","subtitle":"Photography with any camera","level":"all",\#
            "is_paid":true,"price":29.0,"price_currency":"EUR","enrolled":990,"rating":4.4,"num_reviews":120,"num_lectures":25,\#
            "duration_hours":3.5,"instructors":["Noah Fischer"],"category":"Photography & Video","language":"en",\#
            "published_at":"2026-04-08T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:german","platform":"lyceum","title":"Deutsch im Alltag","subtitle":"Sprechen vom ersten Tag an",\#
            "level":"beginner","is_paid":true,"price":39.0,"price_currency":"EUR","enrolled":760,"rating":4.9,"num_reviews":95,\#
            "num_lectures":52,"duration_hours":8.0,"instructors":["Mira Lang"],"category":"Languages","language":"de",\#
            "published_at":"2026-05-19T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:guitar","platform":"lyceum","title":"Acoustic Guitar, Song by Song","level":"beginner","is_paid":true,\#
            "price":35.0,"price_currency":"EUR","enrolled":1430,"rating":4.7,"num_reviews":210,"num_lectures":40,"duration_hours":6.0,\#
            "instructors":["Tomás Silva"],"category":"Music","language":"en","published_at":"2025-09-01T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:security","platform":"lyceum","title":"Security for Developers",\#
            "subtitle":"Tokens, secrets and the things that go wrong","level":"advanced","is_paid":true,"price":79.0,\#
            "price_currency":"EUR","enrolled":640,"rating":4.8,"num_reviews":88,"num_lectures":33,"duration_hours":5.0,\#
            "instructors":["Jonas Weber"],"category":"IT & Software","subcategory":"Network & Security","language":"en",\#
            "published_at":"2026-06-30T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:manage","platform":"lyceum","title":"Your First Team","subtitle":"Managing people who know more than you",\#
            "level":"beginner","is_paid":true,"price":45.0,"price_currency":"EUR","enrolled":880,"rating":4.3,"num_reviews":130,\#
            "num_lectures":28,"duration_hours":3.0,"instructors":["Amara Okafor"],"category":"Business","subcategory":"Management",\#
            "language":"en","published_at":"2026-07-12T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:yoga","platform":"lyceum","title":"Ten Quiet Minutes","subtitle":"Yoga between two meetings","level":"all",\#
            "is_paid":false,"enrolled":2750,"rating":4.6,"num_reviews":340,"num_lectures":20,"duration_hours":3.3,\#
            "instructors":["Lucía Ortega"],"category":"Health & Fitness","language":"en","published_at":"2026-08-03T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:espanol","platform":"lyceum","title":"Cocina española","subtitle":"Veinte platos sencillos","level":"all",\#
            "is_paid":true,"price":19.0,"price_currency":"EUR","enrolled":410,"rating":4.8,"num_reviews":60,"num_lectures":22,\#
            "duration_hours":4.2,"instructors":["Lucía Ortega"],"category":"Personal Development","language":"es",\#
            "published_at":"2026-08-28T09:00:00Z"}
            """#,
        #"""
            {"id":"demo:data","platform":"lyceum","title":"Data Science with Real Data",\#
            "subtitle":"From a messy file to an honest chart","level":"intermediate","is_paid":true,"price":69.0,"price_currency":"EUR",\#
            "enrolled":1980,"rating":4.7,"num_reviews":260,"num_lectures":70,"duration_hours":11.0,"instructors":["Amara Okafor"],\#
            "category":"Development","subcategory":"Data Science","language":"en","published_at":"2026-09-14T09:00:00Z"}
            """#,
    ]
}
