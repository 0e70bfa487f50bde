//! Passwords: which are good enough, and how they are hashed without letting a flood of them eat the memory.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{OnceCell, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

use super::{Error, Refusal, Result};
use crate::clock::unpredictable;
use crate::settings::Secret;

mod common;

/// The shortest that is taken, in characters.
pub const SHORTEST: usize = 10;
/// The longest: more than any sentence, and little to hash.
pub const LONGEST: usize = 200;
/// How many characters must be left of a password beside what everybody tries first.
const OWN: usize = 4;

/// The least that OWASP's password storage cheat sheet asks of argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Pieces of memory above this size are never kept for later by glibc, which otherwise holds one for each thread.
const GIVEN_BACK: usize = 33 << 20;
/// Hashing at once, each with that memory; and waiting for it.
const AT_ONCE: usize = 2;
const WAITING: usize = 64;
/// How long someone waits who finds too many before them.
const PAUSE: Duration = Duration::from_secs(5);

/// Refuses passwords that are guessed first. Nothing else is asked of them: no digits, no signs, no changing.
pub fn check(password: &str, person: &str, name: &str) -> Result<()> {
    let password = normal(password);
    let length = password.chars().count();
    if length < SHORTEST {
        let help = "a few words in a row are easy to remember and hard to guess";
        return Err(Error::refused("short_password", format!("a password has at least {SHORTEST} characters"), help));
    }
    if length > LONGEST {
        let message = format!("a password has at most {LONGEST} characters");
        return Err(Error::refused("long_password", message, "take a shorter one"));
    }
    if common::own_part(&password, &[person, name]) < OWN {
        let message = "this password is one of the first that are guessed";
        let help = "put something of your own in: a few words that do not belong together";
        return Err(Error::refused("common_password", message, help));
    }
    Ok(())
}

/// A password as it is counted, judged and hashed: by which keyboard its characters were composed and how wide they are
/// makes no difference (NFKC, as NIST SP 800-63B asks). Of one that is too long no more is looked at than tells so.
fn normal(password: &str) -> String {
    password.nfkc().take(LONGEST + 1).collect()
}

/// Hashes and checks passwords, few at once.
#[derive(Debug, Clone)]
pub struct Passwords {
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// What is checked where there is no account, so that it takes as long.
    nobodys: Arc<OnceCell<Secret>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            working: Arc::new(Semaphore::new(AT_ONCE)),
            admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            nobodys: Arc::default(),
        }
    }
}

impl Passwords {
    /// The text to keep of a password.
    pub async fn hash(&self, password: &str) -> Result<Secret> {
        let password = normal(password);
        self.work(move || written(&password))
            .await?
            .ok_or_else(|| Error::Fault("a password can't be hashed".to_owned()))
    }

    /// Whether a password is the one that was kept; where nothing was kept it is not, after the same work.
    pub(super) async fn matches(&self, password: &str, kept: Option<&Secret>) -> Result<bool> {
        let nobodys = self.nobodys.get_or_try_init(|| self.hash("nobody's own password")).await?;
        let against = kept.unwrap_or(nobodys).clone();
        let normal = normal(password);
        // Some accounts are older than the normal form: theirs was hashed as it was typed.
        let typed: String = password.chars().take(LONGEST + 1).collect();
        let is_same =
            move || is_same(&normal, against.reveal()) || (typed != normal && is_same(&typed, against.reveal()));
        Ok(self.work(is_same).await? && kept.is_some())
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error::Access(Refusal::Throttled { wait: PAUSE });
        let _admitted = self.admitted.try_acquire().map_err(|_| busy())?;
        let working = Arc::clone(&self.working).acquire_owned().await.map_err(|_| busy())?;
        // The permit goes along: who hung up meanwhile is worked for to the end, and counted until then.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(working);
            done
        });
        done.await.map_err(|_| Error::Fault("hashing a password broke off".to_owned()))
    }
}

/// A password with a new salt, as a PHC string.
fn written(password: &str) -> Option<Secret> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    let salt = Salt::new(&unpredictable()[..16]).ok()?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(salt),
        hash: Some(hashed(password, &salt, Algorithm::Argon2id, Version::V0x13, params, Params::DEFAULT_OUTPUT_LEN)?),
    };
    Some(Secret::new(hash.to_string()))
}

/// Whether a password gives the hash of a PHC string, with the parameters that stand there.
fn is_same(password: &str, kept: &str) -> bool {
    let again = || {
        let kept = PasswordHash::new(kept).ok()?;
        let algorithm = Algorithm::try_from(kept.algorithm.as_str()).ok()?;
        let version = Version::try_from(kept.version?).ok()?;
        let (salt, hash, params) = (kept.salt?, kept.hash?, Params::try_from(&kept).ok()?);
        // Compared in the same time whatever differs.
        Some(hashed(password, &salt, algorithm, version, params, hash.len())? == hash)
    };
    again().unwrap_or(false)
}

fn hashed(
    password: &str,
    salt: &Salt,
    algorithm: Algorithm,
    version: Version,
    params: Params,
    length: usize,
) -> Option<Output> {
    let blocks = params.block_count();
    // Only what is written to is taken from the system; asked for so much, it is given back as a whole at once.
    let mut memory = Vec::with_capacity(blocks.max(GIVEN_BACK / Block::SIZE));
    memory.resize(blocks, Block::new());
    let mut out = vec![0; length];
    let argon2 = Argon2::new(algorithm, version, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut memory).ok()?;
    Output::new(&out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_are_guessed_first_are_refused_and_no_others() {
        for (password, code) in [
            ("short", Some("short_password")),
            ("九个字的密码还差一", Some("short_password")),
            ("password123", Some("common_password")),
            ("P@ssw0rd2026!", Some("common_password")),
            ("qwertyuiop", Some("common_password")),
            ("1234567890", Some("common_password")),
            ("aaaaaaaaaaaa", Some("common_password")),
            ("abcabcabcabc", Some("common_password")),
            ("dana-dana-dana", Some("common_password")),
            ("DanaWhite1990", Some("common_password")),
            ("woaini1314520", Some("common_password")),
            ("muster2026!!", Some("common_password")),
            ("correct horse battery", None),
            ("tr0ub4dor&3x", None),
            ("他们把雨伞忘在了车上", None),
            ("kJ8vqPz2mW", None),
            ("ｐａｓｓｗｏｒｄ１２３", Some("common_password")),
            ("e\u{301}e\u{301}e\u{301}bcde\u{301}f", Some("short_password")),
        ] {
            let found = check(password, "dana", "Dana White").err().map(|error| error.code().to_owned());
            assert_eq!(found.as_deref(), code, "{password}");
        }
        assert!(check(&"long and longer ".repeat(20), "dana", "Dana").is_err());
    }

    #[tokio::test]
    async fn a_password_matches_itself_alone_and_nobody_has_one() {
        let passwords = Passwords::default();
        let kept = passwords.hash("correct horse battery").await.expect("hashed");
        assert!(kept.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.reveal());
        assert!(passwords.matches("correct horse battery", Some(&kept)).await.expect("checked"));
        assert!(!passwords.matches("correct horse batterY", Some(&kept)).await.expect("checked"));
        assert!(!passwords.matches("nobody's own password", None).await.expect("checked"));
        assert_ne!(passwords.hash("correct horse battery").await.expect("hashed"), kept, "salted");
    }

    #[tokio::test]
    async fn a_password_is_the_same_from_every_keyboard() {
        let passwords = Passwords::default();
        for (chosen, typed) in [
            ("crème brûlée at nine", "cre\u{300}me bru\u{302}le\u{301}e at nine"),
            ("cre\u{300}me bru\u{302}le\u{301}e at nine", "crème brûlée at nine"),
            ("雨伞 tram 2026", "雨伞\u{3000}ｔｒａｍ　２０２６"),
            (&"é".repeat(LONGEST), &"e\u{301}".repeat(LONGEST)),
        ] {
            let kept = passwords.hash(chosen).await.expect("hashed");
            assert!(passwords.matches(typed, Some(&kept)).await.expect("checked"), "{typed}");
            assert!(!passwords.matches(&typed[..typed.len() - 3], Some(&kept)).await.expect("checked"), "{typed}");
        }
    }

    #[tokio::test]
    async fn an_account_from_before_the_normal_form_still_gets_in() {
        let passwords = Passwords::default();
        for typed in ["cre\u{300}me brulee at nine", "雨伞　ｔｒａｍ　２０２６"] {
            let kept = written(typed).expect("hashed as it was typed");
            assert!(passwords.matches(typed, Some(&kept)).await.expect("checked"), "{typed}");
            assert!(!passwords.matches(&normal(typed), Some(&kept)).await.expect("checked"), "{typed}");
        }
    }

    /// `guarantees.md`, web: floods. Each hash takes 19 MiB, so few are made at once and few wait.
    #[tokio::test]
    async fn a_flood_of_passwords_is_turned_away_before_it_takes_memory() {
        let passwords = Passwords::default();
        let work = || passwords.work(|| std::thread::sleep(Duration::from_millis(5)));
        let done = futures_util::future::join_all((0..AT_ONCE + WAITING + 30).map(|_| work())).await;
        let turned_away = done.iter().filter(|done| matches!(done, Err(Error::Access(Refusal::Throttled { .. }))));
        assert_eq!(turned_away.count(), 30);
        assert!(work().await.is_ok(), "the next one is served again");
    }
}
