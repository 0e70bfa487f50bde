//! Every spelling of an address that nothing may be sent to, and those that look like one and are not.

use super::*;

fn refused(guard: &Guard, url: &str) -> bool {
    guard.check_url(&Url::parse(url).expect(url)).is_err()
}

/// `guarantees.md`: loopback, link-local, private and metadata addresses in every spelling.
#[test]
fn each_spelling_is_refused() {
    for (what, hosts) in [
        ("loopback", &["127.0.0.1", "127.255.255.254", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]"][..]),
        ("loopback, short", &["127.1", "127.0.1", "0", "0.0.0.0", "[::]"]),
        ("loopback, decimal", &["2130706433"]),
        ("loopback, octal", &["0177.0.0.1", "017700000001", "0177.1"]),
        ("loopback, hexadecimal", &["0x7f.1", "0x7f000001", "0X7F.0x0.0x0.0x1"]),
        ("loopback, mixed", &["0x7f.0.0.01", "127.0x000001"]),
        ("loopback, full width and dots", &["１２７.０.０.１", "127。0。0。1", "127.0.0.1.", "①②⑦.⓪.⓪.①"]),
        ("loopback, percent", &["%31%32%37.0.0.1"]),
        ("localhost", &["localhost", "LOCALHOST", "localhost.", "a.b.localhost", "ｌｏｃａｌｈｏｓｔ"]),
        (
            "private",
            &["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "0xc0a80101", "[fc00::1]", "[fd12::1]"],
        ),
        ("shared by providers", &["100.64.0.1", "100.127.255.255"]),
        ("link-local", &["169.254.1.1", "[fe80::1]", "[febf::1]", "[fec0::1]"]),
        ("metadata", &["169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[fd00:ec2::254]"]),
        ("metadata elsewhere", &["100.100.100.200", "168.63.129.16", "192.0.0.192"]),
        ("mapped", &["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a9fe:a9fe]", "[0:0:0:0:0:ffff:10.0.0.1]"]),
        ("compatible", &["[::127.0.0.1]", "[::a9fe:a9fe]"]),
        ("translated", &["[::ffff:0:127.0.0.1]", "[64:ff9b::169.254.169.254]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]"]),
        ("6to4", &["[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2002:c0a8:101::1]"]),
        ("Teredo", &["[2001::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]"]),
        ("ISATAP", &["[2606:4700::5efe:10.0.0.1]", "[2606:4700::200:5efe:7f00:1]"]),
        (
            "for documents and tests",
            &["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "[2001:db8::1]", "[3fff::1]"],
        ),
        ("for protocols", &["192.88.99.1", "[2001:2::1]", "[2001:10::1]", "[100::1]", "[5f00::1]"]),
        ("for many", &["224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "[ff02::1]"]),
    ] {
        for host in hosts {
            for url in
                [format!("http://{host}/hook"), format!("https://{host}:443/"), format!("http://{host}:8080/?a=b")]
            {
                assert!(refused(&Guard::default(), &url), "{what}: {url}");
            }
        }
    }
}

#[test]
fn public_addresses_and_names_pass() {
    for host in [
        "1.1.1.1",
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "169.253.1.1",
        "192.167.1.1",
        "[2606:4700::1111]",
        "[64:ff9b::1.1.1.1]",
        "[2002:101:101::1]",
        "[::ffff:1.1.1.1]",
        "[2001:200::1]",
        "example.com",
        "localhost.example.com",
        "notlocalhost",
    ] {
        assert!(!refused(&Guard::default(), &format!("https://{host}/hook")), "{host}");
    }
}

#[test]
fn only_http_without_a_user_is_called() {
    for url in [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://1.1.1.1/",
        "unix:/run/docker.sock",
        "https://dana:pw@example.com/",
        "https://example.com@127.0.0.1/",
        "https://1.1.1.1%40127.0.0.1/",
        "https://127.0.0.1#@example.com/",
        "https://127.0.0.1\\@example.com/",
    ] {
        let passes = Url::parse(url).is_ok_and(|url| Guard::default().check_url(&url).is_ok());
        assert!(!passes, "{url}");
    }
    // A zone names an interface of this machine; no such address can even be written.
    for url in ["http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/"] {
        assert!(Url::parse(url).is_err(), "{url}");
    }
}

#[test]
fn the_operator_allows_ranges_and_nothing_beside_them() {
    let guard = Guard::new(&["127.0.0.0/8".into(), "fd00::/8".into(), "192.168.7.9".into()]);
    for (url, is_refused) in [
        ("http://127.0.0.1:8025/", false),
        ("http://2130706433/", false),
        ("http://[::ffff:127.0.0.1]/", false),
        ("http://localhost/", false),
        ("http://[::1]/", true),
        ("http://[fd12::1]/", false),
        ("http://[fe80::1]/", true),
        ("http://192.168.7.9/", false),
        ("http://192.168.7.8/", true),
        ("http://169.254.169.254/", true),
        ("http://[64:ff9b::169.254.169.254]/", true),
    ] {
        assert_eq!(refused(&guard, url), is_refused, "{url}");
    }
    assert!(!refused(&Guard::new(&["0.0.0.0/0".into()]), "http://10.0.0.1/"));
}
