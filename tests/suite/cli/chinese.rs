//! The same, read in Chinese: nothing of the interface's own stays English.

use super::environment::TestEnvironment;

#[test]
fn a_reader_of_chinese_reads_chinese() {
    let environment = TestEnvironment::begun();
    let told: Vec<String> = ["", "done take_lead", "show", "timeline", "coverage", "notice draft first_notice"]
        .into_iter()
        .map(|line| {
            let ran = environment.run(&format!("--locale zh-Hans {line}"));
            format!("$ muster {line}\n{}{}", ran.stdout, ran.stderr)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    $ muster 
    INC-1  登录失败
    high · 处理中 · 对外：尚未公布 · 事前响应 · [time] 上报，[多久前]
    接下来：
      take_lead  接手指挥  lead  还剩 [时长]

    $ muster done take_lead
    ✓ “接手指挥”已完成。
    ✓ “说明客户看到的现象”开始。
    现在要做：first_facts

    $ muster show
    INC-1  登录失败
    high · 处理中 · 对外：尚未公布 · 事前响应 · [time] 上报，[多久前]

    现在要做
      first_facts  说明客户看到的现象  lead

    已结束 1 步，进行中 1 步，还有 5 步。

    $ muster timeline
    1  [time]  dana    事件已宣告：登录失败，级别 high（所有人都无法登录）。
    2  [time]  muster  进入事前阶段：先响应、先止损。
    3  [time]  muster  “接手指挥”开始。
    4  [time]  lead    “接手指挥”已完成。
    5  [time]  muster  “说明客户看到的现象”开始。

    $ muster coverage
    受影响 3 个，已有替代办法覆盖 0 个，未覆盖 3 个。
      停用  phone_desk  电话协助  可覆盖 2 个，新增 2 个

    还没有任何方式触达：3 个
      ann
      bo
      cy

    $ muster notice draft first_notice

    ──── en ────
    [Investigating] Logins fail

    Something is not working as it should, and we are looking into it now. We are sorry for the trouble. This is what we know so far.

    - What you may notice:
    - Since: about [day and time] (UTC)
    - Who is affected: some customers
    - What still works:
    - What you can do meanwhile:
    - Next update: by [time] (UTC)
    - Contact:

    We will write at the time above even if there is nothing new by then.

    —
    You receive this because your organisation uses the service.

    ──── zh-Hans ────
    [调查中] 登录失败

    我们的服务出现异常，团队正在紧急排查。给您带来不便，非常抱歉。目前了解到的情况如下：

    - 您可能遇到：
    - 开始时间：约 [日期] [time]（UTC）
    - 影响范围：部分客户
    - 不受影响：
    - 临时办法：
    - 下次通报：[time]（UTC）前
    - 联系我们：

    即使届时没有新进展，我们也会如约告知您。

    —
    您收到这封邮件，是因为贵司正在使用该服务。

    还不能起草，通知必须先说明
      还没有说明客户会遇到什么（impact）
        muster set impact="Logins fail"
      还没有说明哪些功能不受影响（unaffected）
        muster set unaffected="Sessions that are open go on"
      还没有说明客户可以怎么临时处理（workaround）
        muster set workaround="none"
      还没有说明客户怎样联系我们（contact）
        muster set contact="support@example.com"
    演练模式：任何消息都不会离开本机，邮件只会写成文件，放在 [folder]/outbox。
    "#);
}

#[test]
fn refusals_and_mistakes_are_told_in_chinese() {
    let environment = TestEnvironment::begun();
    let told: Vec<String> =
        ["done take_laed", "done first_notice", "skip take_lead", "answer recent_change changed", "show INC-7", "shwo"]
            .into_iter()
            .map(|line| format!("$ muster {line}\n{}", environment.run(&format!("--locale zh-Hans {line}")).refusal()))
            .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    $ muster done take_laed
    exit 3
    错误：没有名为 `take_laed` 的步骤
    提示：是不是想写 `take_lead`？

    $ muster done first_notice
    exit 1
    错误：还没轮到 `first_notice`
    提示：现在可以处理的步骤：`take_lead`；要提前处理：muster done first_notice --early --reason "…"

    $ muster skip take_lead
    exit 2
    错误：需要说明原因，请加上 `--reason`
    提示：--reason "…"

    $ muster answer recent_change changed
    exit 1
    错误：还没轮到 `recent_change`
    提示：现在可以处理的步骤：`take_lead`；要提前处理：muster answer recent_change --early --reason "…"

    $ muster show INC-7
    exit 3
    错误：找不到 `INC-7`
    提示：muster list --all 查看全部事件

    $ muster shwo
    exit 2
    错误：没有 `shwo` 这个命令
    提示：是不是想写 `show`？
    "#);
}

#[test]
fn the_terminals_language_counts_where_the_settings_name_none() {
    let environment = TestEnvironment::new();
    let settings = std::fs::read_to_string(environment.path().join("muster.toml")).expect("the settings");
    environment.write("muster.toml", &settings.replace("locale = \"en\"\n", ""));
    let ran = environment.with("list", &[("LANG", "zh_CN.UTF-8")]);
    assert_eq!(ran.stdout, "当前没有处理中的事件。\n");
    assert_eq!(environment.run("list").stdout, "No incident is open.\n");
}

#[test]
fn help_is_there_in_chinese() {
    let environment = TestEnvironment::empty();
    let help = environment.run("notice send --help --locale zh-Hans").stdout;
    assert!(help.contains("用法：") && help.contains("收件方数量"), "{help}");
}
