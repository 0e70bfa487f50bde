//! What everybody tries first: known words, rows of keys, dates, repetitions. What is left of a password is its own.

/// Words that lists of leaked passwords are full of, in English and in pinyin, and those at hand here.
const WORDS: [&str; 72] = [
    "password",
    "passwort",
    "passwd",
    "pass",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "asdf",
    "zxcvbnm",
    "zxcv",
    "qazwsx",
    "1qaz2wsx",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "login",
    "welcome",
    "letmein",
    "secret",
    "changeme",
    "default",
    "master",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "basketball",
    "superman",
    "batman",
    "iloveyou",
    "loveyou",
    "love",
    "princess",
    "sunshine",
    "shadow",
    "michael",
    "jordan",
    "computer",
    "internet",
    "service",
    "server",
    "test",
    "temp",
    "hello",
    "trustno1",
    "starwars",
    "pokemon",
    "freedom",
    "whatever",
    "flower",
    "summer",
    "winter",
    "spring",
    "autumn",
    "monday",
    "friday",
    "company",
    "muster",
    "incident",
    "status",
    "woaini",
    "zhongguo",
    "beijing",
    "shanghai",
    "mima",
    "wodemima",
    "nihao",
    "caonima",
    "aini",
    "china",
];
const ROWS: [&str; 6] =
    ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv"];

/// How many characters are left of a password when the known words, these of its owner, rows of keys and repetitions
/// are taken out, and its digits and signs at the end.
pub(super) fn own_part(password: &str, of_owner: &[&str]) -> usize {
    let lower = password.to_lowercase();
    let lower = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    let plain = [lower.to_owned(), unmasked(lower)];
    plain.iter().map(|text| left(text, of_owner)).min().unwrap_or(0)
}

/// The letters that digits and signs are put for.
fn unmasked(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

fn left(text: &str, of_owner: &[&str]) -> usize {
    let mut text = text.to_owned();
    let owners = of_owner.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    let mut words: Vec<String> = owners.filter(|word| word.chars().count() > 1).collect();
    words.extend(WORDS.iter().map(|word| (*word).to_owned()));
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        text = text.replace(&word, " ");
    }
    let text = without_rows(&text);
    let own: Vec<char> = text.trim_end_matches(|c: char| !c.is_alphabetic()).chars().filter(|c| *c != ' ').collect();
    let mut kinds = own.clone();
    kinds.sort_unstable();
    kinds.dedup();
    // A few characters over and over are no more than those.
    own.len().min(kinds.len())
}

/// Takes out runs of four or more neighbours on the keyboard, in the alphabet or among the digits, either way.
fn without_rows(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while at < chars.len() {
        let length = ROWS.iter().map(|row| run(row, &chars[at..])).max().unwrap_or(0);
        if length >= 4 {
            at += length;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// How far these characters run along a row, forwards or backwards.
fn run(row: &str, chars: &[char]) -> usize {
    let forwards: Vec<char> = row.chars().collect();
    let backwards: Vec<char> = row.chars().rev().collect();
    let along = |row: &[char]| {
        let starts = (0..row.len()).map(|start| row[start..].iter().zip(chars).take_while(|(a, b)| a == b).count());
        starts.max().unwrap_or(0)
    };
    along(&forwards).max(along(&backwards))
}
