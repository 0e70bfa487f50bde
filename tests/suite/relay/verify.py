"""Verifies webhooks with the official library of Standard Webhooks, each with each of its secrets."""
import json, sys
from standardwebhooks import Webhook, WebhookVerificationError

verified = 0
for line in sys.stdin:
    call = json.loads(line)
    for secret in call["secrets"]:
        webhook = Webhook(secret)
        assert webhook.verify(call["body"], call["headers"])["type"] == "incident.notice"
        for body, headers in [
            (call["body"].replace("incident", "accident"), call["headers"]),
            (call["body"], {**call["headers"], "webhook-id": "another"}),
            (call["body"], {**call["headers"], "webhook-timestamp": str(int(call["headers"]["webhook-timestamp"]) + 1)}),
        ]:
            try:
                webhook.verify(body, headers)
            except WebhookVerificationError:
                continue
            raise AssertionError("a forged call was verified")
        verified += 1
print(verified, end="")
