-- Sends the requests of a file, one after the other, from its beginning again when they are used up.
-- A line: method, path, number of the token (0: none), body (empty: none), idempotency key (empty: none), with tabs between.
-- REQUESTS and TOKENS name the files; PAUSE is how many milliseconds a connection waits before it asks. All is made before the clock runs: a request costs wrk nothing but sending it.
local made, at = {}, 0
local pause = tonumber(os.getenv("PAUSE"))

function init()
  local tokens = {}
  for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
  for line in io.lines(os.getenv("REQUESTS")) do
    local method, path, token, body, key = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
    local headers = {}
    if tonumber(token) > 0 then headers["Authorization"] = "Bearer " .. tokens[tonumber(token)] end
    if body ~= "" then headers["Content-Type"] = "application/json" end
    if key ~= "" then headers["Idempotency-Key"] = key end
    made[#made + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
end

function request()
  at = at % #made + 1
  return made[at]
end

if pause > 0 then
  function delay() return pause end
end
