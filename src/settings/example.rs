//! The `muster.toml` that `muster init` writes: short, commented, and valid as it stands.

use crate::locale::Locale;

/// The text of a `muster.toml` to begin with, in the reader's language.
///
/// The folders it names are those that `muster init` creates beside it.
pub fn example(locale: &Locale) -> String {
    if locale.is_chinese() { CHINESE.to_owned() } else { ENGLISH.to_owned() }
}

const ENGLISH: &str = r#"# Settings of Muster. Paths are relative to this file.
# It works as it is: notices become files in `outbox`, and nothing leaves this machine.

store = "sqlite:muster.db"              # or "postgres://muster@db.example.com/muster", for several nodes
locale = "en"
timezone = "UTC"                        # notices show times in this zone, for example "Asia/Shanghai"
runbooks = "runbooks"
templates = "templates"                 # what is missing here comes with Muster

[mail]
relay = "file:outbox"                   # practice; when you are ready: "smtp+starttls://mail.example.com:587"
from = "Example Status <status@example.com>"
# username = "status"
# password_env = "MUSTER_SMTP_PASSWORD"  # the variable that holds it; a password itself is refused here
# sessions = 8                          # connections at a time
# per_second = 200                      # messages a second
# on_unknown = "resend"                 # when nobody can know whether a mail was taken; or "hold"

[page]
title = "Example Status"
# url = "https://status.example.com"
# contact = "400-000-0000, support@example.com"   # how customers reach you; every notice says it

[page.components]                       # what customers call the runbooks' components
crm = { en = "CRM", zh-Hans = "CRM" }
withdrawals = { en = "Withdrawals", zh-Hans = "出金" }
share-links = { en = "Share links", zh-Hans = "分享链接" }
group-buying = { en = "Group buying", zh-Hans = "拼团" }
customer-tags = { en = "Customer tags", zh-Hans = "客户标签" }
messaging = { en = "Messages", zh-Hans = "消息群发" }
reputation = { en = "Public statements", zh-Hans = "官方声明" }

# The console, where people act; `muster serve` listens on 127.0.0.1:7070 unless told otherwise.
# [console]
# url = "https://muster.example.com"    # what its users type; a proxy with TLS stands there
# proxies = ["10.0.0.5"]                # such proxies elsewhere than on this machine

# Who plays which part. Handles are yours to choose.
# [people.dana]
# name = "Dana"
# email = "dana@example.com"
# roles = ["lead", "product"]
# reach = ["mail", "ops"]               # how Dana hears that something waits for her: webhooks by name, or "mail"
# locale = "en"                         # in which language; without it, the one above

# A chat room or endpoint that receives notices.
# [webhooks.ops]
# kind = "slack"                        # standard, slack, teams, feishu, dingtalk, wecom
# url_env = "OPS_WEBHOOK_URL"           # such an address is a secret, so it stays in the environment
# audience = "staff"

# What a runbook may run. It can only name these; what they do is decided here.
# [actions.rollback]
# command = ["/opt/ops/rollback", "{facts.region}"]
# timeout = "30s"

# What a runbook may ask.
# [probes.withdrawals]
# http = { url = "https://example.com/health", expect_status = 200, expect = "body.ok == true" }

# Private addresses are refused unless they are allowed here.
# [outbound]
# allow = ["10.0.0.0/8"]
"#;

const CHINESE: &str = r#"# Muster 的设置。路径都相对于本文件所在的文件夹。
# 不改也能用：通知写成 `outbox` 里的文件，不会真正发出。

store = "sqlite:muster.db"              # 多台机器共用时，写 "postgres://muster@db.example.com/muster"
locale = "zh-Hans"
timezone = "Asia/Shanghai"              # 通知里的时间按这个时区显示
runbooks = "runbooks"
templates = "templates"                 # 这里没有的模板，用 Muster 自带的

[mail]
relay = "file:outbox"                   # 演练用；准备好以后换成 "smtp+starttls://mail.example.com:587"
from = "示例服务状态 <status@example.com>"
# username = "status"
# password_env = "MUSTER_SMTP_PASSWORD"  # 填环境变量名；密码本身不能写在这里
# sessions = 8                          # 同时使用的连接数
# per_second = 200                      # 每秒最多发送的封数
# on_unknown = "resend"                 # 无法确认对方是否收下时：重发；选 "hold" 则等人处理

[page]
title = "示例服务状态"
# url = "https://status.example.com"
# contact = "400-000-0000，support@example.com"   # 客户怎么联系你们；每封通知都会写上

[page.components]                       # 预案里的 components，客户在状态页上看到的名称
crm = { zh-Hans = "CRM", en = "CRM" }
withdrawals = { zh-Hans = "出金", en = "Withdrawals" }
share-links = { zh-Hans = "分享链接", en = "Share links" }
group-buying = { zh-Hans = "拼团", en = "Group buying" }
customer-tags = { zh-Hans = "客户标签", en = "Customer tags" }
messaging = { zh-Hans = "消息群发", en = "Messages" }
reputation = { zh-Hans = "官方声明", en = "Public statements" }

# 控制台：大家在这里处理事件。不另外指定时，`muster serve` 监听 127.0.0.1:7070。
# [console]
# url = "https://muster.example.com"    # 大家访问的地址；由带 TLS 的反向代理提供
# proxies = ["10.0.0.5"]                # 反向代理不在本机时，填它的地址

# 谁担任什么角色。名字后的代号可以自己取。
# [people.dana]
# name = "小丹"
# email = "dana@example.com"
# roles = ["lead", "product"]
# reach = ["mail", "ops"]               # 有事等她处理时怎么提醒：填机器人的名字，或 "mail"
# locale = "zh-Hans"                    # 提醒用的语言；不写就用上面的 locale

# 接收通知的群机器人或接口。
# [webhooks.ops]
# kind = "wecom"                        # standard、slack、teams、feishu、dingtalk、wecom
# url_env = "OPS_WEBHOOK_URL"           # 机器人地址等于密钥，所以放在环境变量里
# audience = "staff"

# 预案可以执行的操作。预案里只写名字，具体做什么由这里决定。
# [actions.rollback]
# command = ["/opt/ops/rollback", "{facts.region}"]
# timeout = "30s"

# 预案可以检查的接口。
# [probes.withdrawals]
# http = { url = "https://example.com/health", expect_status = 200, expect = "body.ok == true" }

# 内网地址默认不能访问，需要时在这里放行。
# [outbound]
# allow = ["10.0.0.0/8"]
"#;
