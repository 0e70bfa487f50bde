//! What a contact book's rows become: contacts, or rejections that say what to do.

use super::*;

fn rejected(book: &[u8]) -> Vec<(usize, String, String)> {
    read(book).into_iter().filter_map(Result::err).map(|r| (r.row, r.field, r.reason)).collect()
}

fn taken(book: &[u8]) -> Vec<Contact> {
    read(book).into_iter().filter_map(Result::ok).collect()
}

#[test]
fn a_csv_row_becomes_a_contact() {
    let book = "\u{feff}ID, org,Name,kind,locale,emails,phone,webhook,duty,tags,Region\r\n\
        acme-1,Acme,\"Wang, Fang\",Staff,zh_cn, a@acme.example ;b@acme.example,123,https://acme.example/h,9-18,vip;;cn,north\r\n\
        bolt,,,,,,,,,\r\n\
        ,,,,,,,,,,\r\n";
    let contacts = taken(book.as_bytes());
    assert_eq!(rejected(book.as_bytes()), []);
    assert_eq!(contacts.len(), 2);
    let acme = &contacts[0];
    assert_eq!((acme.id.as_str(), acme.org.as_str(), acme.name.as_str()), ("acme-1", "Acme", "Wang, Fang"));
    assert_eq!(acme.kind, "staff");
    assert_eq!(acme.locale.as_ref().map(|l| l.as_str()), Some("zh-CN"));
    assert_eq!(acme.emails, ["a@acme.example", "b@acme.example"]);
    assert_eq!(acme.tags, ["vip", "cn"]);
    assert_eq!(acme.attributes.get("Region").map(String::as_str), Some("north"));
    assert_eq!((contacts[1].kind.as_str(), contacts[1].attributes.len()), ("customer", 0));
}

#[test]
fn json_lines_say_the_same_as_csv() {
    let csv = "id,org,emails,tags,seats\nacme,Acme,a@acme.example;b@acme.example,vip,12\n";
    let json = "\n{\"id\":\"acme\",\"org\":\"Acme\",\"emails\":[\"a@acme.example\",\"b@acme.example\"],\"tags\":\"vip\",\
                \"seats\":12,\"phone\":null}\n\n";
    assert_eq!(taken(csv.as_bytes()), taken(json.as_bytes()));
    let nested = "{\"id\":\"acme\",\"org\":\"Acme\",\"emails\":\"a@acme.example;b@acme.example\",\"tags\":[\"vip\"],\
                  \"attributes\":{\"seats\":12}}";
    assert_eq!(taken(csv.as_bytes()), taken(nested.as_bytes()));
}

#[test]
fn a_bad_row_is_named_and_the_others_are_kept() {
    let book = "id,emails,locale,webhook\n\
        good,a@b.example,,\n\
        ,a@b.example,,\n\
        one,not-an-address,,\n\
        two,\"a@b.example, c@d.example\",,\n\
        three,a@b.example c@d.example,,\n\
        four,a@b.example,english,\n\
        five,a@b.example,,ftp://x\n\
        GOOD,a@b.example,,\n\
        six,a@b.example,,,surplus\n\
        seven,Ann <a@b.example>,,\n\
        also-good,,,\n";
    assert_eq!(taken(book.as_bytes()).iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["good", "also-good"]);
    let said =
        rejected(book.as_bytes()).iter().map(|(row, field, why)| format!("{row} {field}: {why}")).collect::<Vec<_>>();
    insta::assert_snapshot!(said.join("\n"), @r"
    2 id: is missing
    3 emails: `not-an-address` is not a mail address: it has no `@`
    4 emails: `a@b.example, c@d.example` holds several addresses; separate them by `;`
    5 emails: `a@b.example c@d.example` holds several addresses; separate them by `;`
    6 locale: `english` is not a language tag such as `en` or `zh-Hans`
    7 webhook: `ftp://x` is not an https address
    8 id: `GOOD` is already in row 1; upper and lower case are the same
    9 : has 5 cells, the header 4; quote a cell that contains a comma
    10 emails: `Ann <a@b.example>` is not a mail address: write the address alone, without a name
    ");
}

#[test]
fn nul_control_characters_and_line_breaks_are_refused_by_name() {
    let book = "id,name\na,x\0y\nb,\"x\ny\"\nc,x\u{7}y\nd,x\u{2028}y\n\"e\re\",fine\nf,fine\n";
    let reasons = rejected(book.as_bytes());
    assert_eq!(
        reasons.iter().map(|(row, field, _)| (*row, field.as_str())).collect::<Vec<_>>(),
        [(1, "name"), (2, "name"), (3, "name"), (4, "name"), (5, "id")]
    );
    assert!(reasons[0].2.contains("NUL") && reasons[1].2.contains("line break") && reasons[2].2.contains("U+0007"));
}

#[test]
fn a_row_in_another_encoding_is_refused_with_what_to_do() {
    // "王" as GBK, between two rows of UTF-8.
    let book = b"id,name\na,ok\nb,\xcd\xf5\nc,\xe7\x8e\x8b\n";
    let reasons = rejected(book);
    assert_eq!((reasons.len(), reasons[0].0, reasons[0].1.as_str()), (1, 2, "name"));
    assert!(reasons[0].2.contains("save the file as UTF-8"), "{}", reasons[0].2);
    assert_eq!(taken(book).len(), 2);
    for (book, row) in
        [(&b"\xff\xfei\0d\0"[..], 0), (&b"{\"id\":\"\xcd\xf5\"}"[..], 1), (&b"id,\xcd\xf5\na,b\n"[..], 0)]
    {
        let reasons = rejected(book);
        assert_eq!((reasons.len(), reasons[0].0), (1, row));
        assert!(reasons[0].2.contains("UTF-8"), "{}", reasons[0].2);
    }
}

#[test]
fn a_file_that_is_no_book_is_refused_as_a_whole() {
    for (book, why) in [
        ("name,org\nann,acme\n", "no column `id`"),
        ("id;name\na;ann\n", "no column `id`"),
        ("id,name,ID\na,b,c\n", "`id` twice"),
        ("[{\"id\":\"a\"}]", "one object on each line"),
    ] {
        let reasons = rejected(book.as_bytes());
        assert!(reasons.len() == 1 && reasons[0].2.contains(why), "{book:?}: {reasons:?}");
        assert_eq!(taken(book.as_bytes()), [], "{book:?}");
    }
    assert_eq!(read(b" \n"), []);
}

#[test]
fn a_broken_json_line_costs_only_itself() {
    let book = "{\"id\":\"a\"}\n{\"id\":\n{\"id\":[1]}\n{\"id\":\"b\"}\n";
    assert_eq!(rejected(book.as_bytes()).iter().map(|r| r.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(taken(book.as_bytes()).len(), 2);
}
