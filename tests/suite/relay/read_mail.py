"""Reads mails with Python's own library and says what it found, one JSON line a mail; stops at anything out of order."""
import email, email.policy, email.utils, json, re, sys

for name in sys.argv[1:]:
    with open(name, "rb") as file:
        raw = file.read()
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b""), "a lone CR or LF"
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998 and all(byte < 128 for byte in raw), "not fit for every relay"
    assert not any(line == b"." for line in lines), "a lone dot in the bytes"
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(mail.iter_parts())
    for part in [mail, *parts]:
        assert not part.defects, part.defects
        for header, value in part.items():
            assert not value.defects, (header, value.defects)
    headers = [header.lower() for header in mail.keys()]
    assert len(headers) == len(set(headers)), "a header stands twice"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert all(part.get_content_charset() == "utf-8" for part in parts)
    languages = {part["Content-Language"] for part in parts}
    assert len(languages) == 1
    text, html = (part.get_content() for part in parts)
    language = languages.pop()
    assert f'<html lang="{language}"' in html
    assert not re.search(r"(src|background)\s*=|url\(|<script|<link", html, re.I), "it loads something"
    assert email.utils.parsedate_to_datetime(mail["Date"]).tzinfo is not None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] == mail["References"] and mail["References"] != mail["Message-ID"]
    link = mail["List-Unsubscribe"]
    if link is not None:
        link = re.fullmatch(r"<(https://[^<>\s]+/unsubscribe/[A-Za-z0-9_-]{75})>", link).group(1)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    recipients = mail["To"].addresses
    assert len(recipients) == 1
    print(json.dumps({
        "file": name, "to": recipients[0].addr_spec, "name": recipients[0].display_name, "subject": mail["Subject"],
        "id": mail["Message-ID"], "thread": mail["References"], "language": language, "link": link,
        "text": text, "html": html,
    }))
