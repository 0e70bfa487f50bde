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
    insta::assert_snapshot!(body_text(&page.get("/?lang=en").await.text()), @"");
    insta::assert_snapshot!(body_text(&page.get("/?lang=zh-Hans").await.text()), @"");
}

#[tokio::test]
async fn an_incidents_page_holds_all_that_was_said_newest_first() {
    let page = House::new().lived_in().await.served().await;
    insta::assert_snapshot!(body_text(&page.get("/incidents/INC-1?lang=en").await.text()), @"");
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
    insta::assert_snapshot!(body_text(&page.get("/?lang=en").await.text()), @"");
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
    assert_eq!(summary["status"], serde_json::json!({ "indicator": "critical", "description": "The service is down" }));
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
    insta::assert_snapshot!(told.join("\n"), @"");
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
