//! What is printed: in which words, in which shapes, and never more than the public was told.

use serde_json::Value;

use super::house::House;

fn body_text(html: &str) -> String {
    let main =
        html.split("<main id=\"main\">").nth(1).and_then(|rest| rest.split("</main>").next()).expect("a main part");
    let mut text = String::new();
    let mut inside = false;
    for c in main.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_first_page_says_how_things_stand_in_both_languages() {
    let page = House::new().lived_in().await.served().await;
    insta::assert_snapshot!(body_text(&page.get("/?lang=en").await.text()), @r#"
    Major outage
    What is going on
    Investigating
    Logins fail
    Updated 22 November 2026, 14:05 (UTC+8) · logins, app
    Something is not working as it should, and we are looking into it now. We are sorry for the trouble. This is what we know so far.
    What you may notice: Logins fail
    Since: about 22 November, 14:05 (UTC+8)
    Who is affected: some customers
    What still works: Open sessions go on
    What you can do meanwhile: There is no workaround yet. We will tell you as soon as there is one.
    Next update: by 23 November, 14:05 (UTC+8) on our status page; the next email by 24 November, 14:05 (UTC+8)
    Contact: support@example.com
    We will write at the time above even if there is nothing new by then.
    All updates of INC-2
    Services
    logins Major outage
    app Major outage
    Recently
    Exports are slow
    Resolved 22 November 2026, 14:05 to 14:05 (UTC+8)
    Whole history
    "#);
    insta::assert_snapshot!(body_text(&page.get("/?lang=zh-Hans").await.text()), @r#"
    服务严重中断
    正在处理
    调查中
    Logins fail
    更新于 2026年11月22日 14:05（北京时间） · logins、app
    我们的服务出现异常，团队正在紧急排查。给您带来不便，非常抱歉。目前了解到的情况如下：
    您可能遇到：无法登录
    开始时间：约 11月22日 14:05（北京时间）
    影响范围：部分客户
    不受影响：（以下内容尚未翻译，为英文原文）
    Open sessions go on
    临时办法：目前还没有替代办法，一有办法我们会立即通知您。
    下次通报：11月23日 14:05（北京时间）前在状态页更新；下一封邮件在 11月24日 14:05（北京时间）前发出
    联系我们：support@example.com
    即使届时没有新进展，我们也会如约告知您。
    查看全部进展 （INC-2）
    服务
    logins 严重中断
    app 严重中断
    近期事件
    Exports are slow
    已恢复 2026年11月22日 14:05 至 14:05（北京时间）
    查看全部历史
    "#);
}

#[tokio::test]
async fn an_incidents_page_holds_all_that_was_said_newest_first() {
    let page = House::new().lived_in().await.served().await;
    insta::assert_snapshot!(body_text(&page.get("/incidents/INC-1?lang=en").await.text()), @r#"
    Resolved
    Exports are slow
    First notice22 November 2026, 14:05 (UTC+8)
    Ended22 November 2026, 14:05 (UTC+8)
    Serviceslogins, app
    Updates
    Resolved 22 November 2026, 14:05 (UTC+8)
    This problem is resolved. We are sorry for the trouble it caused you, and thank you for your patience.
    When it happened: from about 22 November, 14:05 to 14:05 (UTC+8), 0 minutes in all
    What went wrong: Logins fail
    Your data: No data was lost.
    What you can safely retry: All of it
    Contact: support@example.com
    If anything still looks wrong to you, please get in touch. We will look at it at once.
    Investigating 22 November 2026, 14:05 (UTC+8)
    Something is not working as it should, and we are looking into it now. We are sorry for the trouble. This is what we know so far.
    What you may notice: Logins fail
    Since: about 22 November, 14:05 (UTC+8)
    Who is affected: some customers
    What still works: Open sessions go on
    What you can do meanwhile: There is no workaround yet. We will tell you as soon as there is one.
    Next update: by 23 November, 14:05 (UTC+8) on our status page; the next email by 24 November, 14:05 (UTC+8)
    Contact: support@example.com
    We will write at the time above even if there is nothing new by then.
    "#);
}

#[tokio::test]
async fn nothing_but_what_the_public_was_told_is_on_any_page() {
    let page = House::new().lived_in().await.served().await;
    for path in [
        "/",
        "/history",
        "/incidents/INC-1",
        "/incidents/INC-2",
        "/feed.atom",
        "/api/v2/summary.json",
        "/api/v2/status.json",
        "/api/v2/components.json",
        "/api/v2/incidents.json",
        "/api/v2/incidents/unresolved.json",
    ] {
        for language in ["en", "zh-Hans"] {
            let answer = page.get(&format!("{path}?lang={language}")).await;
            assert_eq!(answer.status, 200, "{path}");
            let text = answer.text();
            assert!(!text.is_empty());
            for secret in ["ecret", "dana", "Dana", "INC-3", "INC-4", "high"] {
                assert!(!text.contains(secret), "{path} in {language} says `{secret}`\n{text}");
            }
        }
    }
    for hidden in ["/incidents/INC-3", "/incidents/INC-4", "/incidents/INC-5"] {
        assert_eq!(page.get(hidden).await.status, 404, "{hidden}");
    }
}

#[tokio::test]
async fn a_page_of_nothing_says_so() {
    let page = House::new().served().await;
    insta::assert_snapshot!(body_text(&page.get("/?lang=en").await.text()), @r#"
    All services are working
    Services
    logins Working
    app Working
    Recently
    Nothing to report.
    "#);
    let summary: Value = serde_json::from_str(&page.get("/api/v2/summary.json").await.text()).expect("JSON");
    assert_eq!(summary["status"]["indicator"], "none");
    assert_eq!(summary["incidents"], serde_json::json!([]));
}

#[tokio::test]
async fn the_shapes_are_those_of_statuspage() {
    let page = House::new().lived_in().await.served().await;
    let json = |text: String| serde_json::from_str::<Value>(&text).expect("JSON");
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    let summary = json(page.get("/api/v2/summary.json?lang=en").await.text());
    assert_eq!(keys(&summary), "page components incidents scheduled_maintenances status");
    assert_eq!(keys(&summary["page"]), "id name url time_zone updated_at");
    assert_eq!(summary["status"], serde_json::json!({ "indicator": "critical", "description": "Major outage" }));
    let statuses: Vec<_> = summary["components"].as_array().expect("a list").iter().map(|c| &c["status"]).collect();
    assert_eq!(statuses, ["major_outage", "major_outage"]);
    let incidents = json(page.get("/api/v2/incidents.json?lang=en").await.text());
    let told: Vec<_> = incidents["incidents"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            let updates = one["incident_updates"].as_array().expect("a list").iter();
            let updates: Vec<_> = updates.map(|update| update["status"].as_str().expect("a status")).collect();
            format!("{} {} {} {updates:?}", one["id"], one["name"], one["impact"])
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "INC-2" "Logins fail" "critical" ["investigating"]
    "INC-1" "Exports are slow" "critical" ["resolved", "investigating"]
    "#);
    assert_eq!(
        keys(&incidents["incidents"][0]),
        "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id incident_updates components reminder_intervals"
    );
    assert_eq!(incidents["incidents"][0]["shortlink"], "https://status.example.com/incidents/INC-2?lang=en");
    assert_eq!(
        keys(&incidents["incidents"][0]["incident_updates"][0]),
        "id status body incident_id created_at updated_at display_at affected_components deliver_notifications custom_tweet tweet_id"
    );
    let unresolved = json(page.get("/api/v2/incidents/unresolved.json").await.text());
    assert_eq!(unresolved["incidents"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_change_is_printed_and_nothing_else_is() {
    let house = House::new();
    let page = house.served().await;
    assert!(!page.site.refresh().await.expect("read"), "nothing has changed");
    let id = house.begin("Logins fail").await;
    assert!(!page.site.refresh().await.expect("read"), "nothing of it is public");
    assert_eq!(page.get("/incidents/INC-1").await.status, 404);
    house.tell(id, "first").await;
    assert!(page.site.refresh().await.expect("read"));
    assert_eq!(page.get("/incidents/INC-1").await.status, 200);
    let before = page.get("/incidents/INC-1").await.header("etag").to_owned();
    let other = house.begin("Exports fail").await;
    house.tell(other, "first").await;
    assert!(page.site.refresh().await.expect("read"));
    assert_eq!(page.get("/incidents/INC-1").await.header("etag"), before);
    assert!(page.get("/?lang=en").await.text().contains("Exports fail"));
}

#[tokio::test]
async fn components_have_the_names_by_which_customers_know_them() {
    let settings = "title = \"Example Status\"\ncontact = \"support@example.com\"\n[page.components]\nlogins = { en = \"Signing in\", zh-Hans = \"登录\" }\n";
    let page = House::with(settings, House::runbook()).lived_in().await.served().await;
    for (language, named) in [("en", "Signing in, app"), ("zh-Hans", "登录、app")] {
        let home = body_text(&page.get(&format!("/?lang={language}")).await.text());
        assert!(home.contains(named), "{home}");
        let incident = page.get(&format!("/incidents/INC-1?lang={language}")).await.text();
        assert!(incident.contains(named), "{incident}");
    }
    let summary: Value =
        serde_json::from_str(&page.get("/api/v2/summary.json?lang=zh-Hans").await.text()).expect("JSON");
    let incident = &summary["incidents"][0];
    let named =
        |list: &Value| list.as_array().expect("a list").iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    assert_eq!(named(&summary["components"]), ["登录", "app"]);
    assert_eq!(named(&incident["components"]), ["登录", "app"]);
    assert_eq!(named(&incident["incident_updates"][0]["affected_components"]), ["登录", "app"]);
}
