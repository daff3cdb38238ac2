-- Pages of a list, one after the other: the first argument is the token, the others are paths with their queries.

local directory = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
dofile(directory .. "common.lua")

local requests, sent = {}, 0

function init(args)
  for number = 2, #args do
    requests[number - 1] = "GET " .. args[number] .. " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: Bearer " .. args[1] .. "\r\n\r\n"
  end
end

function request()
  sent = sent + 1
  return requests[sent % #requests + 1]
end
