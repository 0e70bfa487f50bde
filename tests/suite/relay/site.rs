//! An installation whose mail goes to a real relay, and how it is asked.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(super) struct Site {
    folder: TempDir,
    authority: String,
    /// What the webhook of the settings is signed with.
    pub(super) secret: String,
}

/// What a run came to.
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) answer: Value,
    pub(super) told: String,
}

const CONTACTS: &str = "\
id,org,name,kind,locale,emails
ann,Acme,Ann,customer,en,ann@acme.example
bo,博远,薄先生,customer,zh-Hans,bo@boyuan.example
";

pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

impl Site {
    pub(super) fn new(relay: &str, authority: &Path, hook: Option<u16>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let hook = hook.map_or_else(String::new, |port| {
            format!(
                "[webhooks.partner]\nkind = \"standard\"\nurl_env = \"HOOK_URL\"\nsecret_env = \"HOOK_SECRET\"\naudience = \"affected\"\n\
                 [outbound]\nallow = [\"127.0.0.0/8\"]\n# {port}\n"
            )
        });
        let settings = format!(
            "store = \"sqlite:muster.db\"\nlocale = \"en\"\ntimezone = \"Asia/Shanghai\"\nrunbooks = \"runbooks\"\n\
             [mail]\nrelay = \"{relay}\"\nfrom = \"示例状态 <status@example.com>\"\n\
             [page]\ntitle = \"Example Status\"\nurl = \"https://status.example.com\"\ncontact = \"support@example.com\"\n\
             [people.dana]\nname = \"Dana\"\nroles = [\"lead\", \"product\"]\n\
             [people.kim]\nname = \"Kim\"\nroles = [\"comms\", \"ops\"]\n{hook}"
        );
        let runbook = include_str!("../faults/whole.yaml").replace("48h", "1s").replace("60h", "1s");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        write("runbooks/whole.yaml", &runbook);
        write("muster.toml", &settings);
        write("contacts.csv", CONTACTS);
        Self { folder, authority: authority.display().to_string(), secret: SECRET.to_owned() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    pub(super) fn run(&self, words: &[&str], hook: Option<u16>) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .arg("--json")
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("USER", "kim")
            .env("SSL_CERT_FILE", &self.authority)
            .env("HOOK_URL", format!("http://127.0.0.1:{}/hook", hook.unwrap_or_default()))
            .env("HOOK_SECRET", &self.secret)
            .stdin(Stdio::null());
        let output = command.output().expect("muster runs");
        Ran {
            code: output.status.code().unwrap_or(-1),
            answer: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            told: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(super) fn done(&self, words: &[&str], hook: Option<u16>) -> Value {
        let ran = self.run(words, hook);
        assert_eq!(ran.code, 0, "muster {words:?}\n{}\n{}", ran.answer, ran.told);
        ran.answer
    }

    /// An incident whose first facts are stated, so that the first notice can be drafted.
    pub(super) fn begin(&self, title: &str, hook: Option<u16>) {
        self.done(&["contacts", "import", "contacts.csv"], hook);
        self.done(&["start", "whole", "--severity", "high", "--title", title], hook);
        self.done(&["done", "take_lead"], hook);
        self.done(&["done", "first_facts"], hook);
    }

    /// Approves the newest draft of a step and sends it.
    pub(super) fn send(&self, step: &str, hook: Option<u16>) -> Ran {
        let recipients = self.done(&["notice", "show", step], hook)["recipients"].to_string();
        self.done(&["approve", step, "--as", "dana"], hook);
        self.run(&["notice", "send", step, "--recipients", &recipients], hook)
    }
}
