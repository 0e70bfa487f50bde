-- What wrk sends: the same body over and over, as a JSON webhook.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = string.rep("x", tonumber(os.getenv("BODY_BYTES")))
