-- Payments of 100 minor units, each with a key of its own, on one loan after the other.
-- The request is put together from prepared strings, so that the client costs little beside the server.

local directory = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
dofile(directory .. "common.lua")

local heads, bodies, count, sent = nil, {}, 0, 0

function init(args)
  local run = read_arguments(args)
  count = run.loans
  for number = 0, count - 1 do
    bodies[number] = '{"loan_id":"' .. loan_id(number) .. '","borrower_id":"' .. borrower_id(number) ..
      '","amount_minor":"100","currency":"USD","effective_at":"' .. run.day ..
      '","source_method":"ach","external_ref":"ach_trace_000001"}'
  end
  heads = {
    "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: Bearer " .. run.token ..
      "\r\nContent-Type: application/json\r\nContent-Length: " .. #bodies[0] ..
      "\r\nIdempotency-Key: payment:" .. run.run .. ":" .. thread_number .. ":",
    "\r\n\r\n",
  }
end

function request()
  sent = sent + 1
  return heads[1] .. sent .. heads[2] .. bodies[(sent * 7 + thread_number) % count]
end
