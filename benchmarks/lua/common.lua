-- What every script shares: the arguments of a run, the numbered loans, and the summary that Python reads.
-- wrk gives each thread its own Lua state; `thread_number` is set from outside before `init` runs.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("thread_number", threads)
end

function read_arguments(args)
  return { run = args[1], loans = tonumber(args[2]), day = args[3], token = args[4] }
end

function loan_id(number)
  return string.format("00000000-0000-7000-8000-%012x", number)
end

function borrower_id(number)
  return string.format("00000000-0000-7000-9000-%012x", number)
end

function done(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    'SUMMARY {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,' ..
    '"refused":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    failed.status, failed.connect, failed.read, failed.write, failed.timeout))
end
