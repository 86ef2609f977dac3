-- How many jobs wait before this one; reads only.
-- include jobs
-- include queue

local job = job_of(ARGV[1])
if not job then return false end
if job.state == 'waiting' then return place_of(job.id, job.model) end
if job.state == 'handover' then return redis.call('LPOS', KEY.handover(job.model), job.id) end
return false
