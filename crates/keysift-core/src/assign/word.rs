//! What the words of a name say about the value.

use std::ops::{BitOr, BitOrAssign};

use self::packed_text as w;
use Traits as T;

/// A set of things that words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traits(u32);

impl Traits {
    pub(crate) const PASSWORD: Self = Self(1 << 0);
    pub(crate) const SECRET: Self = Self(1 << 1);
    pub(crate) const TOKEN: Self = Self(1 << 2);
    pub(crate) const KEY: Self = Self(1 << 3);
    pub(crate) const AUTH: Self = Self(1 << 4);
    /// The value is made from a secret and does not give it away.
    pub(crate) const DERIVED: Self = Self(1 << 5);
    /// The value may be known to all.
    pub(crate) const PUBLIC: Self = Self(1 << 6);
    /// The value names something.
    pub(crate) const IDENTIFIER: Self = Self(1 << 7);
    /// The value is shown to people.
    pub(crate) const TEXT: Self = Self(1 << 8);
    /// The value says where something is.
    pub(crate) const PLACE: Self = Self(1 << 9);
    /// The value describes a secret: its type, length, age, policy.
    pub(crate) const DESCRIPTION: Self = Self(1 << 10);
    /// Something is made up for a test or an example.
    pub(crate) const MADE_UP: Self = Self(1 << 11);
    /// A key of a table, a map or a cache.
    pub(crate) const LOOKUP: Self = Self(1 << 12);
    /// What issues or takes credentials: `api`, `access`, `client`, `oauth`.
    pub(crate) const ISSUER: Self = Self(1 << 13);
    /// An account, a database or a server: `db`, `root`, `smtp`.
    pub(crate) const ACCOUNT: Self = Self(1 << 14);
    /// The value signs or encrypts: `private`, `signing`, `encryption`.
    pub(crate) const CRYPTOGRAPHIC: Self = Self(1 << 15);
    /// Something happens: `reset`, `forgot`, `validate`, `is`.
    pub(crate) const ACTION: Self = Self(1 << 16);
    /// A place in a long answer, a step of a protocol, a scope of styles: such tokens and keys open nothing.
    pub(crate) const IDLE: Self = Self(1 << 18);
    /// What went wrong, or what people are told.
    pub(crate) const MESSAGE: Self = Self(1 << 19);
    /// Two values are compared.
    pub(crate) const COMPARISON: Self = Self(1 << 17);

    /// Both together.
    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[cfg(test)]
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Traits {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Traits {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The longest word that says anything, in bytes.
const MAX_WORD_BYTES: usize = 16;

/// What a word says, in any case; nothing for most words.
pub(crate) fn traits(word: &[u8]) -> Traits {
    let first = word.first().map(|byte| byte.to_ascii_lowercase());
    let Some(letter @ b'a'..=b'z') = first.filter(|_| word.len() <= MAX_WORD_BYTES) else {
        return Traits::default();
    };
    let letter = usize::from(letter - b'a');
    let words = &WORDS[usize::from(STARTS[letter])..usize::from(STARTS[letter + 1])];
    let word = packed(word);
    let found = words.binary_search_by(|(known, _)| known.cmp(&word));
    found.map_or_else(|_| Traits::default(), |index| words[index].1)
}

/// For each letter where the words begin in [`WORDS`] that begin with it, and behind the last where they end.
const STARTS: [u16; 27] = {
    let mut starts = [WORDS.len() as u16; 27];
    let mut index = WORDS.len();
    while index > 0 {
        index -= 1;
        let mut letter = (WORDS[index].0 >> 120) as usize - b'a' as usize;
        starts[letter] = index as u16;
        // A letter with which no word begins.
        while letter > 0 && starts[letter - 1] > index as u16 {
            letter -= 1;
            starts[letter] = index as u16;
        }
    }
    starts
};

/// A word's bytes in small letters as a number, so that numbers and words are ordered alike.
const fn packed(word: &[u8]) -> u128 {
    let mut bytes = [0; MAX_WORD_BYTES];
    let mut index = 0;
    while index < word.len() {
        bytes[index] = word[index].to_ascii_lowercase();
        index += 1;
    }
    u128::from_be_bytes(bytes)
}

const fn packed_text(word: &str) -> u128 {
    packed(word.as_bytes())
}

/// The words that say something, sorted.
#[rustfmt::skip]
const WORDS: &[(u128, Traits)] = &[
    (w("access"), T::ISSUER), (w("accesskey"), T::KEY.and(T::ISSUER)), (w("accesstoken"), T::TOKEN.and(T::ISSUER)),
    (w("account"), T::ISSUER), (w("admin"), T::ACCOUNT), (w("aes"), T::CRYPTOGRAPHIC), (w("age"), T::DESCRIPTION),
    (w("alg"), T::DESCRIPTION), (w("algo"), T::DESCRIPTION), (w("algorithm"), T::DESCRIPTION),
    (w("alias"), T::IDENTIFIER), (w("allow"), T::ACTION), (w("amqp"), T::ACCOUNT), (w("any"), T::MADE_UP),
    (w("api"), T::ISSUER), (w("apikey"), T::KEY.and(T::ISSUER)), (w("apikeys"), T::KEY.and(T::ISSUER)),
    (w("app"), T::ISSUER), (w("application"), T::ISSUER), (w("appsecret"), T::SECRET.and(T::ISSUER)),
    (w("arn"), T::IDENTIFIER), (w("arrow"), T::LOOKUP), (w("at"), T::DESCRIPTION), (w("attr"), T::DESCRIPTION),
    (w("attribute"), T::DESCRIPTION), (w("auth"), T::AUTH), (w("authenticity"), T::IDLE),
    (w("authorization"), T::AUTH), (w("authtoken"), T::TOKEN.and(T::ISSUER)), (w("aws"), T::ISSUER),
    (w("azure"), T::ISSUER), (w("bad"), T::MADE_UP), (w("bar"), T::MADE_UP), (w("base"), T::CRYPTOGRAPHIC),
    (w("basic"), T::ACCOUNT), (w("bcrypt"), T::DERIVED), (w("bearer"), T::ISSUER), (w("bind"), T::ACCOUNT),
    (w("bot"), T::ISSUER), (w("bucket"), T::LOOKUP), (w("cache"), T::LOOKUP), (w("cancel"), T::IDLE),
    (w("cancellation"), T::IDLE), (w("caption"), T::TEXT.and(T::MESSAGE)), (w("change"), T::ACTION), (w("changed"), T::ACTION),
    (w("check"), T::ACTION), (w("checksum"), T::DERIVED), (w("cipher"), T::CRYPTOGRAPHIC),
    (w("class"), T::DESCRIPTION), (w("client"), T::ISSUER), (w("clientsecret"), T::SECRET.and(T::ISSUER)),
    (w("column"), T::DESCRIPTION), (w("compare"), T::COMPARISON), (w("config"), T::DESCRIPTION),
    (w("confirm"), T::ACTION), (w("confirmation"), T::ACTION), (w("connection"), T::ACCOUNT),
    (w("consumer"), T::ISSUER), (w("continuation"), T::IDLE), (w("count"), T::DESCRIPTION),
    (w("create"), T::ACTION), (w("cred"), T::AUTH), (w("credential"), T::AUTH), (w("credentials"), T::AUTH),
    (w("creds"), T::AUTH), (w("crt"), T::PLACE), (w("crypt"), T::DERIVED), (w("crypted"), T::DERIVED),
    (w("crypto"), T::CRYPTOGRAPHIC), (w("css"), T::IDLE), (w("cursor"), T::IDLE), (w("data"), T::LOOKUP),
    (w("database"), T::ACCOUNT), (w("datasource"), T::ACCOUNT), (w("date"), T::DESCRIPTION), (w("db"), T::ACCOUNT),
    (w("default"), T::ACCOUNT), (w("delete"), T::ACTION), (w("delta"), T::IDLE), (w("demo"), T::MADE_UP),
    (w("deploy"), T::ISSUER), (w("desc"), T::TEXT), (w("description"), T::TEXT), (w("dict"), T::LOOKUP),
    (w("dictionary"), T::LOOKUP), (w("digest"), T::DERIVED), (w("dir"), T::PLACE), (w("directory"), T::PLACE),
    (w("disable"), T::ACTION), (w("disabled"), T::ACTION), (w("doc"), T::TEXT), (w("docker"), T::ISSUER),
    (w("domain"), T::PLACE), (w("dummy"), T::MADE_UP), (w("elastic"), T::ACCOUNT), (w("email"), T::ACCOUNT),
    (w("empty"), T::TEXT), (w("enable"), T::ACTION), (w("enabled"), T::ACTION), (w("encrypt"), T::CRYPTOGRAPHIC),
    (w("encrypted"), T::DERIVED), (w("encryption"), T::CRYPTOGRAPHIC), (w("endpoint"), T::PLACE),
    (w("enter"), T::TEXT), (w("env"), T::DESCRIPTION), (w("eq"), T::COMPARISON), (w("equal"), T::COMPARISON),
    (w("equals"), T::COMPARISON), (w("err"), T::TEXT.and(T::MESSAGE)), (w("error"), T::TEXT.and(T::MESSAGE)), (w("errors"), T::TEXT.and(T::MESSAGE)),
    (w("event"), T::LOOKUP), (w("example"), T::MADE_UP), (w("expected"), T::MADE_UP),
    (w("expiration"), T::DESCRIPTION), (w("expire"), T::DESCRIPTION), (w("expired"), T::ACTION),
    (w("expires"), T::DESCRIPTION), (w("expiry"), T::DESCRIPTION), (w("facebook"), T::ISSUER),
    (w("factory"), T::DESCRIPTION), (w("failed"), T::TEXT.and(T::MESSAGE)), (w("failure"), T::TEXT.and(T::MESSAGE)), (w("fake"), T::MADE_UP),
    (w("field"), T::DESCRIPTION), (w("file"), T::PLACE), (w("filename"), T::PLACE), (w("files"), T::PLACE),
    (w("find"), T::ACTION), (w("fingerprint"), T::DERIVED), (w("firebase"), T::ISSUER), (w("first"), T::LOOKUP),
    (w("folder"), T::PLACE), (w("foo"), T::MADE_UP), (w("foreign"), T::LOOKUP), (w("forgot"), T::ACTION),
    (w("form"), T::DESCRIPTION), (w("format"), T::DESCRIPTION), (w("ftp"), T::ACCOUNT), (w("gcp"), T::ISSUER),
    (w("generate"), T::ACTION), (w("get"), T::ACTION), (w("github"), T::ISSUER), (w("gitlab"), T::ISSUER),
    (w("good"), T::MADE_UP), (w("google"), T::ISSUER), (w("gpg"), T::PUBLIC), (w("group"), T::LOOKUP),
    (w("guid"), T::IDENTIFIER), (w("handle"), T::ACTION), (w("handler"), T::DESCRIPTION), (w("has"), T::ACTION),
    (w("hash"), T::DERIVED), (w("hashed"), T::DERIVED), (w("hashes"), T::DERIVED), (w("header"), T::DESCRIPTION),
    (w("help"), T::TEXT.and(T::MESSAGE)), (w("hide"), T::ACTION), (w("hint"), T::TEXT.and(T::MESSAGE)), (w("hmac"), T::CRYPTOGRAPHIC),
    (w("host"), T::CRYPTOGRAPHIC), (w("hot"), T::LOOKUP), (w("i"), T::LOOKUP), (w("icon"), T::PLACE),
    (w("id"), T::IDENTIFIER), (w("idempotency"), T::IDLE), (w("identifier"), T::IDENTIFIER),
    (w("ids"), T::IDENTIFIER), (w("image"), T::PLACE), (w("imap"), T::ACCOUNT), (w("incorrect"), T::TEXT.and(T::MESSAGE)),
    (w("index"), T::LOOKUP), (w("info"), T::DESCRIPTION), (w("input"), T::DESCRIPTION), (w("insights"), T::LOOKUP),
    (w("invalid"), T::MADE_UP), (w("is"), T::ACTION), (w("item"), T::LOOKUP), (w("jdbc"), T::ACCOUNT),
    (w("jenkins"), T::ACCOUNT), (w("jks"), T::PLACE), (w("json"), T::LOOKUP), (w("jwt"), T::ISSUER),
    (w("kafka"), T::ACCOUNT), (w("key"), T::KEY), (w("keys"), T::KEY), (w("keystore"), T::ACCOUNT),
    (w("kid"), T::IDENTIFIER), (w("known"), T::MADE_UP), (w("label"), T::TEXT.and(T::MESSAGE)), (w("last"), T::LOOKUP),
    (w("ldap"), T::ACCOUNT), (w("len"), T::DESCRIPTION), (w("length"), T::DESCRIPTION), (w("level"), T::DESCRIPTION),
    (w("license"), T::ISSUER), (w("lifecycle"), T::LOOKUP), (w("link"), T::PLACE), (w("list"), T::DESCRIPTION),
    (w("load"), T::ACTION), (w("location"), T::PLACE), (w("login"), T::ACCOUNT), (w("lookup"), T::LOOKUP),
    (w("mail"), T::ACCOUNT), (w("manager"), T::DESCRIPTION), (w("map"), T::LOOKUP), (w("mariadb"), T::ACCOUNT),
    (w("marker"), T::IDLE), (w("masked"), T::DERIVED), (w("master"), T::CRYPTOGRAPHIC),
    (w("matches"), T::COMPARISON), (w("max"), T::DESCRIPTION), (w("md"), T::DERIVED), (w("message"), T::TEXT.and(T::MESSAGE)),
    (w("meta"), T::LOOKUP), (w("method"), T::DESCRIPTION), (w("min"), T::DESCRIPTION), (w("mismatch"), T::TEXT.and(T::MESSAGE)),
    (w("missing"), T::TEXT.and(T::MESSAGE)), (w("mock"), T::MADE_UP), (w("mode"), T::DESCRIPTION), (w("model"), T::LOOKUP),
    (w("mongo"), T::ACCOUNT), (w("mongodb"), T::ACCOUNT), (w("msg"), T::TEXT.and(T::MESSAGE)), (w("mssql"), T::ACCOUNT),
    (w("must"), T::TEXT), (w("mysql"), T::ACCOUNT), (w("n"), T::LOOKUP), (w("name"), T::TEXT), (w("names"), T::TEXT),
    (w("natural"), T::LOOKUP), (w("need"), T::ACTION), (w("needs"), T::ACTION), (w("next"), T::IDLE),
    (w("nexttoken"), T::IDLE), (w("no"), T::ACTION), (w("node"), T::LOOKUP), (w("not"), T::ACTION),
    (w("notice"), T::TEXT.and(T::MESSAGE)), (w("npm"), T::ISSUER), (w("num"), T::DESCRIPTION), (w("number"), T::DESCRIPTION),
    (w("oauth"), T::AUTH), (w("obfuscated"), T::DERIVED), (w("object"), T::LOOKUP), (w("on"), T::ACTION),
    (w("openssh"), T::PUBLIC), (w("ops"), T::DESCRIPTION), (w("option"), T::DESCRIPTION),
    (w("options"), T::DESCRIPTION), (w("oracle"), T::ACCOUNT), (w("other"), T::LOOKUP), (w("page"), T::IDLE),
    (w("pagination"), T::IDLE), (w("paging"), T::IDLE), (w("param"), T::DESCRIPTION),
    (w("parameter"), T::DESCRIPTION), (w("parse"), T::ACTION), (w("partition"), T::LOOKUP), (w("pass"), T::PASSWORD),
    (w("passcode"), T::PASSWORD), (w("passphrase"), T::PASSWORD), (w("passwd"), T::PASSWORD),
    (w("password"), T::PASSWORD), (w("passwords"), T::PASSWORD), (w("path"), T::PLACE),
    (w("pattern"), T::DESCRIPTION), (w("pem"), T::PLACE), (w("personal"), T::ISSUER), (w("pg"), T::ACCOUNT),
    (w("pgp"), T::PUBLIC), (w("pk"), T::PUBLIC), (w("placeholder"), T::TEXT.and(T::MESSAGE)), (w("policy"), T::DESCRIPTION),
    (w("postgres"), T::ACCOUNT), (w("postgresql"), T::ACCOUNT), (w("prefix"), T::DESCRIPTION), (w("prev"), T::LOOKUP),
    (w("primary"), T::LOOKUP), (w("priv"), T::CRYPTOGRAPHIC), (w("private"), T::CRYPTOGRAPHIC),
    (w("prop"), T::DESCRIPTION), (w("property"), T::DESCRIPTION), (w("provider"), T::DESCRIPTION),
    (w("proxy"), T::ACCOUNT), (w("pub"), T::PUBLIC), (w("public"), T::PUBLIC), (w("publishable"), T::PUBLIC),
    (w("pw"), T::PASSWORD), (w("pwd"), T::PASSWORD), (w("query"), T::LOOKUP), (w("rabbitmq"), T::ACCOUNT),
    (w("react"), T::LOOKUP), (w("read"), T::ACTION), (w("recaptcha"), T::ISSUER), (w("redacted"), T::DERIVED),
    (w("redis"), T::ACCOUNT), (w("ref"), T::IDENTIFIER), (w("refresh"), T::ISSUER), (w("regex"), T::DESCRIPTION),
    (w("registry"), T::ISSUER), (w("request"), T::LOOKUP), (w("require"), T::ACTION), (w("required"), T::TEXT),
    (w("reset"), T::ACTION), (w("restore"), T::LOOKUP), (w("revoke"), T::ACTION), (w("root"), T::ACCOUNT),
    (w("rotate"), T::ACTION), (w("route"), T::PLACE), (w("routing"), T::LOOKUP), (w("row"), T::LOOKUP),
    (w("rsa"), T::CRYPTOGRAPHIC), (w("sa"), T::ACCOUNT), (w("sample"), T::MADE_UP), (w("save"), T::ACTION),
    (w("schema"), T::DESCRIPTION), (w("scope"), T::DESCRIPTION), (w("scoped"), T::IDLE),
    (w("score"), T::DESCRIPTION), (w("sealed"), T::DERIVED), (w("secret"), T::SECRET),
    (w("secretkey"), T::SECRET.and(T::ISSUER)), (w("secrets"), T::SECRET), (w("seed"), T::CRYPTOGRAPHIC),
    (w("sendgrid"), T::ISSUER), (w("server"), T::ACCOUNT), (w("service"), T::DESCRIPTION), (w("session"), T::ISSUER),
    (w("set"), T::DESCRIPTION), (w("settings"), T::DESCRIPTION), (w("sftp"), T::ACCOUNT), (w("sha"), T::DERIVED),
    (w("shard"), T::LOOKUP), (w("shared"), T::CRYPTOGRAPHIC), (w("shortcut"), T::LOOKUP),
    (w("should"), T::COMPARISON), (w("show"), T::ACTION), (w("sid"), T::IDENTIFIER), (w("sign"), T::CRYPTOGRAPHIC),
    (w("signing"), T::CRYPTOGRAPHIC), (w("size"), T::DESCRIPTION), (w("skip"), T::IDLE),
    (w("skiptoken"), T::IDLE), (w("slack"), T::ISSUER), (w("smtp"), T::ACCOUNT), (w("socket"), T::IDLE),
    (w("some"), T::MADE_UP), (w("sort"), T::LOOKUP), (w("sql"), T::ACCOUNT), (w("ssh"), T::ACCOUNT),
    (w("state"), T::DESCRIPTION), (w("status"), T::DESCRIPTION), (w("storage"), T::CRYPTOGRAPHIC),
    (w("store"), T::ACCOUNT), (w("strength"), T::DESCRIPTION), (w("stripe"), T::ISSUER), (w("stub"), T::MADE_UP),
    (w("style"), T::DESCRIPTION), (w("stylesheet"), T::IDLE), (w("subscription"), T::ISSUER),
    (w("success"), T::TEXT), (w("sudo"), T::ACCOUNT), (w("suffix"), T::DESCRIPTION),
    (w("symmetric"), T::CRYPTOGRAPHIC), (w("sync"), T::IDLE), (w("synctoken"), T::IDLE), (w("table"), T::LOOKUP),
    (w("tag"), T::LOOKUP), (w("test"), T::MADE_UP), (w("testing"), T::MADE_UP), (w("tests"), T::MADE_UP),
    (w("text"), T::TEXT), (w("thumbprint"), T::DERIVED), (w("time"), T::DESCRIPTION), (w("timeout"), T::DESCRIPTION),
    (w("timestamp"), T::DESCRIPTION), (w("title"), T::TEXT.and(T::MESSAGE)), (w("token"), T::TOKEN), (w("tokens"), T::TOKEN),
    (w("too"), T::TEXT), (w("tooltip"), T::TEXT.and(T::MESSAGE)), (w("translation"), T::LOOKUP), (w("truststore"), T::ACCOUNT),
    (w("ttl"), T::DESCRIPTION), (w("twilio"), T::ISSUER), (w("twitter"), T::ISSUER), (w("type"), T::DESCRIPTION),
    (w("types"), T::DESCRIPTION), (w("unique"), T::LOOKUP), (w("update"), T::ACTION), (w("upload"), T::IDLE),
    (w("uri"), T::PLACE), (w("url"), T::PLACE), (w("usage"), T::DESCRIPTION), (w("use"), T::ACTION),
    (w("user"), T::ACCOUNT), (w("username"), T::ACCOUNT), (w("uuid"), T::IDENTIFIER), (w("valid"), T::MADE_UP),
    (w("validate"), T::ACTION), (w("var"), T::DESCRIPTION), (w("vault"), T::ACCOUNT), (w("verify"), T::ACTION),
    (w("version"), T::IDENTIFIER), (w("warning"), T::TEXT.and(T::MESSAGE)), (w("webhook"), T::ISSUER), (w("websocket"), T::IDLE),
    (w("wifi"), T::ACCOUNT), (w("with"), T::ACTION), (w("wrong"), T::MADE_UP), (w("your"), T::TEXT),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(WORDS.is_sorted_by(|(one, _), (other, _)| one < other));
    }

    #[test]
    fn every_word_is_found() {
        for (packed, known) in WORDS {
            let bytes = packed.to_be_bytes();
            let word = bytes.split(|byte| *byte == 0).next().unwrap();
            assert_eq!(traits(word).0, known.0, "{word:?}");
        }
        for other in [b"".as_slice(), b"zzz", b"a", b"jj", b"_key", b"\xffkey"] {
            assert!(traits(other).is_empty());
        }
    }

    #[test]
    fn words_say_what_they_say_in_any_case() {
        assert!(traits(b"PassWord").has(Traits::PASSWORD));
        assert!(traits(b"API").has(Traits::ISSUER));
        assert!(traits(b"Length").has(Traits::DESCRIPTION));
        assert!(traits(b"giraffe").is_empty());
        assert!(traits(&[b'a'; 200]).is_empty());
    }
}
