-- What the hourly sweep, and a second registration of an address that nobody confirmed, look for.
create index sign_in_failures_since on sign_in_failures (since);
create index mail_requests_since on mail_requests (since);
create index one_time_tokens_of_user on one_time_tokens (user_id);
