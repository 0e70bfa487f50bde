//! A Postfix of the test's own: its folder, its ports, its certificates; it ends with the test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

/// The ports of one instance, by what they offer.
pub(super) struct Postfix {
    folder: TempDir,
    master: Child,
    /// Requires STARTTLS.
    pub(super) starttls: u16,
    /// TLS from the first byte.
    pub(super) smtps: u16,
    /// Offers no STARTTLS, as if somebody had taken it out.
    pub(super) stripped: u16,
    /// STARTTLS with a certificate for another name.
    pub(super) misnamed: u16,
}

const MAIN: &str = "\
compatibility_level = 3.6
queue_directory = FOLDER/queue
data_directory = FOLDER/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
maillog_file = FOLDER/log
maillog_file_prefixes = FOLDER
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:inbox/
virtual_mailbox_base = FOLDER/mail
virtual_uid_maps = static:UID
virtual_gid_maps = static:GID
virtual_minimum_uid = 1
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = FOLDER/localhost.pem
smtpd_tls_key_file = FOLDER/localhost.key
";

const MASTER: &str = "\
STARTTLS inet n - n - - smtpd
SMTPS inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
STRIPPED inet n - n - - smtpd -o smtpd_tls_security_level=none
MISNAMED inet n - n - - smtpd -o smtpd_tls_cert_file=FOLDER/other.example.pem -o smtpd_tls_key_file=FOLDER/other.example.key
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
";

impl Postfix {
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("readable by Postfix");
        for name in ["conf", "queue", "data", "mail"] {
            fs::create_dir(path.join(name)).expect("a folder");
        }
        shell(path, "chown postfix data mail");
        certificates(path);
        let [starttls, smtps, stripped, misnamed] = free_ports();
        let own = |text: &str| text.replace("FOLDER", &path.display().to_string());
        let main =
            own(MAIN).replace("UID", &shell(path, "id -u postfix")).replace("GID", &shell(path, "id -g postfix"));
        let named = [("STARTTLS", starttls), ("SMTPS", smtps), ("STRIPPED", stripped), ("MISNAMED", misnamed)];
        let master = named.iter().fold(own(MASTER), |text, (name, port)| text.replace(name, &port.to_string()));
        fs::write(path.join("conf/main.cf"), main).expect("main.cf");
        fs::write(path.join("conf/master.cf"), master).expect("master.cf");
        let master = Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(path.join("conf"))
            .arg("start-fg")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Postfix starts");
        let postfix = Self { folder, master, starttls, smtps, stripped, misnamed };
        for port in [starttls, smtps, stripped, misnamed] {
            until("Postfix listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        }
        postfix
    }

    /// The certificate that muster is to trust.
    pub(super) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Every mail delivered so far, once there are this many, in the order of their delivery.
    pub(super) fn mail(&self, count: usize) -> Vec<Vec<u8>> {
        let inbox = self.folder.path().join("mail/inbox/new");
        until("the mail is delivered", || {
            let mut files: Vec<_> =
                fs::read_dir(&inbox).ok()?.filter_map(Result::ok).map(|entry| entry.path()).collect();
            files.sort_by_key(|file| fs::metadata(file).and_then(|about| about.modified()).ok());
            (files.len() >= count).then(|| files.iter().map(|file| fs::read(file).expect("a mail")).collect())
        })
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let stop =
            Command::new("/usr/sbin/postfix").arg("-c").arg(self.folder.path().join("conf")).arg("stop").output();
        if stop.is_err() {
            _ = self.master.kill();
        }
        _ = self.master.wait();
    }
}

/// Tries until there is something, for ten seconds.
pub(super) fn until<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    for _ in 0..200 {
        if let Some(found) = attempt() {
            return found;
        }
        sleep(Duration::from_millis(50));
    }
    unreachable!("waited in vain: {what}")
}

fn certificates(folder: &Path) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    shell(folder, &format!("openssl req -x509 {key} -days 2 -subj /CN=test-authority -keyout ca.key -out ca.pem"));
    for name in ["localhost", "other.example"] {
        shell(folder, &format!("openssl req {key} -subj /CN={name} -keyout {name}.key -out {name}.csr"));
        shell(folder, &format!("echo subjectAltName=DNS:{name} > {name}.ext"));
        let sign = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2";
        shell(folder, &format!("openssl x509 -req -in {name}.csr {sign} -extfile {name}.ext -out {name}.pem"));
    }
}

fn shell(folder: &Path, line: &str) -> String {
    let output = Command::new("sh").arg("-ec").arg(line).current_dir(folder).output().expect("a shell");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    held.map(|listener| listener.local_addr().expect("an address").port())
}
