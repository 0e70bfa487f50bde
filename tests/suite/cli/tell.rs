//! Telling customers: drafted, shown, sent to a folder, counted.

use super::environment::TestEnvironment;

fn ready_to_tell() -> TestEnvironment {
    let environment = TestEnvironment::begun();
    environment.done("done take_lead");
    environment
}

fn ready_to_tell_on_postgresql() -> TestEnvironment {
    let environment = TestEnvironment::begun_on_postgresql();
    environment.done("done take_lead");
    environment
}

#[test]
fn a_notice_that_says_too_little_is_not_drafted() {
    let environment = ready_to_tell();
    environment.done("skip first_facts --reason \"no time\"");
    let ran = environment.run("notice draft first_notice");
    assert_eq!(ran.code, 1);
    let missing = ran.stdout.split("It was not drafted").nth(1).expect("the list of what is missing");
    insta::assert_snapshot!(missing, @r#"
    : the notice must first say
      what customers notice is not stated (`impact`)
        muster set impact="Logins fail"
      what still works is not stated (`unaffected`)
        muster set unaffected="Sessions that are open go on"
      what customers can do meanwhile is not stated (`workaround`)
        muster set workaround="none"
      how customers reach you is not stated (`contact`)
        muster set contact="support@example.com"
    "#);
    let ran = environment.run("--json notice draft first_notice");
    assert_eq!(ran.code, 1);
    let draft: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one JSON object");
    assert_eq!((draft["notice"].is_null(), draft["hash"].is_null()), (true, true));
}

#[test]
fn a_notice_is_drafted_shown_and_sent() {
    insta::allow_duplicates! { drafts_shows_and_sends(&ready_to_tell()); }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_notice_is_drafted_shown_and_sent_on_postgresql() {
    insta::allow_duplicates! { drafts_shows_and_sends(&ready_to_tell_on_postgresql()); }
}

fn drafts_shows_and_sends(environment: &TestEnvironment) {
    environment.done("done first_facts");
    let ran = environment.run("notice draft first_notice");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @r"

    ──── en ────
    [Investigating] Logins fail

    Something is not working as it should, and we are looking into it now. We are sorry for the trouble. This is what we know so far.

    - What you may notice: Logins fail
    - Since: about [day and time] (UTC)
    - Who is affected: some customers
    - What still works: Sessions that are open go on
    - What you can do meanwhile: There is no workaround yet. We will tell you as soon as there is one.
    - Next update: by [time] (UTC)
    - Contact: support@example.com

    We will write at the time above even if there is nothing new by then.

    —
    You receive this because your organisation uses the service.

    ──── zh-Hans ────
    [调查中] 登录失败

    我们的服务出现异常，团队正在紧急排查。给您带来不便，非常抱歉。目前了解到的情况如下：

    - 您可能遇到：登录失败
    - 开始时间：约 [日期] [time]（UTC）
    - 影响范围：部分客户
    - 不受影响：已登录的会话不受影响
    - 临时办法：目前还没有替代办法，一有办法我们会立即通知您。
    - 下次通报：[time]（UTC）前
    - 联系我们：support@example.com

    即使届时没有新进展，我们也会如约告知您。

    —
    您收到这封邮件，是因为贵司正在使用该服务。

    To affected, page: 3 in all (3 contacts of 2 organisations, 0 endpoints)
    Left out: 1 without an address
    Promises the next update by [time]
    Hash [hash]
    draft (prepared 2, failed 1)

    Next: muster notice send first_notice --recipients 3
    ");
    insta::assert_snapshot!(ran.stderr, @"Practice: nothing leaves this machine. Mail becomes files in [folder]/outbox.");
    insta::assert_snapshot!(environment.run("notice send first_notice").refusal(), @r"
    exit 2
    error: off a terminal `--recipients` must say how many get it; it is 3
    help: --recipients 3
    ");
    insta::assert_snapshot!(environment.run("notice send first_notice --recipients 7").refusal(), @r"
    exit 1
    Practice: nothing leaves this machine. Mail becomes files in [folder]/outbox.
    error: the notice `first_notice` goes to 3, not to 7
    help: muster notice show first_notice, then muster notice send first_notice --recipients 3
    ");
    let sent = environment.json("notice send first_notice --recipients 3");
    assert_eq!(sent["pending"], 0);
    let letters = std::fs::read_dir(environment.path().join("outbox")).expect("the outbox").count();
    assert_eq!(sent["sent"], letters);
    insta::assert_snapshot!(environment.done("show"), @r"
    INC-1  Logins fail
    high · open · public: investigating · mid · declared [time], [ago]

    Now
      recent_change  Any change in the last two hours?  lead

    Promised
      customers were promised the next update by [time] (due in [span])

    Notices
      first_notice  investigating  sent out  3 recipients  sent 2, failed 1

    Facts
      impact      Logins fail
      unaffected  Sessions that are open go on
      workaround  none
      contact     support@example.com

    Steps: 3 ended, 1 open, 3 to come.
    ");
}

/// `sent` counts the files written where mail goes to a folder; what failed is whoever has no address, and nobody else.
#[test]
fn into_a_folder_everyone_with_an_address_is_sent_to_and_only_whoever_has_none_counts_as_failed() {
    let book = "id,org,emails\nann,Acme,ann@acme.example\nbo,Boyuan,bo@boyuan.example\ncy,Acme,cy@acme.example\n";
    for (book, sent, failed, letters) in [(book, 3, 0, 3), (&book.replace("cy@acme.example", ""), 2, 1, 2)] {
        let environment = TestEnvironment::new();
        environment.write("three.csv", book);
        environment.done("contacts import three.csv");
        for line in ["start small --severity high", "done take_lead", "set --confirm", "done first_facts"] {
            environment.done(line);
        }
        let drafted = environment.json("notice draft first_notice");
        assert_eq!((&drafted["recipients"], &drafted["left_out"]["no_address"]), (&3.into(), &failed.into()));
        let told = environment.json("notice send first_notice --recipients 3");
        assert_eq!((&told["sent"], &told["failed"]), (&sent.into(), &failed.into()), "{told}");
        let outbox = std::fs::read_dir(environment.path().join("outbox")).expect("the outbox");
        assert_eq!(outbox.count(), letters);
    }
}

#[test]
fn imports_say_which_rows_were_rejected() {
    insta::allow_duplicates! { says_which_rows_were_rejected(&TestEnvironment::new()); }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn imports_say_which_rows_were_rejected_on_postgresql() {
    insta::allow_duplicates! { says_which_rows_were_rejected(&TestEnvironment::on_postgresql()); }
}

fn says_which_rows_were_rejected(environment: &TestEnvironment) {
    environment.write("bad.csv", "id,emails\nann,ann@acme.example\n,bo@boyuan.example\ncy,not an address\n");
    insta::assert_snapshot!(environment.done("contacts import bad.csv"), @r"
    1 new, 0 updated, 0 unchanged, 2 rejected.
      row 2, id: is missing
      row 3, emails: `not an address` is not a mail address: it contains a character that addresses don't have
    ");
    insta::assert_snapshot!(environment.done("contacts import contacts.csv"), @"2 new, 1 updated, 0 unchanged, 0 rejected.");
    insta::assert_snapshot!(environment.done("contacts import contacts.csv"), @"0 new, 0 updated, 3 unchanged, 0 rejected.");
    assert_eq!(environment.run("contacts import missing.csv").code, 3);
    insta::assert_snapshot!(environment.done("contacts suppress ann@acme.example"), @"ann@acme.example will get no more mail.");
    insta::assert_snapshot!(environment.done("contacts unsuppress ANN@acme.example"), @"ANN@acme.example will be told again. It was not, because: suppressed by hand");
    insta::assert_snapshot!(environment.done("contacts unsuppress ann@acme.example"), @"ann@acme.example was not suppressed.");
    assert_eq!(environment.run("contacts secret nobody").code, 3);
    insta::assert_snapshot!(environment.done("deliver --drain"), @"Nothing is due.");
}
