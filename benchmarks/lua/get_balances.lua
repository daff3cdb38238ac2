-- Balances of one loan after the other, as of a date where one is given; requests are built once, before the run.

local directory = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
dofile(directory .. "common.lua")

local requests, count, sent = {}, 0, 0

function init(args)
  local run = read_arguments(args)
  count = run.loans
  local query = run.day == "" and "" or "?as_of_date=" .. run.day
  for number = 0, count - 1 do
    requests[number] = "GET " .. wrk.path .. "/loans/" .. loan_id(number) .. "/balance" .. query .. " HTTP/1.1\r\nHost: " .. wrk.host ..
      "\r\nAuthorization: Bearer " .. run.token .. "\r\n\r\n"
  end
end

function request()
  sent = sent + 1
  return requests[(sent * 7 + thread_number) % count]
end
